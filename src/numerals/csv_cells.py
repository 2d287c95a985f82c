"""CSV cells that spreadsheets do not evaluate as formulas.

Spreadsheets interpret a cell that starts with ``=``, ``+``, ``-``, ``@``, a tab or a carriage
return as a formula, for example a file name such as ``=HYPERLINK("http://...")``.

Such a cell is prefixed with an apostrophe, which marks text in spreadsheets, unless it is a number,
an amount, a date or a phone number: a sign, followed only by digits (or ``?`` for rejected ones)
and the separators between them. ``-12.5``, ``+31 20 123 4567`` and a single ``-`` are not changed.
Control characters are escaped, as on a terminal.

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

# Full-width forms start a formula in East Asian locales.
_STARTS_FORMULA = re.compile("'*[=+\\-@\t\r\n\x00＝＋－＠]")
_NUMBER = re.compile(
    r"-"  # an empty reading
    r"|[+-]\s?[\d?][\d?\s.,'’_]*(?:,-|[-%])?"
    r"|\+\s?\(?[\d?][\d?\s()./-]*"  # a phone number
    r"|-\s?[\d?]+(?:[/:][\d?]+)+"  # a fraction or a time
)


def safe_cell(value: T) -> T | str:
    """Return a cell that spreadsheets do not evaluate; values that are not strings are unchanged.

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


def unescape_cell(cell: str) -> str:
    """Return the text of a cell before `safe_cell` prefixed it with an apostrophe.

    Examples
    --------
    >>> unescape_cell("'=1+1"), unescape_cell("'7")
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
        """Write several rows."""
        for row in rows:
            self.writerow(row)
