"""PDF pages: resolution, colour, limits, and damaged files."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from numerals.errors import ImageError, ImageTooLargeError
from numerals.images import Limits, load_picture, load_pictures


@pytest.fixture
def pdf(drawing, encode) -> bytes:
    """Return a PDF of two pages of 96 x 64 points: the drawing, and a red page."""
    red = Image.new("RGB", (96, 64), "red")
    return encode(drawing, "PDF", save_all=True, append_images=[red], resolution=72)


def test_page_at_native_resolution_equals_the_drawing(pdf, drawing):
    picture = load_picture(pdf, resolution=72)
    assert (picture.width, picture.height, picture.scale, picture.n_pages) == (96, 64, 1.0, 2)
    np.testing.assert_allclose(picture.pixels.astype(int), drawing, atol=16)


def test_resolution_sets_the_size(pdf):
    picture = load_picture(pdf, resolution=144)
    assert picture.pixels.shape == (128, 192)
    assert (picture.width, picture.height) == (192, 128)


def test_color_is_rgb(pdf):
    picture = load_picture(pdf, page=2, resolution=72, color=True)
    np.testing.assert_allclose(picture.pixels[32, 48].astype(int), [255, 0, 0], atol=3)


def test_pages_are_yielded_in_order(pdf):
    assert [(p.number, p.n_pages) for p in load_pictures(pdf)] == [(1, 2), (2, 2)]


@pytest.mark.parametrize("max_side", [10, 48, 77, 1000])
def test_max_side_reduces_and_records_the_scale(pdf, max_side):
    picture = load_picture(pdf, resolution=720, max_side=max_side)
    assert (picture.width, picture.height) == (960, 640)
    assert max(picture.pixels.shape) == min(max_side, 960)
    assert picture.scale == pytest.approx(960 / min(max_side, 960))


def test_page_above_the_limit_is_refused_before_rendering(pdf):
    with pytest.raises(ImageTooLargeError, match=r"page 1 of 2.*lower the resolution"):
        load_picture(pdf, resolution=20_000)
    with pytest.raises(ImageTooLargeError, match="1 pages allowed"):
        load_picture(pdf, limits=Limits(pages=1))


@pytest.mark.parametrize("keep", [10, 100, 400])
def test_truncated_pdf(pdf, keep):
    with pytest.raises(ImageError, match=r"<bytes>: is a damaged or truncated PDF"):
        list(load_pictures(pdf[:keep]))


def test_pdf_with_password_is_refused():
    with pytest.raises(ImageError, match=r"secret\.pdf: is a PDF that needs a password"):
        load_picture(Named(encrypted_pdf(), "secret.pdf"))


class Named:
    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._data = data

    def read(self, n: int) -> bytes:
        data, self._data = self._data[:n], self._data[n:]
        return data


def encrypted_pdf() -> bytes:
    """Return a PDF with a non-empty user password (its check value is arbitrary)."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
        b"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <" + b"11" * 32 + b"> /U <"
        b"" + b"22" * 32 + b"> >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        body
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>] >>\n"
        + b"startxref\n%d\n%%%%EOF\n" % len(body)
    )


def test_threads_read_pdfs_concurrently(pdf):
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda _: load_picture(pdf, resolution=72), range(12)))
    assert all((p.pixels == pictures[0].pixels).all() for p in pictures)
