"""The types that travel between rooms: frozen dataclasses without behaviour beyond ``to_dict``."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]
"""``(x_min, y_min, x_max, y_max)`` in pixels, origin top left, half-open."""


DOUBT = "?"
"""What stands for a digit, or a number, that was read with too little confidence."""


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all."""
    columns = list(zip(*boxes, strict=True))
    return (min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3]))


@dataclass(frozen=True, eq=False)
class Digits:
    """A data set of single digits.

    Attributes
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
        Ink bright on dark, as in MNIST.
    labels : ndarray of int64, shape (n_images,)
        Index into `classes`; empty labels (Kaggle's test file) are an array of -1.
    classes : tuple of str
        The characters, ``"0"`` to ``"9"`` or ``"೦"`` to ``"೯"``.
    name : str
        The data set's name.
    script : str
        ``"latin"``, ``"kannada"``, ``"persian"``, ``"bangla"`` or ``"devanagari"``.
    writers : ndarray of int64, shape (n_images,), optional
        Who wrote each digit, where it is known.
    notes : tuple of str
        What was assumed when a file was read, such as the split; one statement each.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...] = tuple("0123456789")
    name: str = "digits"
    script: str = "latin"
    writers: npt.NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    Attributes
    ----------
    text : str
        The character.
    confidence : float in [0, 1]
        Calibrated probability that `text` is right.
    box : Box
        Where it stands, in pixels of the original picture.
    alternatives : tuple of (str, float)
        The next likely characters with their probabilities, likeliest first.
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
    """One line of writing.

    Attributes
    ----------
    text : str
        Its digits and signs, with a space where the writer left one.
    confidence : float in [0, 1]
        Probability that every digit is right.
    box : Box
        Where it stands, in pixels of the original picture.
    digits : tuple of Digit
        Left to right; signs are among them.
    alternatives : tuple of (str, float)
        Other readings of the whole line with their probabilities, likeliest first.
    accepted : bool, optional
        Whether `text` is as the format wants it, and likely enough; None if neither was asked for.
    changed : bool, default=False
        Whether another reading was likelier, which is not as the format wants it.
    cell : tuple of two int, optional
        Row and column, from 0, of a number in a table.
    table : int, optional
        Which one of the page's tables it stands in, from 0.
    is_printed : bool, default=False
        Whether it is print rather than handwriting.
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
        """What to pass on: `text`, or `DOUBT` where it was not accepted."""
        return DOUBT if self.accepted is False else self.text

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
    """Return rows of text: one a line, and one a row of a table, its columns aligned to the right.

    Columns are at least two spaces apart, and ``-`` stands for an empty cell.

    Parameters
    ----------
    lines : sequence of Line
        Those of a table follow each other.
    texts : sequence of str
        What to print of each line.
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
    """One table on a page; `Line.table` and `Line.cell` tell what stands in it.

    Attributes
    ----------
    box : Box
        Around its numbers, in pixels of the original picture.
    n_rows, n_columns : int
        Those that hold a number.
    """

    box: Box
    n_rows: int
    n_columns: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {"box": list(self.box), "rows": self.n_rows, "columns": self.n_columns}


@dataclass(frozen=True)
class Page:
    """One picture, or one page of a PDF or TIFF, that was read.

    Attributes
    ----------
    lines : tuple of Line
        In reading order; those of a table follow each other, row by row.
    width, height : int, pixels
        Size of the picture, upright (after its EXIF orientation was applied).
    source : str
        The file's name, or what kind of object was given.
    number : int
        Which page of the file this is, from 1.
    script : str
        Which one it was read as, such as ``"latin"``.
    turn : float, degrees
        By which the writing has turned clockwise in the picture; 0 where it was read as it is.
    tables : tuple of Table
        In reading order.
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
        """The lines' texts, one a row; of a table, its rows with columns aligned."""
        return "\n".join(text_rows(self.lines, [line.text for line in self.lines]))

    @property
    def confidence(self) -> float:
        """Probability that every line is right; 1 for a page without writing."""
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
