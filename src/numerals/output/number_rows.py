"""One row per number: what tables of readings hold, whatever the file format."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    """Yield the rows of one file in the order of its pages; each that was not read has an error.

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
    rows = [row for page in result.pages for row in _page_rows(result.source, page, model)]
    rows += [
        NumberRow(result.source, number, model=model, error=message)
        for number, message in _unread_pages(result, first_page, last_page)
    ]
    yield from sorted(rows, key=lambda row: row.page or 0)


def _page_rows(source: str, page: Page, model: str) -> Iterator[NumberRow]:
    model = model or f"{page.script} (auto)"
    if not page.lines:
        yield NumberRow(source, page.number, model=model)
    for number, line in enumerate(page.lines, start=1):
        yield _line_row(source, page, number, line, model)


def _unread_pages(
    result: "FileResult", first: int, last: int | None
) -> Iterator[tuple[int | None, str]]:
    """Yield the pages that were not read, as far as they are known, and why."""
    read, failed = {page.number for page in result.pages}, dict[int, str]()
    for error in result.errors:
        page, n_pages = error.page, error.n_pages
        last = min(filter(None, (last, n_pages)), default=None)
        if n_pages == 1 or (n_pages is None and first == 1 and not read):
            yield None, str(error)  # the file itself may be damaged
            continue
        if page is None:
            page = max(read | failed.keys(), default=first - 1) + 1
        failed[page] = str(error) if last else f"page {page} and those after it: {error}"
    yield from failed.items()
    cause = None
    for number in range(first, (last or 0) + 1):
        cause = number if number in failed else cause
        if cause is not None and number not in read | failed.keys():
            yield number, unread_page_message(cause)


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
