"""Sums that stand side by side: a rule below each of them, where a table's goes across."""

from collections.abc import Mapping, Sequence

import numpy as np

from numerals.models.page_model import Map
from numerals.page.rows_and_columns import NumberBox

_RULE = 0.35  # probability of a rule, as in `regions`
_MOST = 0.5  # share of the columns with a rule, of the gaps between them without one


def are_column_sums(
    placed: Mapping[int, tuple[int, int]],
    number_boxes: Sequence[NumberBox],
    marks: Map,
    scale: float,
) -> bool:
    """Return whether rules between two rows of numbers stop between the columns.

    Parameters
    ----------
    placed : mapping of int to (int, int)
        Row and column of each number.
    number_boxes : sequence of Spot
    marks : ndarray of float32, shape (height, width)
        Probability of rules.
    scale : float
        Pixels of the page for each pixel of `marks`.
    """
    at = {cell: number_boxes[i] for i, cell in placed.items()}
    n_rows, n_columns = (max(cell[axis] for cell in at) + 1 for axis in (0, 1))
    for row in range(n_rows - 1):
        pairs = {
            column: (at[row, column], at[row + 1, column])
            for column in range(n_columns)
            if (row, column) in at and (row + 1, column) in at
        }
        below = [_has_rule(pair, _extent(pair), marks, scale) for pair in pairs.values()]
        gaps = [
            _has_rule(pairs[c], (_extent(pairs[c])[1], _extent(pairs[c + 1])[0]), marks, scale)
            for c in pairs
            if c + 1 in pairs
        ]
        if below and gaps and np.mean(below) > _MOST and np.mean(gaps) < _MOST:
            return True
    return False


def _extent(pair: tuple[NumberBox, NumberBox]) -> tuple[float, float]:
    """Return where two numbers below each other begin and end."""
    ends = [(s.center_x - s.width / 2, s.center_x + s.width / 2) for s in pair]
    return min(left for left, _ in ends), max(right for _, right in ends)


def _has_rule(
    pair: tuple[NumberBox, NumberBox], extent: tuple[float, float], marks: Map, scale: float
) -> bool:
    """Return whether a level rule lies between two rows over most of an extent."""
    upper, lower = pair
    rows = slice(max(0, int(upper.center_y / scale)), int(lower.center_y / scale) + 1)
    columns = slice(max(0, int(extent[0] / scale)), int(extent[1] / scale) + 1)
    between = marks[rows, columns]
    if not between.size:
        return False
    return bool((between.max(axis=0) > _RULE).mean() > _MOST)
