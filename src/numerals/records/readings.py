"""What was read from a picture: pages, tables, lines and digits, as frozen dataclasses."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Box = tuple[int, int, int, int]
"""``(x_min, y_min, x_max, y_max)`` in pixels, origin top left, half-open."""


REJECTED_TEXT = "?"
"""The text of a digit or number that was rejected because of low confidence."""


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that contains all boxes."""
    columns = list(zip(*boxes, strict=True))
    return (min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3]))


@dataclass(frozen=True)
class Digit:
    """One digit or sign of a reading.

    Attributes
    ----------
    text : str
        The character.
    confidence : float in [0, 1]
        Calibrated probability that `text` is correct.
    box : Box
        Bounding box in pixels of the original picture.
    alternatives : tuple of (str, float)
        Other characters with their probabilities, most probable first.
    """

    text: str
    confidence: float
    box: Box
    alternatives: tuple[tuple[str, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "box": list(self.box),
            "alternatives": _alternatives(self.alternatives),
        }


def _alternatives(readings: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"text": text, "confidence": round(p, 4)} for text, p in readings]


@dataclass(frozen=True)
class Line:
    """One line of a reading.

    Attributes
    ----------
    text : str
        Digits and signs, with a space where the writer left one.
    confidence : float in [0, 1]
        Probability that the whole text is correct.
    box : Box
        Bounding box in pixels of the original picture.
    digits : tuple of Digit
        Digits and signs from left to right.
    alternatives : tuple of (str, float)
        Other readings of the whole line with their probabilities, most probable first.
    accepted : bool, optional
        Whether `text` is valid in the number format and reaches the minimum confidence; None if
        neither was requested.
    changed : bool, default=False
        Whether a more probable reading was discarded because the number format does not allow it.
    cell : tuple of two int, optional
        Row and column, from 0, of a number in a table.
    table : int, optional
        Index of the table on the page, from 0.
    is_printed : bool, default=False
        Whether the line is printed rather than handwritten.
    """

    text: str
    confidence: float
    box: Box
    digits: tuple[Digit, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    accepted: bool | None = None
    changed: bool = False
    cell: tuple[int, int] | None = None
    is_printed: bool = False
    table: int | None = None

    @property
    def answer(self) -> str:
        """The text to output: `text`, or `REJECTED_TEXT` if it was not accepted."""
        return REJECTED_TEXT if self.accepted is False else self.text

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        line = {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "box": list(self.box),
            "digits": [digit.to_dict() for digit in self.digits],
            "alternatives": _alternatives(self.alternatives),
        }
        if self.accepted is not None:
            line |= {"accepted": self.accepted, "changed": self.changed}
        if self.cell is not None:
            line |= {"table": self.table, "row": self.cell[0], "column": self.cell[1]}
        if self.is_printed:
            line["printed"] = True
        return line


def text_rows(lines: Sequence[Line], texts: Sequence[str]) -> list[str]:
    """Format lines as rows of text: one per line, and one per table row with aligned columns.

    Columns are right-aligned and at least two spaces apart; an empty cell is written as ``-``.

    Parameters
    ----------
    lines : sequence of Line
        The lines of a table are consecutive.
    texts : sequence of str
        The text to print for each line.

    Returns
    -------
    list of str
    """
    rows = []
    for table, group in groupby(range(len(lines)), key=lambda i: lines[i].table):
        if table is None:
            rows += [texts[i] for i in group]
            continue
        cells: dict[tuple[int, int], str] = {}
        for i in group:
            cell = lines[i].cell or (0, 0)
            cells[cell] = f"{cells.get(cell, '')} {texts[i]}".strip()
        n_rows, n_columns = (max(cell[axis] for cell in cells) + 1 for axis in (0, 1))
        grid = [[cells.get((r, c)) or "-" for c in range(n_columns)] for r in range(n_rows)]
        widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
        rows += ["  ".join(map(str.rjust, row, widths)) for row in grid]
    return rows


@dataclass(frozen=True)
class Table:
    """One table on a page; `Line.table` and `Line.cell` assign lines to its cells.

    Attributes
    ----------
    box : Box
        Bounding box of its numbers, in pixels of the original picture.
    n_rows, n_columns : int
        Number of rows and columns that contain a number.
    """

    box: Box
    n_rows: int
    n_columns: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {"box": list(self.box), "rows": self.n_rows, "columns": self.n_columns}


@dataclass(frozen=True)
class Page:
    """The reading of one picture, or of one page of a PDF or TIFF.

    Attributes
    ----------
    lines : tuple of Line
        Lines in reading order; those of a table are consecutive, row by row.
    width, height : int, pixels
        Size of the picture after its EXIF orientation was applied.
    source : str
        File name, or the type of the source in angle brackets.
    number : int
        Page number in the file, from 1.
    script : str
        Script of the models, such as ``"latin"``.
    turn : float, degrees
        Clockwise rotation of the writing in the picture; 0 if it was not corrected.
    tables : tuple of Table
        Tables in reading order.
    """

    lines: tuple[Line, ...]
    width: int
    height: int
    source: str = ""
    number: int = 1
    script: str = ""
    turn: float = 0.0
    tables: tuple[Table, ...] = ()

    @property
    def text(self) -> str:
        """The texts of the lines, one per row; tables have one row per table row."""
        return "\n".join(text_rows(self.lines, [line.text for line in self.lines]))

    @property
    def confidence(self) -> float:
        """Probability that all lines are correct; 1 for a page without lines."""
        product = 1.0
        for line in self.lines:
            product *= line.confidence
        return product

    @property
    def box(self) -> Box:
        """The whole picture."""
        return (0, 0, self.width, self.height)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "source": self.source,
            "page": self.number,
            "script": self.script,
            "width": self.width,
            "height": self.height,
            "turn": self.turn,
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "tables": [table.to_dict() for table in self.tables],
            "lines": [line.to_dict() for line in self.lines],
        }
