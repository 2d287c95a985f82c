"""Write tables to a sheet of an Excel workbook as they are on the page, one below the other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from numerals.printable import printable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

_NAME = "tables"
_MAX_ROWS = 1_048_576  # of a sheet in Excel
_MAX_TEXT = 32_767  # characters of a cell in Excel
# Excel's numbers have 15 digits; a leading zero is part of an identifier.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})|-?(0|[1-9][0-9]{0,9})\.[0-9]{1,5}")


@dataclass(frozen=True)
class TableCell:
    """The text of a cell, and whether it is uncertain."""

    text: str
    is_uncertain: bool = False


class TableSheet:
    """A sheet of tables, which is made with the first one.

    Numbers without a leading zero are numbers in Excel, others are texts. Uncertain cells are red.

    Parameters
    ----------
    book : Workbook
    """

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._title: Format = book.add_format({"bold": True})
        self._red: Format = book.add_format({"bg_color": "#f8c9c4"})
        self._row = 0

    def write(self, title: str, cells: Mapping[tuple[int, int], Sequence[TableCell]]) -> None:
        """Append a table.

        Parameters
        ----------
        title : str
            The row above it.
        cells : mapping of (int, int) to sequence of TableCell
            The numbers of each cell, by row and column from 1; several are joined by spaces.
        """
        n_rows = max(row for row, _ in cells)
        if self._row + n_rows + 2 > _MAX_ROWS:
            return
        if self._row == 0:
            self._sheet = self._book.add_worksheet(_NAME)
        self._sheet.write_string(self._row, 0, printable(title)[:_MAX_TEXT], self._title)
        for row, column in sorted(cells):  # rows of a workbook in constant memory are in order
            parts = cells[row, column]
            text = " ".join(part.text for part in parts)
            color = self._red if any(part.is_uncertain for part in parts) else None
            if _NUMBER.fullmatch(text):
                self._sheet.write_number(self._row + row, column - 1, float(text), color)
            else:
                shown = printable(text)[:_MAX_TEXT]
                self._sheet.write_string(self._row + row, column - 1, shown, color)
        self._row += n_rows + 2
