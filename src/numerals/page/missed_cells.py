"""Find table cells that hold ink but in which no number was detected."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import binarize
from numerals.ink.component_labels import LabeledComponents
from numerals.ink.connected_components import find_components, typical_height
from numerals.ink.illumination import compute_darkness
from numerals.ink.ink_line import InkLine
from numerals.page.rows_and_columns import NumberBox

_Gray = npt.NDArray[np.uint8]
RowColumn = tuple[int, int]
"""Row and column in a table, from 0."""

MIN_FULL_SHARE = 0.6
"""Minimum share of filled cells in the fuller one of a cell's row and column."""
MIN_USED_SHARE = 0.1
"""Minimum share of filled cells in the other one."""
N_NEAREST_CELLS = 2
"""Number of neighbors in the row, and in the column, that a cell is estimated from."""
MAX_CENTER_DISTANCE = 0.75
"""Maximum distance of ink from a cell's center, in sizes of the expected number."""
DIGIT_HEIGHT_RANGE = (0.45, 1.7)
"""Minimum and maximum height of a digit, in expected heights."""


def find_empty_cells(
    number_boxes: Mapping[RowColumn, NumberBox], shape: RowColumn
) -> dict[RowColumn, NumberBox]:
    """Return the expected number boxes of empty cells in rows and columns that are mostly full.

    Parameters
    ----------
    number_boxes : mapping of (int, int) to NumberBox
        The number box of each filled cell, by row and column.
    shape : (int, int)
        Number of rows and columns of the table.
    """
    if not number_boxes:
        return {}
    is_full = np.zeros(shape, np.bool_)
    for place in number_boxes:
        is_full[place] = True
    by_row, by_column = is_full.mean(axis=1), is_full.mean(axis=0)
    empty_cells = {}
    for row, column in np.argwhere(~is_full).tolist():
        emptier, fuller = sorted((by_row[row], by_column[column]))
        if emptier >= MIN_USED_SHARE and fuller >= MIN_FULL_SHARE:
            empty_cells[row, column] = _expected_box(number_boxes, row, column)
    return empty_cells


def contains_center(box: NumberBox, other: NumberBox) -> bool:
    """Return whether `box` contains the center of another box."""
    is_in_columns = abs(other.center_x - box.center_x) < box.width / 2
    return is_in_columns and abs(other.center_y - box.center_y) < box.height / 2


def _expected_box(number_boxes: Mapping[RowColumn, NumberBox], row: int, column: int) -> NumberBox:
    """Estimate the number box of a cell from its neighbors in the row and the column."""
    by_column = sorted((abs(c - column), c) for r, c in number_boxes if r == row)
    by_row = sorted((abs(r - row), r) for r, c in number_boxes if c == column)
    in_row = [number_boxes[row, c] for _, c in by_column[:N_NEAREST_CELLS]]
    in_column = [number_boxes[r, column] for _, r in by_row[:N_NEAREST_CELLS]]
    return NumberBox(
        float(np.mean([box.center_x for box in in_column])),
        float(np.mean([box.center_y for box in in_row])),
        float(np.median([box.width for box in in_column + in_row])),
        float(np.median([box.height for box in in_column + in_row])),
    )


def find_cell_ink(gray: _Gray, expected: NumberBox) -> InkLine | None:
    """Return the ink around an expected number box; None if nothing is as high as a digit."""
    side = max(expected.width, expected.height)
    reach_y = 1.2 * expected.height
    x, y = max(0, int(expected.center_x - side)), max(0, int(expected.center_y - reach_y))
    window = gray[y : int(expected.center_y + reach_y) + 1, x : int(expected.center_x + side) + 1]
    if min(window.shape) < 2:
        return None
    ink = LabeledComponents(binarize(compute_darkness(window, tight=True)))
    components = [component.shifted(x, y) for component in find_components(ink)]
    components = [
        component
        for component in components
        if abs(component.center[0] - expected.center_x) < MAX_CENTER_DISTANCE * side
        and abs(component.center[1] - expected.center_y) < MAX_CENTER_DISTANCE * expected.height
    ]
    low, high = (factor * expected.height for factor in DIGIT_HEIGHT_RANGE)
    digits = [component for component in components if low <= component.height <= high]
    return InkLine(tuple(components), typical_height(digits)) if digits else None
