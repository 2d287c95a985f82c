"""One line of writing, as it is passed to the readers."""

from dataclasses import dataclass
from typing import NamedTuple

from numerals.ink.connected_components import Component
from numerals.ink.line_frame import LineFrame


class CellPosition(NamedTuple):
    """Position of a number in a table: index of the table on its page, row and column, from 0."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class InkLine:
    """One line of writing: a number, before it is read.

    Attributes
    ----------
    components : tuple of Component
        Sorted by left edge.
    height : float
        Height of its digits, pixels.
    frame : LineFrame, optional
        Position of the line, where it is known from more than its components.
    is_printed : bool, default=False
        Whether it is print rather than handwriting.
    score : float in [0, 1], default=1
        Probability that it is a number, before it is read.
    purity : float in [0, 1], default=1
        Share of its ink that belongs to numbers rather than to words, rules or other marks.
    cell_position : CellPosition, optional
        Position in a table.
    """

    components: tuple[Component, ...]
    height: float
    frame: LineFrame | None = None
    is_printed: bool = False
    score: float = 1.0
    purity: float = 1.0
    cell_position: CellPosition | None = None
