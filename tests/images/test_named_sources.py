"""Data URLs are decoded; errors name their source without quoting its content."""

import base64
import sys

import pytest

from numerals.errors import ImageError, MissingExtraError, NumeralsError
from numerals.images import load_picture, picture_paths


@pytest.fixture
def png(drawing, encode) -> bytes:
    return encode(drawing, "PNG")


@pytest.fixture
def url(png) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def test_data_url_is_decoded(url):
    picture = load_picture(url)
    assert (picture.width, picture.source) == (96, "<data URL>")
    half = len(url) // 2
    assert load_picture(url[:half] + "\n " + url[half:]).width == 96


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        (slice(0, 15), "has no comma, expected data:image/png;base64,"),
        (slice(0, -3), "is not valid base64"),
        (slice(0, 22), "is empty"),
    ],
)
def test_damaged_data_url_is_named_in_the_error(url, cut, message):
    with pytest.raises(ImageError, match=f"^<data URL>: {message}"):
        load_picture(url[cut])


@pytest.mark.parametrize("find", [load_picture, lambda text: picture_paths([text])])
def test_long_text_given_as_path_is_shortened_in_errors(find, png):
    body = base64.b64encode(png * 50).decode()
    for text, told in (
        (body, f"<{len(body)} characters of base64>: no such file"),
        (body[:120], "<120 characters of base64>: no such file"),
        ("x" * 100_000, r"x\.\.\. \(100000 characters\): "),
        ("dear diary\n" * 9, r"dear diary .*\.\.\. \(99 characters\): no such file"),
    ):
        with pytest.raises(ImageError, match=told) as caught:
            find(text)
        assert len(str(caught.value)) < 250


def test_data_urls_are_not_patterns(url):
    with pytest.raises(ImageError, match=r"^<data URL>: expected a path; .* numerals\.read"):
        picture_paths([url])


def test_heic_without_its_extra_names_the_file(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    path = tmp_path / "renamed.jpg"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    with pytest.raises(MissingExtraError, match=r"renamed\.jpg: reading HEIC needs an extra"):
        load_picture(path)


@pytest.mark.parametrize(
    "data",
    [
        b"hello world",
        b"\x00\x01\x02\x03",
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIDAT" + bytes(30),
        b"II*\0" + b"\xff" * 30,
        b"GIF89a" + bytes(3),
        b"BM" + bytes(30),
        b"\xff\xd8\xff" + b"\xe0" * 30,
        b"RIFF\x40\0\0\0WEBPVP8 " + bytes(30),
        b"%PDF-1.7 nothing",
        b"\0\0\0\x18ftypheic" + bytes(40),
    ],
    ids=lambda data: data[:8].hex(),
)
def test_errors_do_not_show_python_objects(data):
    with pytest.raises(NumeralsError) as caught:
        load_picture(data)
    text = str(caught.value)
    assert text.startswith("<bytes>: ")
    for strange in ("b'", 'b"', "object at 0x", "Traceback", "\n", "\\x"):
        assert strange not in text
