"""Cells of CSV files that spreadsheets show and do not compute.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return
for a formula. A file name such as ``=HYPERLINK("http://...")`` would be one.

The rule: such a cell gets an apostrophe before it (the mark of a text in spreadsheets), unless it
is a number, an amount, a date or a phone number: a sign, then only digits (``?`` where in doubt)
and the signs that stand between them. ``-12.5``, ``+31 20 123 4567`` and a lone ``-`` stay as they
are. Control characters are written out, as on a terminal.

References
----------
OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import re
from collections.abc import Iterable
from typing import Any, TextIO, TypeVar

from numerals.printable import printable

T = TypeVar("T")

# Full-width forms are taken for formulas in East Asian settings.
_STARTS_FORMULA = re.compile("'*[=+\\-@\t\r\n\x00＝＋－＠]")
_NUMBER = re.compile(
    r"-"  # nothing was read
    r"|[+-]\s?[\d?][\d?\s.,'’_]*(?:,-|[-%])?"
    r"|\+\s?\(?[\d?][\d?\s()./-]*"  # a phone number
    r"|-\s?[\d?]+(?:[/:][\d?]+)+"  # a fraction, or a time
)


def safe_cell(value: T) -> T | str:
    """Return a value for a CSV that spreadsheets may open; what is no text stays as it is.

    Examples
    --------
    >>> [safe_cell(text) for text in ("=1+1", "-12.5", "+31 20 1234567", "@sum", "417", 7)]
    ["'=1+1", '-12.5', '+31 20 1234567', "'@sum", '417', 7]
    """
    if not isinstance(value, str):
        return value
    is_formula = _STARTS_FORMULA.match(value) and not _NUMBER.fullmatch(value)
    text = printable(value)
    return f"'{text}" if is_formula else text


def safe_row(row: Iterable[T]) -> list[T | str]:
    """Return a row of safe cells."""
    return [safe_cell(value) for value in row]


def unguarded(cell: str) -> str:
    """Return what a cell of ours said before `safe_cell` put an apostrophe before it.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'7")
    ('=1+1', "'7")
    """
    return cell[1:] if cell.startswith("'") and _STARTS_FORMULA.match(cell) else cell


class SafeWriter:
    """Writes rows of safe cells as CSV.

    Parameters
    ----------
    stream : text stream
    """

    def __init__(self, stream: TextIO) -> None:
        self._table = csv.writer(stream, lineterminator="\n")

    def writerow(self, row: Iterable[Any]) -> None:
        """Write one row."""
        self._table.writerow(safe_row(row))

    def writerows(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write some rows."""
        for row in rows:
            self.writerow(row)
