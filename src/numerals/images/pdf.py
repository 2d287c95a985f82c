"""PDF pages -> pixels, through PDFium in a process of its own."""

from numerals.errors import ImageError
from numerals.images.decode_errors import DAMAGED
from numerals.images.pdf_process import PdfProcess
from numerals.images.raster import Raster, Wanted

POINTS_PER_INCH = 72


class PdfDocument:
    """A PDF, whose pages are drawn at the resolution wanted.

    Pages larger than ``max_side`` are drawn smaller at once, without the detour over full size.

    Parameters
    ----------
    data : bytes
        The file.
    wanted : Wanted
        Resolution, colour, size and limits.

    Raises
    ------
    ImageError
        If it is damaged, needs a password, or has no or too many pages.
    """

    def __init__(self, data: bytes, wanted: Wanted) -> None:
        self._wanted = wanted
        self._process = PdfProcess(data)
        self.n_pages = self._process.n_pages
        try:
            self._check_pages()
        except ImageError:
            self.close()
            raise

    def _check_pages(self) -> None:
        if self.n_pages < 1:
            raise ImageError(f"is a PDF without pages; {DAMAGED}")
        self._wanted.limits.check_pages(self.n_pages)

    def read_page(self, number: int) -> Raster:
        """Draw one page, numbered from 1."""
        scale = self._wanted.resolution / POINTS_PER_INCH
        size = self._process.page_size(number)
        width, height = (max(1.0, points * scale) for points in size)
        shrink = min(1.0, (self._wanted.max_side or float("inf")) / max(width, height))
        self._wanted.limits.check_pixels(
            round(width * shrink), round(height * shrink), "lower the resolution"
        )
        # the hair less keeps PDFium, which rounds sizes up, within max_side
        pixels = self._process.draw(scale * shrink * (1 - 1e-9), color=self._wanted.color)
        if shrink == 1:
            return Raster(pixels, pixels.shape[1], pixels.shape[0])
        return Raster(pixels, round(width), round(height))

    def close(self) -> None:
        """Close the PDF."""
        self._process.close()
