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
# Excel's numbers have 15 digits; a leading zero is part of an identifier. A comma before three
# digits may separate thousands, so that only one before one or two digits is a decimal comma.
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>0|[1-9][0-9]{0,9})(\.(?P<point>[0-9]{1,5})|,(?P<comma>[0-9]{1,2}))?"
    r"|(?P<long_sign>-?)(?P<long>[1-9][0-9]{10,14})"
)


@dataclass(frozen=True)
class TableCell:
    """The text of a cell, and whether it is uncertain."""

    text: str
    is_uncertain: bool = False


def parse_number(text: str) -> tuple[float, str] | None:
    """Return the number that a text is for Excel, and the format that shows it as it was written.

    Returns
    -------
    number : float
    number_format : str
        With the same decimals and sign; empty for whole numbers without a plus.

    Examples
    --------
    >>> parse_number("14,30"), parse_number("+1.6"), parse_number("760")
    ((14.3, '0.00'), (1.6, '+0.0;-0.0;+0.0'), (760.0, ''))
    >>> parse_number("007"), parse_number("1,234"), parse_number("2-3")
    (None, None, None)
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    decimals = match["point"] or match["comma"] or ""
    shown = "0." + "0" * len(decimals) if decimals else ""
    if match["sign"] == "+":
        shown = shown or "0"
        shown = f"+{shown};-{shown};+{shown}"
    return float(text.replace(",", ".")), shown


class TableSheet:
    """A sheet of tables, which is made with the first one.

    Texts that `parse_number` accepts are numbers in Excel, such as those without a leading zero.
    Uncertain cells are red. The workbook opens with this sheet.

    Parameters
    ----------
    book : Workbook
    """

    def __init__(self, book: "Workbook") -> None:
        self._book = book
        self._title: Format = book.add_format({"bold": True})
        self._formats: dict[tuple[str, bool], Format] = {}
        self._row = 0

    def write(self, title: str, cells: Mapping[tuple[int, int], Sequence[TableCell]]) -> None:
        """Append a table, without empty rows and columns at its edges.

        Parameters
        ----------
        title : str
            The row above it.
        cells : mapping of (int, int) to sequence of TableCell
            The numbers of each cell, by row and column from 1; several are joined by spaces.
        """
        first_row, first_column = (min(place[axis] for place in cells) for axis in (0, 1))
        n_rows = max(row for row, _ in cells) - first_row + 1
        if self._row + n_rows + 2 > _MAX_ROWS:
            return
        if self._row == 0:
            self._sheet = self._book.add_worksheet(_NAME)
            self._sheet.activate()
        self._sheet.write_string(self._row, 0, printable(title)[:_MAX_TEXT], self._title)
        for row, column in sorted(cells):  # rows of a workbook in constant memory are in order
            parts = cells[row, column]
            text = " ".join(part.text for part in parts)
            is_uncertain = any(part.is_uncertain for part in parts)
            place = (self._row + 1 + row - first_row, column - first_column)
            number = parse_number(text)
            if number is None:
                shown = printable(text)[:_MAX_TEXT]
                self._sheet.write_string(*place, shown, self._format("", is_uncertain))
            else:
                self._sheet.write_number(*place, number[0], self._format(number[1], is_uncertain))
        self._row += n_rows + 2

    def _format(self, number_format: str, is_uncertain: bool) -> "Format | None":
        if not (number_format or is_uncertain):
            return None
        key = (number_format, is_uncertain)
        if key not in self._formats:
            color = {"bg_color": "#f8c9c4"} if is_uncertain else {}
            shown = {"num_format": number_format} if number_format else {}
            self._formats[key] = self._book.add_format({**color, **shown})
        return self._formats[key]
