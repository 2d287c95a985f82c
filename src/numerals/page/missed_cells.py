"""Cells of a table that hold ink, but in which no number was found at first."""

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
CellPosition = tuple[int, int]

_FILLED, _BEGUN = 0.6, 0.1  # shares of cells with numbers: of the row or the column, of the other
_NEAREST = 2  # numbers of the row, and of the column, that tell where a cell is
_REACH = 0.75  # of the usual number's size, from the middle of a cell: what belongs to it
_DIGIT = (0.45, 1.7)  # times the usual height: ink as high as a digit


def find_empty_cells(
    number_boxes: Mapping[CellPosition, NumberBox], shape: CellPosition
) -> dict[CellPosition, NumberBox]:
    """Return where numbers would stand in empty cells of rows and columns that are mostly full.

    Parameters
    ----------
    number_boxes : mapping of (int, int) to Spot
        Where the number of each cell stands.
    shape : (int, int)
        Rows and columns of the table.
    """
    if not number_boxes:
        return {}
    is_full = np.zeros(shape, np.bool_)
    for place in number_boxes:
        is_full[place] = True
    by_row, by_column = is_full.mean(axis=1), is_full.mean(axis=0)
    found = {}
    for row, column in np.argwhere(~is_full).tolist():
        low, high = sorted((by_row[row], by_column[column]))
        if low >= _BEGUN and high >= _FILLED:
            found[row, column] = _expected_spot(number_boxes, row, column)
    return found


def contains_center(number_box: NumberBox, other: NumberBox) -> bool:
    """Whether the middle of another spot lies in one."""
    near_x = abs(other.center_x - number_box.center_x) < number_box.width / 2
    return near_x and abs(other.center_y - number_box.center_y) < number_box.height / 2


def _expected_spot(
    number_boxes: Mapping[CellPosition, NumberBox], row: int, column: int
) -> NumberBox:
    """Return where a cell's number would stand, by its neighbours in the row and the column."""
    of_row = sorted((abs(c - column), c) for r, c in number_boxes if r == row)[:_NEAREST]
    of_column = sorted((abs(r - row), r) for r, c in number_boxes if c == column)[:_NEAREST]
    beside = [number_boxes[row, c] for _, c in of_row]
    above = [number_boxes[r, column] for _, r in of_column]
    return NumberBox(
        float(np.mean([number_box.center_x for number_box in above])),
        float(np.mean([number_box.center_y for number_box in beside])),
        float(np.median([number_box.width for number_box in above + beside])),
        float(np.median([number_box.height for number_box in above + beside])),
    )


def find_cell_ink(gray: _Gray, number_box: NumberBox) -> InkLine | None:
    """Return the parts around a spot; None where nothing is as high as a digit."""
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
        near_x = abs(moved.center[0] - number_box.center_x) < _REACH * max(
            number_box.width, number_box.height
        )
        if near_x and abs(moved.center[1] - number_box.center_y) < _REACH * number_box.height:
            components.append(moved)
    high = [p for p in components if _DIGIT[0] <= p.height / number_box.height <= _DIGIT[1]]
    return InkLine(tuple(components), typical_height(high)) if high else None
