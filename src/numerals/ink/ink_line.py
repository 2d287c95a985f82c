"""One line of writing: its parts, and where it lies."""

from dataclasses import dataclass
from typing import NamedTuple

from numerals.ink.connected_components import Component
from numerals.ink.line_frame import LineFrame


class CellPosition(NamedTuple):
    """Where a number stands in a table: which table of its page, its row and column, from 0."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class InkLine:
    """One line of writing.

    Attributes
    ----------
    components : tuple of Part
        Left to right.
    height : float
        How high its digits are, pixels.
    frame : LineFrame, optional
        Where it lies, if that is known from more than its parts.
    is_printed : bool, default=False
        Whether it is print rather than handwriting.
    score : float in [0, 1], default=1
        How sure it is that this is a number, before it is read.
    purity : float in [0, 1], default=1
        Share of its ink that belongs to numbers rather than to words, rules or other marks.
    place : Place, optional
        Where it stands in a table.
    """

    components: tuple[Component, ...]
    height: float
    frame: LineFrame | None = None
    is_printed: bool = False
    score: float = 1.0
    purity: float = 1.0
    cell_position: CellPosition | None = None
