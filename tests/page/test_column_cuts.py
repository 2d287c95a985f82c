"""Numbers that extend over several table columns are cut."""

import numpy as np

from numerals.ink.connected_components import Component
from numerals.ink.ink_line import CellPosition, InkLine
from numerals.ink.line_frame import LineFrame
from numerals.page.column_cuts import cut_at_columns

PITCH, HEIGHT = 100, 40


def line(row, column, *lefts, width=24):
    """Return a number whose digits have these left edges."""
    top = 60 * row
    components = tuple(
        Component((left, top, left + width, top + HEIGHT), np.ones((HEIGHT, width), np.uint8))
        for left in lefts
    )
    frame = LineFrame(lefts[0] - 10, lefts[-1] + width + 10, top + HEIGHT / 2, 0.0, HEIGHT)
    place = None if column is None else CellPosition(0, row, column)
    return InkLine(components, HEIGHT, frame, cell_position=place)


def grid(n_rows=3, n_columns=4):
    return [line(r, c, PITCH * c + 38) for r in range(n_rows) for c in range(n_columns)]


def test_a_number_over_two_columns_is_cut():
    lines = [*grid(), line(3, 1, 138, 238)]
    cut = cut_at_columns(lines)
    assert cut[:12] == lines[:12]
    assert [line_part.cell_position for line_part in cut[12:]] == [
        CellPosition(0, 3, 1),
        CellPosition(0, 3, 2),
    ]
    first, second = (line_part.frame for line_part in cut[12:])
    assert first.right < second.left and (first.left, second.right) == (128, 272)


def test_a_number_is_not_cut_into_an_occupied_cell():
    lines = [*grid(), line(3, 1, 138, 238), line(3, 2, 250)]
    assert cut_at_columns(lines) == lines


def test_adjacent_digits_are_not_cut():
    lines = [*grid(), line(3, 1, 138, 166, 194, 222, 250)]
    assert cut_at_columns(lines) == lines


def test_numbers_outside_of_tables_are_unchanged():
    lines = [*grid(), line(3, None, 138, 238)]
    assert cut_at_columns(lines) == lines
