"""PDF pages -> pixels, through PDFium."""

import threading
from typing import Any

import numpy as np

from numerals.errors import ImageError
from numerals.images.failures import DAMAGED
from numerals.images.pixels import Raster, Wanted

POINTS_PER_INCH = 72

_pdfium_lock = threading.RLock()
"""PDFium keeps global state and must not be entered by two threads at once."""


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
        with _pdfium_lock:
            self._pdf = _open(data)
            self.n_pages = len(self._pdf)
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
        with _pdfium_lock:
            page = self._pdf[number - 1]
            try:
                return self._draw(page)
            finally:
                page.close()

    def _draw(self, page: Any) -> Raster:
        scale = self._wanted.resolution / POINTS_PER_INCH
        width, height = (max(1.0, points * scale) for points in page.get_size())
        shrink = min(1.0, (self._wanted.max_side or float("inf")) / max(width, height))
        self._wanted.limits.check_pixels(
            round(width * shrink), round(height * shrink), "lower the resolution"
        )
        # the hair less keeps PDFium, which rounds sizes up, within max_side
        bitmap = page.render(
            scale=scale * shrink * (1 - 1e-9),
            grayscale=not self._wanted.color,
            rev_byteorder=True,
        )
        try:
            pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)  # a copy: PDFium frees its own
        finally:
            bitmap.close()
        if not self._wanted.color:
            pixels = pixels.reshape(pixels.shape[:2])
        if shrink == 1:
            return Raster(pixels, pixels.shape[1], pixels.shape[0])
        return Raster(pixels, round(width), round(height))

    def close(self) -> None:
        """Close the PDF."""
        with _pdfium_lock:
            self._pdf.close()


def _open(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ImageError(
                "is a PDF that needs a password; save it without one, then try again"
            ) from error
        raise ImageError(f"is a damaged or truncated PDF ({error}); {DAMAGED}") from error
