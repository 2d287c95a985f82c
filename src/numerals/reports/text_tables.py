"""Tables of results, built once and rendered as plain text or as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ReportTable:
    """A table of texts.

    Attributes
    ----------
    head : sequence of str
        Column names.
    rows : sequence of sequence of str
        The first cell of each row is its name.
    caption : str
    strong : frozenset of int
        Indices of the rows that HTML shows in bold.
    is_prose : bool
        Whether cells hold sentences, which HTML aligns left and wraps, rather than numbers.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    strong: frozenset[int] = frozenset()
    is_prose: bool = False

    def to_text(self) -> str:
        """Return the table as text, without the caption."""
        return format_table(self.head, self.rows)


def format_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a text table: the first column aligned left, the others aligned right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, ["-" * width for width in widths], *rows]:
        first, *others = row
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)


def format_bars(rows: Sequence[tuple[str, float, str]], *, mark: str = "#", width: int = 40) -> str:
    """Return a bar chart: a line for each row.

    Parameters
    ----------
    rows : sequence of (str, float, str)
        Name, value of at least 0, and the value as text.
    mark : str, default="#"
        Character that bars consist of.
    width : int, default=40
        Length of the longest bar, characters.

    Examples
    --------
    >>> print(format_bars([("0", 4, "4"), ("10", 2, "2.0")], width=8))
    0     4  ########
    10  2.0  ####
    """
    names = max((len(name) for name, _, _ in rows), default=0)
    texts = max((len(text) for _, _, text in rows), default=0)
    largest = max((value for _, value, _ in rows), default=0) or 1
    lines = []
    for name, value, text in rows:
        bar = mark * round(width * value / largest)
        lines.append(f"{name.ljust(names)}  {text.rjust(texts)}  {bar}".rstrip())
    return "\n".join(lines)


def percent(share: float, decimals: int = 2) -> str:
    """Return a share in [0, 1] in percent, without the sign.

    Examples
    --------
    >>> percent(0.97083)
    '97.08'
    """
    return f"{100 * share:.{decimals}f}"


def percent_interval(interval: tuple[float, float], decimals: int = 2) -> str:
    """Return an interval of shares in percent, without the sign.

    Examples
    --------
    >>> percent_interval((0.5, 0.97083))
    '50.00 to 97.08'
    """
    low, high = interval
    return f"{percent(low, decimals)} to {percent(high, decimals)}"
