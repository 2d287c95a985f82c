"""Find table cells that hold ink but in which no number was detected."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import binarize
from numerals.ink.component_labels import LabeledComponents
from numerals.ink.connected_components import find_components, typical_height
from numerals.ink.illumination import compute_darkness
from numerals.ink.ink_line import InkLine
from numerals.page.expected_cells import RowColumn, expect_number_boxes
from numerals.page.rows_and_columns import NumberBox

_Gray = npt.NDArray[np.uint8]
MIN_FULL_SHARE = 0.6
"""Minimum share of filled cells in the fuller one of a cell's row and column."""
MIN_USED_SHARE = 0.1
"""Minimum share of filled cells in the other one."""
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
    places = []
    for row, column in np.argwhere(~is_full).tolist():
        emptier, fuller = sorted((by_row[row], by_column[column]))
        if emptier >= MIN_USED_SHARE and fuller >= MIN_FULL_SHARE:
            places.append((row, column))
    return expect_number_boxes(number_boxes, places)


def contains_center(box: NumberBox, other: NumberBox) -> bool:
    """Return whether `box` contains the center of another box."""
    is_in_columns = abs(other.center_x - box.center_x) < box.width / 2
    return is_in_columns and abs(other.center_y - box.center_y) < box.height / 2


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
