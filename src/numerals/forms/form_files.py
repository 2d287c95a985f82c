"""Read forms from image and PDF files, and write them as rows of a table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from numerals.errors import ImageError, NumeralsError
from numerals.forms.form_reader import MAX_SCAN_SIDE, FormReader
from numerals.forms.form_results import FormResult
from numerals.forms.template import Template
from numerals.images import ALL_PAGES, PageRange, Source, load_pictures
from numerals.images.decode_errors import unread_page_message

NAME_SEPARATOR = ";"
"""Separator of the names in the column ``doubtful``."""


@dataclass(frozen=True)
class ScanResult:
    """The result of reading one scan.

    Attributes
    ----------
    source : str
        The name of the file, followed by ``#`` and the page number if it has several pages.
    form : FormResult or None
        None if the scan could not be read.
    error : NumeralsError or None
        Why the scan could not be read.
    """

    source: str
    form: FormResult | None
    error: NumeralsError | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values for JSON."""
        if self.form is None:
            return {"source": self.source, "error": str(self.error)}
        return self.form.to_dict()


def read_form_file(
    reader: FormReader,
    source: Source,
    name: str,
    *,
    pages: PageRange = ALL_PAGES,
    resolution: float = 200,
) -> Iterator[ScanResult]:
    """Read the forms in one file, one per page.

    Parameters
    ----------
    reader : FormReader
    source : path, bytes, binary file object, NumPy array or PIL image
    name : str
        The name of the source in the results.
    pages : PageRange
        First and last page to read; by default all.
    resolution : float, default=200
        Dots per inch to render pages of a PDF at.

    Yields
    ------
    ScanResult
        One per page. A page that does not show the form, or cannot be decoded, has an error; the
        others are still read.
    """
    failed: list[NumeralsError] = []
    try:
        for picture in load_pictures(
            source,
            pages=pages,
            resolution=resolution,
            max_side=MAX_SCAN_SIDE,
            on_error=failed.append,
        ):
            yield from _failed_scans(name, failed)
            page = f"{name}#{picture.number}" if picture.n_pages > 1 else name
            try:
                form = reader.read(replace(picture, source=name))
            except NumeralsError as error:
                yield ScanResult(page, None, error)
            else:
                yield ScanResult(page, form)
    except NumeralsError as error:
        failed.append(error)
        yield from _failed_scans(name, failed)
        yield from _unread_forms(name, error, pages.last)
    yield from _failed_scans(name, failed)


def _failed_scans(name: str, failed: list[NumeralsError]) -> Iterator[ScanResult]:
    """Yield the pages that could not be decoded since the last call, or their file."""
    while failed:
        error = failed.pop(0)
        is_page = error.page is not None and error.n_pages not in (None, 1)
        yield ScanResult(f"{name}#{error.page}" if is_page else name, None, error)


def _unread_forms(name: str, error: NumeralsError, last: int | None) -> Iterator[ScanResult]:
    """Yield a result for each page after the one at which reading stopped."""
    if error.page is None or error.n_pages is None:
        return
    for number in range(error.page + 1, min(last or error.n_pages, error.n_pages) + 1):
        message = f"{name}, page {number}: {unread_page_message(error.page)}"
        yield ScanResult(f"{name}#{number}", None, ImageError(message))


def form_columns(template: Template) -> tuple[str, ...]:
    """Return the column names of a table of forms."""
    return ("file", *(field.name for field in template.fields), "doubtful", "error")


def form_row(scan: ScanResult, template: Template, min_confidence: float = 0.0) -> tuple[str, ...]:
    """Return a scan as a row with the columns of `form_columns`.

    Parameters
    ----------
    scan : ScanResult
        The fields of a scan with an error are empty.
    template : Template
    min_confidence : float in [0, 1], default=0.0
        Fields with a lower confidence are doubtful.
    """
    if scan.form is None:
        return (scan.source, *("" for _ in template.fields), "", str(scan.error))
    texts = scan.form.texts
    doubtful = NAME_SEPARATOR.join(scan.form.doubtful(min_confidence))
    return (scan.source, *(texts[field.name] for field in template.fields), doubtful, "")
