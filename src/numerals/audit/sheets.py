"""Tables that people fill in: CSV as spreadsheets save it, and XLSX."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from numerals.csv_cells import unescape_cell
from numerals.errors import DataError
from numerals.extras import requires_extra

XLSX_SUFFIX = ".xlsx"


def read_sheet(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a table with a header row.

    CSV may be separated by commas, semicolons or tabs, and encoded as UTF-8, UTF-16 or
    Windows-1252. Of XLSX, the first sheet is read. Names of columns are compared without case.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        Columns that must be there.

    Returns
    -------
    list of dict of str to str
        One for each row; empty cells are empty texts.

    Raises
    ------
    DataError
        If the file cannot be read, or a column is missing.
    MissingExtraError
        For XLSX without its extra.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: cannot be read ({reason}); check the path") from error
    rows = _xlsx_rows(path, content) if path.suffix.lower() == XLSX_SUFFIX else _csv_rows(content)
    header = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in columns if name not in header]
    if missing:
        raise DataError(
            f"{path}: has no column {', '.join(missing)}; expected {', '.join(columns)}, "
            f"got {', '.join(header) or 'an empty file'}"
        )
    return [
        dict(zip(header, [*row, *[""] * len(header)], strict=False)) for row in rows[1:] if any(row)
    ]


def _csv_rows(content: bytes) -> list[list[str]]:
    text = _decode(content)
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [[unescape_cell(cell) for cell in row] for row in reader]


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _xlsx_rows(path: Path, content: bytes) -> list[list[str]]:
    with requires_extra("batch", "reading XLSX"):
        from openpyxl import load_workbook  # type: ignore[import-untyped]
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [[_to_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except Exception as error:  # openpyxl raises many types, those of zipfile and XML included
        raise DataError(f"{path}: is not an XLSX file ({error}); save it again") from error


def _to_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
