"""The texts of a PDF page: what it prints, without recognition of letters."""

from contextlib import closing, suppress
from dataclasses import dataclass

from numerals.errors import ImageError
from numerals.images.decode import sniff
from numerals.images.decode_errors import translate_decode_errors
from numerals.images.limits import DEFAULT_LIMITS, Limits
from numerals.images.pdf_process import PdfProcess
from numerals.images.source_bytes import read_source, shown_name, source_name
from numerals.images.sources import Source


@dataclass(frozen=True)
class PrintedText:
    """A piece of one printed line.

    Attributes
    ----------
    text : str
    box : tuple of four float
        ``x_min, y_min, x_max, y_max``, as shares of the width and the height of the page.
    """

    text: str
    box: tuple[float, float, float, float]


def load_printed_texts(
    source: Source, *, page: int = 1, limits: Limits = DEFAULT_LIMITS
) -> list[PrintedText]:
    """Return the texts of a PDF page; none for pictures, and for scans in a PDF.

    Parameters
    ----------
    source : path, bytes or binary file object
    page : int
        Page number, from 1.
    limits : Limits

    Raises
    ------
    ImageError
        If the source cannot be read.
    """
    if not isinstance(source, str | bytes) and not hasattr(source, "__fspath__"):
        return []
    with translate_decode_errors(shown_name(source_name(source))):
        data = read_source(source, limits)
        if not data or sniff(data) != "PDF":
            return []
        with closing(PdfProcess(data)) as process:
            width, height = process.page_size(page)
            texts = []
            with suppress(ImageError):  # a page whose texts cannot be read has none
                texts = process.texts()
            return [
                PrintedText(text.strip(), (x0 / width, y0 / height, x1 / width, y1 / height))
                for text, (x0, y0, x1, y1) in texts
                if text.strip() and width > 0 and height > 0
            ]
