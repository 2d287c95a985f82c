"""Render PDF pages with PDFium in a child process."""

from numerals.errors import ImageError
from numerals.images.decode_errors import DAMAGED
from numerals.images.pdf_process import PdfProcess
from numerals.images.raster import DecodeOptions, Raster

POINTS_PER_INCH = 72


class PdfDocument:
    """A PDF whose pages are rendered at a given resolution.

    Pages larger than ``max_side`` are rendered at the reduced size.

    Parameters
    ----------
    data : bytes
        The file.
    options : DecodeOptions

    Raises
    ------
    ImageError
        If the file is damaged, needs a password, or has no or too many pages.
    """

    def __init__(self, data: bytes, options: DecodeOptions) -> None:
        self._options = options
        self._process = PdfProcess(data)
        self.n_pages = self._process.n_pages
        try:
            self._check_pages()
        except ImageError:
            self.close()
            raise

    def _check_pages(self) -> None:
        if self.n_pages < 1:
            raise ImageError(f"is a PDF without pages, expected at least one; {DAMAGED}")
        self._options.limits.check_pages(self.n_pages)

    def read_page(self, number: int) -> Raster:
        """Render one page, numbered from 1."""
        scale = self._options.resolution / POINTS_PER_INCH
        size = self._process.page_size(number)
        width, height = (max(1.0, points * scale) for points in size)
        shrink = min(1.0, (self._options.max_side or float("inf")) / max(width, height))
        self._options.limits.check_pixels(
            round(width * shrink), round(height * shrink), "lower the resolution"
        )
        # PDFium rounds sizes up; the slightly smaller scale keeps them within max_side.
        pixels = self._process.draw(scale * shrink * (1 - 1e-9), color=self._options.color)
        if shrink == 1:
            return Raster(pixels, pixels.shape[1], pixels.shape[0])
        return Raster(pixels, round(width), round(height))

    def close(self) -> None:
        """Close the PDF."""
        self._process.close()
