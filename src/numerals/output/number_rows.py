"""One row per number: what tables of readings hold, whatever the file format."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numerals.errors import ImageError, NumeralsError
from numerals.images.decode_errors import unread_page_message
from numerals.printable import printable
from numerals.records import Box, Line, Page

if TYPE_CHECKING:
    from numerals.forms import ScanResult
    from numerals.reading import FileResult


@dataclass(frozen=True)
class NumberRow:
    """One number of a stack, or a page or file without any.

    A page that was read but shows no number is a row without `text` and `error`; what could not be
    read is a row with an `error`. So every page that was given has at least one row.

    Attributes
    ----------
    file : str
        Name of the file, as it was given.
    page : int, optional
        In its file, from 1; None if the file could not be opened.
    line : int, optional
        Of the number on its page, from 1.
    table, row, column : int, optional
        Place of a number in a table, from 1.
    field : str, optional
        Name of the field, for forms.
    text : str, optional
        The number as read, accepted or not.
    confidence : float in [0, 1], optional
        Probability that `text` is correct.
    alternatives : tuple of (str, float)
        Other readings with their probabilities, most probable first.
    box : Box, optional
        In pixels of the original picture.
    accepted : bool, optional
        Whether the number has its format and reaches the limit of error; None if neither was
        requested.
    changed : bool
        Whether a more probable reading was discarded because of a format or a relation.
    printed : bool
        Whether the number is printed rather than handwritten.
    model : str
        Name of the model that read it.
    error : str, optional
        Why the page or file could not be read.
    """

    file: str
    page: int | None = None
    line: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    field: str | None = None
    text: str | None = None
    confidence: float | None = None
    alternatives: tuple[tuple[str, float], ...] = ()
    box: Box | None = None
    accepted: bool | None = None
    changed: bool = False
    printed: bool = False
    model: str = ""
    error: str | None = None


BOX_COLUMNS = ("x_min", "y_min", "x_max", "y_max")
NUMBER_COLUMNS = (
    "file",
    "page",
    "line",
    "table",
    "row",
    "column",
    "field",
    "text",
    "confidence",
    "alternatives",
    *BOX_COLUMNS,
    "accepted",
    "changed",
    "printed",
    "model",
    "error",
)
"""Columns of tables of numbers, in their order."""


def row_values(row: NumberRow) -> dict[str, Any]:
    """Return the values of the `NUMBER_COLUMNS` of a row.

    The alternatives are dicts of ``text`` and ``confidence``. File names that are not UTF-8 are
    escaped.
    """
    values = dict(vars(row))
    box = values.pop("box") or (None, None, None, None)
    values |= dict(zip(BOX_COLUMNS, box, strict=True))
    values["alternatives"] = [{"text": text, "confidence": p} for text, p in row.alternatives]
    values["file"] = printable(row.file)
    if row.error is not None:
        values["error"] = printable(row.error)
    return {name: values[name] for name in NUMBER_COLUMNS}


def number_rows(
    result: "FileResult", model: str, first_page: int = 1, last_page: int | None = None
) -> Iterator[NumberRow]:
    """Yield the rows of one file; those of an error name every page that was not read.

    Parameters
    ----------
    result : FileResult
    model : str
        Name of the model; if empty, the script of each page names it.
    first_page : int, default=1
        The first page that was to be read.
    last_page : int, optional
        The last page that was to be read; by default that of the file.
    """
    for page in result.pages:
        page_model = model or f"{page.script} (auto)"
        if not page.lines:
            yield NumberRow(result.source, page.number, model=page_model)
        for number, line in enumerate(page.lines, start=1):
            yield _line_row(result.source, page, number, line, page_model)
    if result.error is not None:
        first_unread = first_page + len(result.pages)
        for page_number, message in _unread_pages(result.error, first_unread, last_page):
            yield NumberRow(result.source, page_number, model=model, error=message)


def _unread_pages(
    error: NumeralsError, first: int, last: int | None
) -> Iterator[tuple[int | None, str]]:
    """Yield the pages that were not read because of an error, as far as they are known."""
    n_pages = error.n_pages if isinstance(error, ImageError) else None
    last = min(filter(None, (last, n_pages)), default=None)
    if first == 1 and (n_pages or 1) == 1:  # the file itself may be damaged
        yield None, str(error)
    elif last is None:
        yield first, f"page {first} and those after it: {error}"
    else:
        yield first, str(error)
        for number in range(first + 1, last + 1):
            yield number, unread_page_message(first)


def _line_row(source: str, page: Page, number: int, line: Line, model: str) -> NumberRow:
    table = row = column = None
    if line.table is not None and line.cell is not None:
        table, row, column = line.table + 1, line.cell[0] + 1, line.cell[1] + 1
    return NumberRow(
        source,
        page.number,
        number,
        table,
        row,
        column,
        text=line.text,
        confidence=line.confidence,
        alternatives=line.alternatives,
        box=line.box,
        accepted=line.accepted,
        changed=line.changed,
        printed=line.is_printed,
        model=model,
    )


def form_number_rows(scan: "ScanResult", model: str) -> Iterator[NumberRow]:
    """Yield the rows of one form, one per field; an empty field has an empty text.

    Parameters
    ----------
    scan : ScanResult
    model : str
    """
    if scan.form is None:
        yield NumberRow(scan.source, model=model, error=str(scan.error))
        return
    form = scan.form
    for number, field in enumerate(form.fields, start=1):
        yield NumberRow(
            form.source,
            form.page,
            number,
            field=field.name,
            text=field.text,
            confidence=field.confidence,
            alternatives=tuple((each.text, each.probability) for each in field.alternatives),
            box=field.box,
            accepted=field.accepted,
            changed=field.changed,
            model=model,
        )
