"""Cells of a table that hold ink, but in which no number was found at first."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import binarize
from numerals.ink.components import Pieces
from numerals.ink.illumination import flatten
from numerals.ink.lines import InkLine
from numerals.ink.parts import Part, find_parts, typical_height
from numerals.page.order import Spot

_Gray = npt.NDArray[np.uint8]
Place = tuple[int, int]

_FILLED, _BEGUN = 0.6, 0.1  # shares of cells with numbers: of the row or the column, of the other
_NEAREST = 2  # numbers of the row, and of the column, that tell where a cell is
_REACH = 0.75  # of the usual number's size, from the middle of a cell: what belongs to it
_DIGIT = (0.45, 1.7)  # times the usual height: ink as high as a digit


def open_cells(spots: Mapping[Place, Spot], shape: Place) -> dict[Place, Spot]:
    """Return where numbers would stand in empty cells of rows and columns that are mostly full.

    Parameters
    ----------
    spots : mapping of (int, int) to Spot
        Where the number of each cell stands.
    shape : (int, int)
        Rows and columns of the table.
    """
    if not spots:
        return {}
    is_full = np.zeros(shape, np.bool_)
    for place in spots:
        is_full[place] = True
    by_row, by_column = is_full.mean(axis=1), is_full.mean(axis=0)
    found = {}
    for row, column in np.argwhere(~is_full).tolist():
        low, high = sorted((by_row[row], by_column[column]))
        if low >= _BEGUN and high >= _FILLED:
            found[row, column] = _expected_spot(spots, row, column)
    return found


def holds(spot: Spot, other: Spot) -> bool:
    """Whether the middle of another spot lies in one."""
    near_x = abs(other.center_x - spot.center_x) < spot.width / 2
    return near_x and abs(other.center_y - spot.center_y) < spot.height / 2


def _expected_spot(spots: Mapping[Place, Spot], row: int, column: int) -> Spot:
    """Return where a cell's number would stand, by its neighbours in the row and the column."""
    of_row = sorted((abs(c - column), c) for r, c in spots if r == row)[:_NEAREST]
    of_column = sorted((abs(r - row), r) for r, c in spots if c == column)[:_NEAREST]
    beside = [spots[row, c] for _, c in of_row]
    above = [spots[r, column] for _, r in of_column]
    return Spot(
        float(np.mean([spot.center_x for spot in above])),
        float(np.mean([spot.center_y for spot in beside])),
        float(np.median([spot.width for spot in above + beside])),
        float(np.median([spot.height for spot in above + beside])),
    )


def find_ink(gray: _Gray, spot: Spot) -> InkLine | None:
    """Return the parts around a spot; None where nothing is as high as a digit."""
    reach_x, reach_y = max(spot.width, spot.height), 1.2 * spot.height
    x, y = max(0, int(spot.center_x - reach_x)), max(0, int(spot.center_y - reach_y))
    window = gray[y : int(spot.center_y + reach_y) + 1, x : int(spot.center_x + reach_x) + 1]
    if min(window.shape) < 2:
        return None
    parts = []
    for part in find_parts(Pieces(binarize(flatten(window, tight=True)))):
        box = (part.box[0] + x, part.box[1] + y, part.box[2] + x, part.box[3] + y)
        moved = Part(box, part.mask)
        near_x = abs(moved.center[0] - spot.center_x) < _REACH * max(spot.width, spot.height)
        if near_x and abs(moved.center[1] - spot.center_y) < _REACH * spot.height:
            parts.append(moved)
    high = [p for p in parts if _DIGIT[0] <= p.height / spot.height <= _DIGIT[1]]
    return InkLine(tuple(parts), typical_height(high)) if high else None
