"""Pictures are loaded from paths, bytes, streams, arrays and Pillow images."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from numerals.errors import ImageError
from numerals.images import PageRange, load_picture, load_pictures
from numerals.images.decode import TiffDocument


class Pipe:
    """A stream like ``sys.stdin.buffer`` of a pipe: not seekable, with short reads."""

    name = "<stdin>"

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, n: int = -1) -> bytes:
        return self._data.read(min(n, 100))


@pytest.fixture
def png(drawing, encode) -> bytes:
    return encode(drawing, "PNG")


@pytest.mark.parametrize("as_type", [str, Path])
def test_path(as_type, png, drawing, tmp_path):
    path = tmp_path / "ünï 数.jpg"  # the suffix is ignored
    path.write_bytes(png)
    picture = load_picture(as_type(path))
    np.testing.assert_array_equal(picture.pixels, drawing)
    assert picture.source == str(path)


@pytest.mark.parametrize("as_type", [bytes, bytearray, memoryview])
def test_bytes(as_type, png, drawing):
    picture = load_picture(as_type(png))
    np.testing.assert_array_equal(picture.pixels, drawing)
    assert picture.source == "<bytes>"


@pytest.mark.parametrize(("stream", "name"), [(Pipe, "<stdin>"), (io.BytesIO, "<stream>")])
def test_streams_need_not_be_seekable(stream, name, png, drawing):
    picture = load_picture(stream(png))
    np.testing.assert_array_equal(picture.pixels, drawing)
    assert picture.source == name


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.bool_, np.float16, np.float64])
@pytest.mark.parametrize("channels", [0, 1, 2, 3, 4])
def test_arrays(dtype, channels, color):
    white = {np.uint8: 255, np.uint16: 65535}.get(dtype, 1)
    shape = (2, 3, channels) if channels else (2, 3)
    array = np.full(shape, white, dtype)
    if channels in (2, 4):
        array[0, 0, :-1] = 0
    else:
        array[0, 0] = 0
    picture = load_picture(array, color=color)
    expected = np.array([[0, 255, 255], [255, 255, 255]])
    np.testing.assert_array_equal(picture.pixels[..., 0] if color else picture.pixels, expected)
    assert picture.pixels.shape == ((2, 3, 3) if color else (2, 3))
    assert picture.source == "<array>"


def test_strided_arrays_are_read(drawing):
    np.testing.assert_array_equal(load_picture(drawing.T[::-2]).pixels, drawing.T[::-2])


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 3, 5), np.uint8), r"got shape \(2, 3, 5\), expected \(height, width\)"),
        (np.zeros((1, 2, 3, 3), np.uint8), "one image at a time"),
        (np.zeros(7, np.uint8), r"got shape \(7,\)"),
        (np.zeros((0, 3), np.uint8), "is 3 x 0 pixels"),
        (np.zeros((0, 0)), "is 0 x 0 pixels"),
    ],
)
def test_arrays_of_other_shapes_are_refused(array, message):
    with pytest.raises(ImageError, match=f"<array>: .*{message}"):
        load_picture(array)


def test_image_of_the_caller_is_not_changed(drawing, encode):
    with Image.open(io.BytesIO(encode(drawing, "JPEG", quality=95))) as image:
        image.draft = None  # calling it would raise
        picture = load_picture(image, max_side=48)
        assert (image.size, image.mode) == ((96, 64), "L")
        assert image.getpixel((0, 0)) >= 250
    assert picture.source == "<image>"
    assert picture.pixels.shape == (32, 48)


def test_array_of_the_caller_stays_writable(drawing):
    picture = load_picture(drawing)
    assert drawing.flags.writeable
    assert not picture.pixels.flags.writeable


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("max_side", [1, 30, 50, 95, 96, 500])
def test_max_side(kind, max_side, drawing, encode):
    picture = load_picture(encode(drawing, kind), max_side=max_side)
    assert max(picture.pixels.shape) == min(max_side, 96)
    assert picture.scale == max(1.0, 96 / max_side)
    assert (picture.width, picture.height) == (96, 64)


def test_reduction_averages_areas(drawing):
    pixels = load_picture(drawing, max_side=48).pixels
    np.testing.assert_array_equal(pixels, drawing[::2, ::2])
    checks = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (8, 8))
    np.testing.assert_allclose(load_picture(checks, max_side=8).pixels.astype(int), 128, atol=1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
def test_reduced_picture_can_be_reloaded_at_original_size(kind, drawing, encode):
    stream = io.BytesIO(encode(drawing, kind))
    picture = load_picture(stream, color=True, max_side=48)
    whole = load_picture(encode(drawing, kind)).pixels
    np.testing.assert_allclose(picture.reload(1000).astype(int), whole, atol=2)
    assert max(picture.reload(60).shape) == 60


def test_arrays_images_and_later_pages_can_be_reloaded(drawing, tiff_of_three):
    for source in (drawing, Image.fromarray(drawing)):
        np.testing.assert_array_equal(load_picture(source, max_side=48).reload(1000), drawing)
    for picture in load_pictures(tiff_of_three, max_side=5):
        whole = load_picture(tiff_of_three, page=picture.number).pixels
        np.testing.assert_array_equal(picture.reload(1000), whole)


def test_picture_that_was_not_reduced_has_no_reload(drawing):
    assert load_picture(drawing, max_side=96).reload is None
    assert load_picture(drawing).reload is None


def test_pages_are_decoded_one_at_a_time(tiff_of_three, monkeypatch):
    loads = []
    load = Image.Image.load
    monkeypatch.setattr(Image.Image, "load", lambda self: (loads.append(1), load(self))[1])
    pictures = load_pictures(tiff_of_three)
    next(pictures)
    first = len(loads)
    next(pictures)
    assert len(loads) > first
    pictures.close()


def test_missing_page_raises(tiff_of_three):
    assert load_picture(tiff_of_three, page=3).number == 3
    for page in (0, 4):
        with pytest.raises(ImageError, match=f"got page={page}, expected 1 to 3"):
            load_picture(tiff_of_three, page=page)


def test_import_loads_neither_pdfium_nor_heif():
    code = "import sys, numerals.images; print({'pypdfium2', 'pillow_heif'} & set(sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"


def test_a_range_of_pages_decodes_no_other_page(tmp_path, monkeypatch):
    first, *others = [Image.new("L", (10 + i, 10)) for i in range(5)]
    first.save(tmp_path / "a.tif", save_all=True, append_images=others)
    decoded, read_page = [], TiffDocument.read_page
    monkeypatch.setattr(
        TiffDocument, "read_page", lambda *args: decoded.append(args[1]) or read_page(*args)
    )
    pictures = list(load_pictures(tmp_path / "a.tif", pages=PageRange(2, 3)))
    assert [(p.number, p.n_pages, p.width) for p in pictures] == [(2, 5, 11), (3, 5, 12)]
    assert decoded == [2, 3]
