"""Unreadable images raise an ImageError with advice."""

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from damaged_tiff import damaged_tiff
from numerals.errors import ImageError, ImageTooLargeError, NumeralsError
from numerals.images import Limits, load_picture, load_pictures


def png_chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png_claiming(width: int, height: int, *chunks: bytes) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    content = png_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + content + png_chunk(b"IEND", b"")


def test_no_such_file(tmp_path):
    with pytest.raises(ImageError, match=r"gone\.jpg: no such file"):
        load_picture(tmp_path / "gone.jpg")


def test_folder(tmp_path):
    with pytest.raises(ImageError, match="is a folder"):
        load_picture(tmp_path)


def test_file_without_read_permission(tmp_path, monkeypatch):
    path = tmp_path / "locked.png"
    path.write_bytes(b"x")

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)  # root can read all files
    with pytest.raises(ImageError, match=r"locked\.png: cannot be read"):
        load_picture(path)


def test_impossible_path():
    with pytest.raises(ImageError, match="cannot be opened"):
        load_picture("nul\0.png")


def test_empty_file(tmp_path):
    path = tmp_path / "empty.png"
    path.touch()
    with pytest.raises(ImageError, match=r"empty\.png: is empty"):
        load_picture(path)


def test_text_named_jpg(tmp_path):
    path = tmp_path / "notes.jpg"
    path.write_text("dear diary, today")
    with pytest.raises(
        ImageError, match=r'not a picture in a known format \(it starts with "dear diary, "\)'
    ):
        load_picture(path)


@pytest.mark.parametrize("source", [None, 7, ["a.jpg"], {}])
def test_unsupported_sources_are_refused(source):
    with pytest.raises(ImageError, match=f"got {type(source).__name__}, expected a path"):
        load_picture(source)


def test_text_stream_and_closed_stream():
    with pytest.raises(ImageError, match="binary mode"):
        load_picture(io.StringIO("text"))
    closed = io.BytesIO(b"x")
    closed.close()
    with pytest.raises(ImageError, match="check that it is open"):
        load_picture(closed)


@pytest.mark.parametrize("options", [{"resolution": 0}, {"resolution": np.nan}, {"max_side": 0}])
def test_invalid_options_are_refused(options, drawing):
    with pytest.raises(ImageError, match=f"{next(iter(options))}="):
        load_picture(drawing, **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_truncated_file(kind, share, encode):
    noise = np.random.default_rng(0).integers(0, 256, (64, 96), np.uint8)
    data = encode(Image.fromarray(noise), kind)
    with pytest.raises(ImageError, match=r"truncated|damaged|not a picture"):
        load_picture(data[: int(len(data) * share)])


def test_truncated_jpeg_is_reported_as_truncated(drawing, encode):
    data = encode(drawing, "JPEG")
    with pytest.raises(ImageError, match=r"<bytes>: is truncated: its end is missing; copy"):
        load_picture(data[: len(data) * 3 // 4])


def test_pages_before_a_damaged_page_are_read(tiff_of_three):
    tags = struct.unpack_from("<I", tiff_of_three, 4)[0]
    for _ in range(2):  # follow the chain of directories to the third
        (n_tags,) = struct.unpack_from("<H", tiff_of_three, tags)
        link = tags + 2 + 12 * n_tags
        (tags,) = struct.unpack_from("<I", tiff_of_three, link)
    pages = load_pictures(tiff_of_three[: tags + 20])
    assert [next(pages).number, next(pages).number] == [1, 2]
    with pytest.raises(ImageError, match="<bytes>, page 3 of 3: "):
        next(pages)
    lost = bytearray(tiff_of_three)
    lost[link : link + 4] = b"\xff\xff\xff\x7f"  # points outside the file
    assert load_picture(bytes(lost), page=2).width == 20
    with pytest.raises(ImageError, match="page 3 of 3"):
        list(load_pictures(bytes(lost)))


def test_errors_are_passed_on_until_three_pages_in_a_row_fail():
    pages = [Image.new("L", (30, 20), 10 * number) for number in range(1, 8)]
    for damaged, expected in (((2, 7), (1, 3, 4, 5, 6)), ((2, 4, 5, 6), (1, 3))):
        content = damaged_tiff(pages, damaged)
        errors: list[ImageError] = []
        found = load_pictures(content, on_error=errors.append)
        assert [next(found).number for _ in expected] == list(expected)
        if len(damaged) == 2:
            assert list(found) == []
            assert [error.page for error in errors] == [2, 7]
        else:
            with pytest.raises(ImageError, match="page 6 of 7"):
                next(found)
            assert [error.page for error in errors] == [2, 4, 5]


def test_tiff_with_circular_directories(tiff_of_three):
    (first,) = struct.unpack_from("<I", tiff_of_three, 4)
    (n_tags,) = struct.unpack_from("<H", tiff_of_three, first)
    looped = bytearray(tiff_of_three)
    struct.pack_into("<I", looped, first + 2 + 12 * n_tags, first)
    assert len(list(load_pictures(bytes(looped)))) == 1


@pytest.mark.parametrize("side", [12_000, 100_000])
def test_bomb_is_refused_by_its_header(side):
    resource = pytest.importorskip("resource")
    data = png_claiming(side, side)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ImageTooLargeError, match=r"<bytes>: .*pixels.*save it smaller"):
        load_picture(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024  # KiB


def test_text_chunk_bomb():
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 1))
    with pytest.raises(ImageError, match="<bytes>: is damaged"):
        load_picture(png_claiming(10, 10, text))


def test_limits_can_be_set(drawing, encode, tiff_of_three, tmp_path):
    data = encode(drawing, "PNG")
    path = tmp_path / "big.png"
    path.write_bytes(data)
    for source in (data, path, io.BytesIO(data)):
        with pytest.raises(ImageTooLargeError, match="MiB allowed"):
            load_picture(source, limits=Limits(file_bytes=len(data) - 1))
    for source in (data, drawing, Image.fromarray(drawing)):
        with pytest.raises(ImageTooLargeError, match=r"is 96 x 64 pixels, more than the 6,143"):
            load_picture(source, limits=Limits(pixels=96 * 64 - 1))
    with pytest.raises(ImageTooLargeError, match="more than the 2 pages"):
        load_picture(tiff_of_three, limits=Limits(pages=2))


@pytest.mark.parametrize("size", [(1, 1), (1, 100_000), (100_000, 1)])
@pytest.mark.parametrize("max_side", [None, 2500])
def test_extreme_shapes(size, max_side, encode):
    picture = load_picture(encode(Image.new("L", size, 77), "PNG"), max_side=max_side)
    assert max(picture.pixels.shape) == min(max(size), max_side or max(size))
    assert (picture.width, picture.height) == size
    assert (picture.pixels == 77).all()


def test_pillow_limit_and_warning_filters_of_the_user_are_kept(drawing, encode, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4000)  # below the image size
    filters = list(warnings.filters)
    assert load_picture(encode(drawing, "PNG")).width == 96
    assert warnings.filters == filters
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 400)
    with pytest.raises(ImageTooLargeError, match="more pixels than Pillow allows"):
        load_picture(encode(drawing, "PNG"))


def valid_files() -> list[bytes]:
    image = Image.fromarray(np.arange(24 * 16, dtype=np.uint8).reshape(16, 24))
    files = []
    for kind in ("JPEG", "PNG", "TIFF", "BMP", "WEBP", "GIF"):  # PDFs: test_mutated_files.py
        buffer = io.BytesIO()
        image.save(buffer, kind)
        files.append(buffer.getvalue())
    return files


@st.composite
def mutated_files(draw):
    data = bytearray(draw(st.sampled_from(valid_files())))
    changes = st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255))
    for place, value in draw(st.lists(changes, min_size=1, max_size=8)):
        data[place] = value
    return bytes(data[: draw(st.integers(1, len(data)))]) if draw(st.booleans()) else bytes(data)


MAGICS = [
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"II*\0\x08\0\0\0",
    b"GIF89a",
    b"BM",
    b"%PDF-",
]
MAGICS += [b"RIFF\x40\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic"]
SMALL = Limits(pixels=1_000_000)  # a mutated header may declare a large image


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated_files() | st.builds(bytes.__add__, st.sampled_from(MAGICS), st.binary(max_size=200)))
def test_arbitrary_bytes_give_pictures_or_image_errors(data):
    try:
        for picture in load_pictures(data, limits=SMALL, resolution=72):
            assert picture.pixels.dtype == np.uint8
            assert picture.pixels.size > 0
    except NumeralsError as error:
        assert str(error).startswith("<bytes>")
