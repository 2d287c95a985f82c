"""Find table cells that hold ink but in which no number was detected."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import binarize
from numerals.ink.component_labels import LabeledComponents
from numerals.ink.connected_components import Component, find_components, typical_height
from numerals.ink.illumination import compute_darkness
from numerals.ink.ink_line import InkLine
from numerals.page.rows_and_columns import NumberBox

_Gray = npt.NDArray[np.uint8]
RowColumn = tuple[int, int]
"""Row and column in a table, from 0."""

MIN_FULL_SHARE = 0.6  # minimum share of filled cells in the fuller one of a cell's row and column
MIN_USED_SHARE = 0.1  # minimum share of filled cells in the other one
N_NEAREST_CELLS = (
    2  # number of neighbors in the row, and in the column, that a cell is estimated from
)
MAX_CENTER_DISTANCE = (
    0.75  # maximum distance of ink from a cell's center, in sizes of the expected number
)
DIGIT_HEIGHT_RANGE = (0.45, 1.7)  # minimum and maximum height of a digit, in expected heights


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
        low, digits = sorted((by_row[row], by_column[column]))
        if low >= MIN_USED_SHARE and digits >= MIN_FULL_SHARE:
            empty_cells[row, column] = _expected_box(number_boxes, row, column)
    return empty_cells


def contains_center(number_box: NumberBox, other: NumberBox) -> bool:
    """Return whether the center of another box lies in a box."""
    is_near_x = abs(other.center_x - number_box.center_x) < number_box.width / 2
    return is_near_x and abs(other.center_y - number_box.center_y) < number_box.height / 2


def _expected_box(number_boxes: Mapping[RowColumn, NumberBox], row: int, column: int) -> NumberBox:
    """Estimate the number box of a cell from its neighbors in the row and the column."""
    nearest_in_row = sorted((abs(c - column), c) for r, c in number_boxes if r == row)[
        :N_NEAREST_CELLS
    ]
    nearest_in_column = sorted((abs(r - row), r) for r, c in number_boxes if c == column)[
        :N_NEAREST_CELLS
    ]
    boxes_in_row = [number_boxes[row, c] for _, c in nearest_in_row]
    boxes_in_column = [number_boxes[r, column] for _, r in nearest_in_column]
    return NumberBox(
        float(np.mean([number_box.center_x for number_box in boxes_in_column])),
        float(np.mean([number_box.center_y for number_box in boxes_in_row])),
        float(np.median([number_box.width for number_box in boxes_in_column + boxes_in_row])),
        float(np.median([number_box.height for number_box in boxes_in_column + boxes_in_row])),
    )


def find_cell_ink(gray: _Gray, number_box: NumberBox) -> InkLine | None:
    """Return the ink around an expected number box; None if nothing is as high as a digit."""
    reach_x, reach_y = max(number_box.width, number_box.height), 1.2 * number_box.height
    x, y = max(0, int(number_box.center_x - reach_x)), max(0, int(number_box.center_y - reach_y))
    window = gray[
        y : int(number_box.center_y + reach_y) + 1, x : int(number_box.center_x + reach_x) + 1
    ]
    if min(window.shape) < 2:
        return None
    components = []
    for component in find_components(
        LabeledComponents(binarize(compute_darkness(window, tight=True)))
    ):
        box = (
            component.box[0] + x,
            component.box[1] + y,
            component.box[2] + x,
            component.box[3] + y,
        )
        moved = Component(box, component.mask)
        is_near_x = abs(moved.center[0] - number_box.center_x) < MAX_CENTER_DISTANCE * max(
            number_box.width, number_box.height
        )
        if (
            is_near_x
            and abs(moved.center[1] - number_box.center_y) < MAX_CENTER_DISTANCE * number_box.height
        ):
            components.append(moved)
    digits = [
        p
        for p in components
        if DIGIT_HEIGHT_RANGE[0] <= p.height / number_box.height <= DIGIT_HEIGHT_RANGE[1]
    ]
    return InkLine(tuple(components), typical_height(digits)) if digits else None
