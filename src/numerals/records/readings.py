"""What was read from a picture: pages, tables, lines and digits, as frozen dataclasses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]
"""``(x_min, y_min, x_max, y_max)`` in pixels, origin top left, half-open."""


Preview = Callable[[int], "tuple[npt.NDArray[np.uint8], float] | None"]
"""Takes the maximum of width and height, pixels; returns a page's picture, RGB, and the pixels of
the original per pixel of it. None if the picture is no longer available."""

REJECTED_TEXT = "?"
"""The text of a digit or number that was rejected because of low confidence."""


MAX_PREVIEW_SIDE = 1000
"""Maximum of width and height of a page's picture in notebooks, pixels."""

_MAX_LINE_PICTURE_SIDE = 3000  # pixels of the page that a displayed line is cut from
_LINE_MARGIN = 0.4  # around a displayed line, in line heights; below it are the texts
_MIN_SHOWN_PROBABILITY = 0.0005
_NO_CHARACTER = "\ufffd"  # a class of the line models: ink that is not a character
_MAX_REPR_TEXT = 60  # characters of a page's text in its repr


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that contains all boxes."""
    columns = list(zip(*boxes, strict=True))
    return (min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3]))


@dataclass(frozen=True, repr=False)
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

    def box_at(self, scale: float) -> tuple[float, float, float, float]:
        """Return the box in a picture reduced by a factor.

        Parameters
        ----------
        scale : float
            Pixels of the original picture per pixel of the reduced picture.
        """
        x_min, y_min, x_max, y_max = self.box
        return x_min / scale, y_min / scale, x_max / scale, y_max / scale

    def _repr_html_(self) -> str:
        """Return a table of the character and its alternatives, for notebooks."""
        from numerals.displays.html import table_html

        head = ["digit", "confidence", "alternatives"]
        return table_html(head, [[self.text, *_probabilities(self)]])

    def __repr__(self) -> str:
        return f"Digit({self.text!r}, confidence={self.confidence:.3f}, box={self.box})"

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


@dataclass(frozen=True, repr=False)
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
    preview : callable, optional
        As of `Page`.
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
    preview: Preview | None = field(default=None, compare=False)

    @property
    def answer(self) -> str:
        """The text to output: `text`, or `REJECTED_TEXT` if it was not accepted."""
        return REJECTED_TEXT if self.accepted is False else self.text

    def __repr__(self) -> str:
        extra = "" if self.cell is None else f", table={self.table}, cell={self.cell}"
        extra += "" if self.accepted is None else f", accepted={self.accepted}"
        return f"Line({self.text!r}, confidence={self.confidence:.3f}, box={self.box}{extra})"

    def _repr_html_(self) -> str:
        """Return the line in its picture and a table of its digits, for notebooks."""
        from numerals.displays.html import below_html, table_html, text_html

        x_min, y_min, x_max, y_max = self.box
        margin = round(_LINE_MARGIN * (y_max - y_min))
        frame = (max(0, x_min - margin), max(0, y_min - margin), x_max + margin, y_max + margin)
        rows = [[digit.text, *_probabilities(digit)] for digit in self.digits]
        return below_html(
            text_html(f"{self.answer}, confidence {self.confidence:.3f}"),
            _picture_html(self.preview, frame, self.digits, _MAX_LINE_PICTURE_SIDE),
            table_html(["digit", "confidence", "alternatives"], rows) if rows else "",
        )

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


@dataclass(frozen=True, repr=False)
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
    preview : callable, optional
        Finds the picture for the display in notebooks. Pages of `read` and of `Reader.read` have
        it: files are decoded again, and of arrays, bytes and file objects the pictures of the last
        8 readings are kept, small.
    """

    lines: tuple[Line, ...]
    width: int
    height: int
    source: str = ""
    number: int = 1
    script: str = ""
    turn: float = 0.0
    tables: tuple[Table, ...] = ()
    preview: Preview | None = field(default=None, compare=False)

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

    def __repr__(self) -> str:
        text = " | ".join(line.answer for line in self.lines)
        text = text if len(text) <= _MAX_REPR_TEXT else f"{text[:_MAX_REPR_TEXT]}..."
        return f"Page({self._title()}, text {text!r})"

    def _repr_html_(self) -> str:
        """Return the picture with boxes and a table of its lines, for notebooks."""
        from numerals.displays.html import below_html, side_by_side_html, table_html, text_html

        digits = [digit for line in self.lines for digit in line.digits]
        head, rows = _lines_table(self.lines)
        return below_html(
            text_html(self._title()),
            side_by_side_html(
                _picture_html(self.preview, self.box, digits, MAX_PREVIEW_SIDE),
                table_html(head, rows) if rows else text_html("no numbers found"),
            ),
        )

    def _title(self) -> str:
        number = f", page {self.number}" if self.number > 1 else ""
        n_lines = f"{len(self.lines)} line{'s' * (len(self.lines) != 1)}"
        return f"{self.source or 'page'}{number}: {n_lines}, confidence {self.confidence:.3f}"

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


def _picture_html(
    preview: Preview | None, frame: Box, digits: Sequence[Digit], max_side: int
) -> str:
    from numerals.displays.boxes_html import boxes_html

    return boxes_html(
        None if preview is None else preview(max_side),
        frame,
        [digit.box for digit in digits],
        [digit.text for digit in digits],
        [digit.confidence for digit in digits],
    )


def _probabilities(digit: Digit) -> tuple[str, str]:
    others = [
        f"{REJECTED_TEXT if text == _NO_CHARACTER else text} {confidence:.3f}"
        for text, confidence in digit.alternatives[:3]
        if confidence >= _MIN_SHOWN_PROBABILITY
    ]
    return f"{digit.confidence:.3f}", ", ".join(others)


def _lines_table(lines: Sequence[Line]) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of a table of lines, with cells only if there are tables."""
    has_cells = any(line.cell is not None for line in lines)
    head = ["text", "confidence", *(["table", "row", "column"] if has_cells else []), ""]
    rows = []
    for line in lines:
        cell = ["", "", ""] if line.cell is None else [str(line.table), *map(str, line.cell)]
        flags = ["rejected"] * (line.accepted is False) + ["printed"] * line.is_printed
        row = [line.text, f"{line.confidence:.3f}", *(cell if has_cells else [])]
        rows.append([*row, ", ".join(flags)])
    return head, rows
