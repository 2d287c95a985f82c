"""Export a batch of forms: one row per form, one column per field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from numerals.csv_cells import SafeWriter
from numerals.forms.form_files import NAME_SEPARATOR
from numerals.store.batch_listing import ItemEntry
from numerals.store.changes import WAITING


@dataclass(frozen=True)
class FormRow:
    """The answers of one form, or why it could not be read.

    Attributes
    ----------
    source : str
        Name of the file, with the number of the page if it has several.
    texts : dict of str to str
        By the name of the field.
    doubtful : list of str
        Fields that are uncertain, and that nobody reviewed.
    error : str
    """

    source: str
    texts: dict[str, str]
    doubtful: list[str]
    error: str = ""


def form_rows(entry: ItemEntry) -> Iterator[FormRow]:
    """Yield one row for each page of a file, or one with the error of the file."""
    item = entry.item
    for page in entry.pages:
        source = f"{item.name}#{page.number}" if len(entry.pages) > 1 else item.name
        lines = [line for line in entry.lines if line.page == page.number and line.field]
        yield FormRow(
            source,
            {line.field: line.answer for line in lines},
            [line.field for line in lines if line.state == WAITING and line.uncertain != 0],
            page.error or "",
        )
    if not entry.pages:
        waiting = "is not read yet" if item.error is None else item.error
        yield FormRow(item.name, {}, [], waiting)


def write_form_csv(entries: Iterator[ItemEntry], fields: Sequence[str], path: Path) -> None:
    """Write a CSV file with the columns of ``numerals read --template``."""
    with path.open("w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        table = SafeWriter(file)
        table.writerow(["file", *fields, "doubtful", "error"])
        for entry in entries:
            for row in form_rows(entry):
                texts = [row.texts.get(name, "") for name in fields]
                table.writerow([row.source, *texts, NAME_SEPARATOR.join(row.doubtful), row.error])


def write_form_workbook(
    entries: Iterator[ItemEntry],
    fields: Sequence[str],
    path: Path,
    missing: Sequence[tuple[str, Sequence[str]]] = (),
) -> None:
    """Write an Excel workbook with a sheet of forms, one of failures, and one of missing values.

    Parameters
    ----------
    entries : iterator of ItemEntry
    fields : sequence of str
        The columns.
    path : Path
    missing : sequence of (str, sequence of str)
        Fields with a roster, and its values that no form has.
    """
    from numerals.output.workbook import FormWorkbook

    book = FormWorkbook(path, ["file", *fields, "doubtful"])
    try:
        for entry in entries:
            for row in form_rows(entry):
                if row.error:
                    book.write_failure(row.source, row.error)
                    continue
                texts = [row.texts.get(name, "") for name in fields]
                doubtful = NAME_SEPARATOR.join(row.doubtful)
                book.write([row.source, *texts, doubtful], row.doubtful)
        for field, values in missing:
            book.write_missing(field, values)
    finally:
        book.close()
