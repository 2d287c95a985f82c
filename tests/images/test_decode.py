"""All formats, modes and orientations decode to the original drawing."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

from numerals.errors import MissingExtraError
from numerals.images import load_picture, load_pictures


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_lossless_formats_are_decoded_exactly(kind, mode, drawing, encode):
    data = encode(Image.fromarray(drawing).convert(mode), kind)
    np.testing.assert_array_equal(load_picture(data).pixels, drawing)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_formats_are_decoded_approximately(kind, drawing, encode):
    data = encode(Image.fromarray(drawing).convert("RGB"), kind, quality=95)
    np.testing.assert_allclose(load_picture(data).pixels.astype(int), drawing, atol=12)


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_compressed_tiff(compression, drawing, encode):
    ink = np.where(drawing < 200, 0, 255).astype(np.uint8)
    mode = "1" if compression == "group4" else "L"
    data = encode(Image.fromarray(ink).convert(mode), "TIFF", compression=compression)
    np.testing.assert_array_equal(load_picture(data).pixels, ink)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("1", "PNG"),
        ("L", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("RGB", "PNG"),
        ("RGBA", "PNG"),
        ("CMYK", "TIFF"),
        ("CMYK", "JPEG"),
        ("YCbCr", "TIFF"),
        ("LAB", "TIFF"),
        ("I;16", "PNG"),
        ("I", "TIFF"),
        ("F", "TIFF"),
    ],
)
@pytest.mark.parametrize("color", [False, True])
def test_every_mode_keeps_black_black_and_white_white(mode, kind, color, drawing, encode):
    data = encode(in_mode(drawing, mode), kind)
    pixels = load_picture(data, color=color).pixels
    assert pixels.shape == ((*drawing.shape, 3) if color else drawing.shape)
    assert pixels.dtype == np.uint8
    assert pixels[12, 20].max() <= 3
    assert pixels[2, 50].min() >= 252


def in_mode(drawing: np.ndarray, mode: str) -> Image.Image:
    grey = Image.fromarray(drawing)
    if mode == "I;16":
        return Image.fromarray(drawing.astype(np.uint16) * 257)
    if mode == "I":
        return Image.fromarray(drawing.astype(np.int32) * 257)
    if mode == "F":
        return Image.fromarray(drawing.astype(np.float32) / 255)
    if mode == "LAB":  # Pillow holds a and b with 128 added
        flat = Image.new("L", grey.size, 128)
        return Image.merge("LAB", (grey, flat, flat))
    return grey.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else grey.convert(mode)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_sixteen_bit_files_are_scaled_by_the_bits_they_use(bits, encode):
    full = 2**bits - 1
    deep = np.array([[0, full // 2, full]], np.uint16)
    pixels = load_picture(encode(deep, "PNG")).pixels
    np.testing.assert_allclose(pixels.astype(int), [[0, 127, 255]], atol=1)


def test_nan_becomes_white(encode):
    values = np.array([[0.0, np.nan, np.inf, -np.inf, 1.0]], np.float32)
    assert load_picture(encode(values, "TIFF")).pixels.tolist() == [[0, 255, 255, 0, 255]]


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("color", [False, True])
def test_transparent_pixels_become_white(mode, color, encode):
    image = Image.new(mode, (3, 1), 0)  # black and fully transparent
    image.putpixel((1, 0), (0, 128) if mode == "LA" else (0, 0, 0, 128))
    image.putpixel((2, 0), (0, 255) if mode == "LA" else (0, 0, 0, 255))
    pixels = load_picture(encode(image, "PNG"), color=color).pixels
    assert pixels.reshape(3, -1)[:, 0].tolist() == [255, 127, 0]


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_transparent_palette_entry_is_white(kind, encode):
    image = Image.new("P", (2, 1), 0)
    image.putpalette([0, 0, 0, 10, 10, 10])
    image.putpixel((1, 0), 1)
    assert load_picture(encode(image, kind, transparency=0)).pixels.tolist() == [[255, 10]]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_orientation_is_applied(kind, orientation, drawing, encode):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(turned(drawing, orientation))
    data = encode(stored.convert("RGB"), kind, exif=exif, quality=95)
    picture = load_picture(data)
    assert (picture.height, picture.width) == drawing.shape
    np.testing.assert_allclose(picture.pixels.astype(int), drawing, atol=12)
    small = load_picture(data, max_side=48)
    assert small.pixels.shape == (32, 48)
    assert (small.height, small.width, small.scale) == (*drawing.shape, 2.0)


def turned(upright: np.ndarray, orientation: int) -> np.ndarray:
    """Turn and mirror an image as a camera with this EXIF orientation stores it."""
    rows_first = {1: "TL", 2: "TR", 3: "BR", 4: "BL", 5: "LT", 6: "RT", 7: "RB", 8: "LB"}
    row_0, column_0 = rows_first[orientation]
    if row_0 in "LR":  # the stored first row is the upright left or right side
        columns = upright.T if row_0 == "L" else upright[:, ::-1].T
        return columns if column_0 == "T" else columns[:, ::-1]
    rows = upright if row_0 == "T" else upright[::-1]
    return rows if column_0 == "L" else rows[:, ::-1]


def test_damaged_exif_is_ignored(drawing, encode):
    data = encode(drawing, "JPEG", quality=95, exif=b"Exif\0\0II*\0\xff\xff\xff\x00rubbish")
    assert load_picture(data).pixels.shape == drawing.shape


def test_tiff_yields_all_pages(tiff_of_three):
    pictures = list(load_pictures(tiff_of_three))
    assert [(p.number, p.n_pages, p.width) for p in pictures] == [
        (1, 3, 10),
        (2, 3, 20),
        (3, 3, 30),
    ]
    assert [int(p.pixels[0, 0]) for p in pictures] == [10, 20, 30]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animation_yields_only_its_first_frame(kind, encode):
    frames = [Image.new("RGB", (8, 8), (level,) * 3) for level in (0, 120, 240)]
    [picture] = load_pictures(encode(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert picture.n_pages == 1
    assert picture.pixels.max() <= 2


@pytest.mark.parametrize("color", [False, True])
def test_heic(color, drawing):
    pillow_heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(drawing).convert("RGB")).save(buffer, quality=95)
    picture = load_picture(buffer.getvalue(), color=color)
    expected = np.stack([drawing] * 3, axis=2) if color else drawing
    np.testing.assert_allclose(picture.pixels.astype(int), expected, atol=16)


def test_heic_is_not_turned_twice(drawing):
    pillow_heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(turned(drawing, 6)).convert("RGB")
    buffer = io.BytesIO()  # like phones, the encoder writes the orientation twice: EXIF and "irot"
    pillow_heif.encode("RGB", stored.size, stored.tobytes(), buffer, exif=exif.tobytes())
    assert b"irot" in buffer.getvalue()
    picture = load_picture(buffer.getvalue())
    assert (picture.height, picture.width) == drawing.shape
    np.testing.assert_allclose(picture.pixels.astype(int), drawing, atol=30)


def test_missing_heic_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(MissingExtraError, match=r"reading HEIC.*numerals\[heic\]"):
        load_picture(b"\0\0\0\x18ftypheic" + bytes(100))
