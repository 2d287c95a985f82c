"""Images are converted in strips, so that conversion needs little memory beside the pixels."""

import numpy as np
import pytest
from PIL import Image

from numerals.errors import ImageTooLargeError
from numerals.images import decode, levels, load_picture

SHAPE = (90, 40)


def image_of(mode: str) -> Image.Image:
    rows = np.linspace(0, 1, SHAPE[0])[:, np.newaxis].repeat(SHAPE[1], axis=1)
    if mode == "F":
        return Image.fromarray((rows * 1000).astype(np.float32))
    if mode == "I":
        return Image.fromarray((rows * (2**31 - 1)).astype(np.int32))
    if mode.startswith("I;16"):
        return Image.fromarray((rows * 65535).astype(">u2" if mode.endswith("B") else "<u2"))
    gray = Image.fromarray((rows * 255).astype(np.uint8))
    if mode == "HSV":
        return gray.convert("RGB").convert(mode)
    if mode == "LAB":
        neutral = Image.new("L", gray.size, 128)
        return Image.merge("LAB", [gray, neutral, neutral])
    return gray.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else gray.convert(mode)


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize(
    "mode",
    "1 L P RGB RGBA LA PA CMYK YCbCr LAB HSV I F I;16 I;16B".split(),
)
def test_strips_equal_conversion_at_once(mode, color, monkeypatch):
    image = image_of(mode)
    whole = load_picture(image, color=color).pixels
    monkeypatch.setattr(levels, "STRIP_VALUES", 7 * SHAPE[1])
    np.testing.assert_array_equal(load_picture(image, color=color).pixels, whole)
    assert whole.shape == ((*SHAPE, 3) if color else SHAPE)
    assert int(whole[0].max()) < 90 < 200 < int(whole[-1].max())


def test_nan_in_a_float_image():
    values = np.array([[0.0, 0.5, 1.0, np.nan, np.inf, -np.inf, -3]], np.float32)
    pixels = load_picture(Image.fromarray(values)).pixels
    np.testing.assert_array_equal(pixels[0], [0, 128, 255, 255, 255, 0, 0])


@pytest.mark.parametrize("mode", ["F", "I", "CMYK", "RGBA"])
def test_memory_while_converting_is_a_few_strips(mode, monkeypatch):
    tracemalloc = pytest.importorskip("tracemalloc")
    image = Image.new(mode, (1000, 1500))
    monkeypatch.setattr(levels, "STRIP_VALUES", 10_000)
    load_picture(Image.new(mode, (10, 10)))  # fills the lookup tables
    tracemalloc.start()
    load_picture(image, max_side=100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.2 * 1500 * 1000  # the grey image and little more; as float64 it has 12 MB


def test_large_tiff_strips_are_refused(encode, monkeypatch):
    image = Image.new("F", (400, 300))
    striped = encode(image, "TIFF", compression="tiff_adobe_deflate", strip_size=4096)
    whole = encode(image, "TIFF", compression="tiff_adobe_deflate", tiffinfo={278: 300})
    plain = encode(image, "TIFF", tiffinfo={278: 300})
    monkeypatch.setattr(decode, "MAX_STRIP_BYTES", 400_000)
    for data in (striped, plain):
        assert load_picture(data).width == 400
    with pytest.raises(ImageTooLargeError, match=r"in one strip, more than .* smaller strips"):
        load_picture(whole)


def test_webp_has_its_own_limit(encode, monkeypatch):
    monkeypatch.setattr(decode, "MAX_WEBP_PIXELS", 1000)
    with pytest.raises(ImageTooLargeError, match=r"40 x 30 pixels, more than the 1,000 .*WebP"):
        load_picture(encode(Image.new("RGB", (40, 30)), "WEBP"))
