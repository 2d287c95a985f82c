"""Files of scans -> forms, and forms as rows of a table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from numerals.errors import NumeralsError
from numerals.forms.form_reader import WORKING_SIDE, FormReader
from numerals.forms.results import FormResult
from numerals.forms.template import Template
from numerals.images import Source, load_pictures

SEPARATOR = ";"
"""Between the names of doubtful fields."""


@dataclass(frozen=True)
class ScanResult:
    """What came of one scan.

    Attributes
    ----------
    source : str
        The file's name, with ``#`` and the page's number if it has several pages.
    form : FormResult or None
    error : NumeralsError or None
        Why there is no form.
    """

    source: str
    form: FormResult | None
    error: NumeralsError | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        if self.form is None:
            return {"source": self.source, "error": str(self.error)}
        return self.form.to_dict()


def read_form_file(
    reader: FormReader, source: Source, name: str, *, resolution: float = 200
) -> Iterator[ScanResult]:
    """Read the forms in one file, a form a page.

    Parameters
    ----------
    reader : FormReader
    source : path, bytes, binary file object, NumPy array or PIL image
    name : str
        What results call it.
    resolution : float, default=200
        Dots per inch at which pages of a PDF are drawn.

    Yields
    ------
    ScanResult
        One for each page; one that does not show the form stops nothing.
    """
    try:
        for picture in load_pictures(source, resolution=resolution, max_side=WORKING_SIDE):
            page = f"{name}#{picture.number}" if picture.n_pages > 1 else name
            try:
                form = reader.read(replace(picture, source=name))
            except NumeralsError as error:
                yield ScanResult(page, None, error)
            else:
                yield ScanResult(page, form)
    except NumeralsError as error:
        yield ScanResult(name, None, error)


def form_columns(template: Template) -> tuple[str, ...]:
    """Return the columns of a table of forms."""
    return ("file", *(field.name for field in template.fields), "doubtful", "error")


def form_row(scan: ScanResult, template: Template, min_confidence: float = 0.0) -> tuple[str, ...]:
    """Return a scan as a row, as `form_columns` names it; an error leaves the fields empty."""
    if scan.form is None:
        return (scan.source, *("" for _ in template.fields), "", str(scan.error))
    texts = scan.form.texts
    doubtful = SEPARATOR.join(scan.form.doubtful(min_confidence))
    return (scan.source, *(texts[field.name] for field in template.fields), doubtful, "")
