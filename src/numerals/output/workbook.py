"""Write numbers and forms to Excel workbooks (extra ``batch``)."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerals.extras import requires_extra
from numerals.output.number_files import text_values
from numerals.output.number_rows import NUMBER_COLUMNS, NumberRow
from numerals.printable import printable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

HIGH_CONFIDENCE, MEDIUM_CONFIDENCE = 0.95, 0.8
"""Numbers below these confidences are amber and red, as on the page of the service."""
FAILURE_COLUMNS = ("file", "page", "error")
MISSING_COLUMNS = ("field", "missing")

_NUMBER_COLUMNS = tuple(name for name in NUMBER_COLUMNS if name != "error")
_MAX_ROWS = 1_048_576  # of a sheet in Excel
_MAX_TEXT = 32_767  # characters of a cell in Excel
_MIN_WIDTH, _MAX_WIDTH = 6, 60  # of a column, characters


class NumberWorkbook:
    """Writes a sheet of numbers, colored by confidence, and a sheet of failures.

    Numbers are texts, so that their leading zeros stay.

    Parameters
    ----------
    path : Path

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    """

    def __init__(self, path: Path) -> None:
        self._book = _Book(path, "numbers", _NUMBER_COLUMNS)

    @property
    def book(self) -> "Workbook":
        """The workbook of XlsxWriter, for further sheets."""
        return self._book.book

    def write(self, rows: Iterable[NumberRow]) -> None:
        """Append rows; those with an error to the sheet of failures."""
        for row in rows:
            values = text_values(row)
            if row.error is not None:
                self._book.write_failure([values[name] for name in FAILURE_COLUMNS])
                continue
            color = "" if row.text is None else _color(row.confidence or 0.0, row.accepted)
            self._book.write(
                [values[name] for name in _NUMBER_COLUMNS], {"text": color, "confidence": color}
            )

    def close(self) -> None:
        """Write the file."""
        self._book.close()


class FormWorkbook:
    """Writes a sheet with a row per form, doubtful fields red, and a sheet of failures.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        As `numerals.forms.form_columns` returns them.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._book = _Book(path, "forms", columns)

    def write(self, row: Sequence[str], doubtful: Iterable[str]) -> None:
        """Append a form: its row, and the names of the fields that need review."""
        self._book.write(row, dict.fromkeys(doubtful, "red"))

    def write_failure(self, source: str, error: str) -> None:
        """Append a scan that could not be read to the sheet of failures."""
        self._book.write_failure([source, None, error])

    def write_missing(self, field: str, values: Iterable[str]) -> None:
        """Append values of a field that no form has to the sheet ``missing``, if there are any."""
        for value in values:
            self._book.write_missing([field, value])

    def close(self) -> None:
        """Write the file."""
        self._book.close()


def _color(confidence: float, accepted: bool | None) -> str:
    if accepted is False or confidence < MEDIUM_CONFIDENCE:
        return "red"
    return "amber" if confidence < HIGH_CONFIDENCE else ""


class _Book:
    def __init__(self, path: Path, name: str, columns: Sequence[str]) -> None:
        with requires_extra("batch", "writing Excel workbooks"):
            from xlsxwriter import Workbook

        # Rows are kept in temporary files, not in memory.
        self.book: Workbook = Workbook(str(path), {"constant_memory": True})
        self._formats = {
            "": None,
            "red": self.book.add_format({"bg_color": "#f8c9c4"}),
            "amber": self.book.add_format({"bg_color": "#fde9b8"}),
        }
        self._header = self.book.add_format({"bold": True, "bottom": 1})
        self._name, self._columns = name, columns
        self._sheets = [self._add_sheet(name, columns)]
        self._failures = self._add_sheet("failures", FAILURE_COLUMNS)
        self._missing: _Sheet | None = None

    def _add_sheet(self, name: str, columns: Sequence[str]) -> "_Sheet":
        return _Sheet(self.book.add_worksheet(name), columns, self._header)

    def write(self, values: Sequence[Any], colors: dict[str, str]) -> None:
        if self._sheets[-1].is_full:
            name = f"{self._name} {len(self._sheets) + 1}"
            self._sheets.append(self._add_sheet(name, self._columns))
        formats = [self._formats[colors.get(name, "")] for name in self._columns]
        self._sheets[-1].write(values, formats)

    def write_failure(self, values: Sequence[Any]) -> None:
        if not self._failures.is_full:
            self._failures.write(values, [None] * len(values))

    def write_missing(self, values: Sequence[Any]) -> None:
        if self._missing is None:
            self._missing = self._add_sheet("missing", MISSING_COLUMNS)
        if not self._missing.is_full:
            self._missing.write(values, [None] * len(values))

    def close(self) -> None:
        for sheet in (*self._sheets, self._failures, *filter(None, [self._missing])):
            sheet.finish()
        from xlsxwriter.exceptions import XlsxWriterException

        try:
            self.book.close()
        except XlsxWriterException as error:
            raise OSError(str(error)) from error


class _Sheet:
    def __init__(self, sheet: "Worksheet", columns: Sequence[str], header: "Format") -> None:
        self._sheet = sheet
        self._n_rows = 0
        self._widths = [_MIN_WIDTH] * len(columns)
        self.write(columns, [header] * len(columns))
        sheet.freeze_panes(1, 1)

    @property
    def is_full(self) -> bool:
        return self._n_rows >= _MAX_ROWS

    def write(self, values: Sequence[Any], formats: Sequence["Format | None"]) -> None:
        for column, (value, cell_format) in enumerate(zip(values, formats, strict=True)):
            self._write_cell(column, value, cell_format)
        self._n_rows += 1

    def _write_cell(self, column: int, value: Any, cell_format: "Format | None") -> None:
        place = (self._n_rows, column)
        if isinstance(value, str):
            text = printable(value)[:_MAX_TEXT]
            self._widths[column] = max(self._widths[column], min(len(text) + 2, _MAX_WIDTH))
            self._sheet.write_string(*place, text, cell_format)
        elif isinstance(value, bool):
            self._sheet.write_boolean(*place, value, cell_format)
        elif value is not None:
            self._sheet.write_number(*place, value, cell_format)

    def finish(self) -> None:
        last_row, last_column = max(1, self._n_rows - 1), len(self._widths) - 1
        self._sheet.autofilter(0, 0, last_row, last_column)
        # Excel otherwise marks each text that looks like a number as an error.
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{_MAX_ROWS}"})
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, width)
