"""Find the cells of combs that writing hides, beside the cells that were found."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.forms.rule_detection import Rules
from numerals.records import Box

# Tuned on the whole forms among the development pages. Lengths in pixels of the masks.
MAX_CELL_ASPECT = 1.35
"""Maximum ratio of width to height of a cell with hidden neighbors."""
MIN_WALL_SHARE = 0.75
"""Minimum share of a cell's side along which there is a rule."""
WALL_REACH = 5
"""Distance from the expected place of a wall within which it is searched."""
MAX_WIDTH_CHANGE = 0.12
"""Maximum difference in width of neighboring cells, cell widths."""
WALL_WIDTH = 4
"""Usual width of a wall."""


def grow_cells(boxes: Sequence[Box], rules: Rules) -> list[Box]:
    """Return the boxes, and neighbors of the same size whose four walls are printed.

    A stroke that touches a wall makes the inside of a cell irregular, so that it is not found.

    Parameters
    ----------
    boxes : sequence of Box
        Insides of boxes, in pixels of the masks.
    rules : Rules
    """
    grown = list(boxes)
    for box in grown:  # also those that are appended
        if box[2] - box[0] > MAX_CELL_ASPECT * (box[3] - box[1]):
            continue
        for direction in (-1, 1):
            neighbor = _neighbor(box, direction, rules)
            if neighbor is not None and not any(_overlap(neighbor, other) for other in grown):
                grown.append(neighbor)
    return sorted(grown)


def _neighbor(box: Box, direction: int, rules: Rules) -> Box | None:
    """Return the box to the left (-1) or right (1) if its walls are printed."""
    x_min, y_min, x_max, y_max = box
    width = x_max - x_min
    near = x_max + WALL_WIDTH if direction > 0 else x_min - WALL_WIDTH
    reach = round(MAX_WIDTH_CHANGE * width) + WALL_WIDTH
    expected = near + direction * width
    first = max(0, expected - reach)
    walls = rules.vertical[y_min:y_max, first : expected + reach + 1].mean(axis=0)
    if not walls.size or walls.max() < MIN_WALL_SHARE:
        return None
    strong = np.flatnonzero(walls >= MIN_WALL_SHARE)
    far = first + int(strong[0] if direction > 0 else strong[-1]) - direction
    left, right = sorted((near, far))
    sides = (
        rules.horizontal[max(0, y - WALL_REACH) : y + WALL_REACH, left:right]
        for y in (y_min, y_max)
    )
    if right - left < width // 2 or not all(_is_wall(side) for side in sides):
        return None
    return (left, y_min, right, y_max)


def _is_wall(side: npt.NDArray[np.uint8]) -> bool:
    return bool(side.size and side.any(axis=0).mean() >= MIN_WALL_SHARE)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
