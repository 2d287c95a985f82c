"""The rows and columns that numbers on a page stand in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float64]

# Lengths in number heights.
_NEIGHBOR = 8.0  # how far apart two numbers may be that tell how rows, or columns, lean
_ALIGNED = 0.6  # how far such neighbours may be off each other
_SAME_ROW = 0.5  # from a row's center to that of a number in it
_CORE = 0.5  # share of a number's width, around its center, that tells its column


@dataclass(frozen=True)
class Spot:
    """Where a number stands: the box around it, not turned, pixels."""

    center_x: float
    center_y: float
    width: float
    height: float


def rows_of(spots: Sequence[Spot]) -> list[list[int]]:
    """Return the rows from top to bottom, each as indices from left to right."""
    if not spots:
        return []
    x, y, _, height = _arrays(spots)
    level = y - _lean(x, y, height) * x
    rows: list[list[int]] = []
    for i in np.argsort(level, kind="stable").tolist():
        row = rows[-1] if rows else []
        reach = _SAME_ROW * min(height[i], float(np.median(height[row]))) if row else 0.0
        if row and level[i] - float(np.mean(level[row])) < reach:
            row.append(i)
        else:
            rows.append([i])
    return [sorted(row, key=lambda i: x[i]) for row in rows]


def columns_of(spots: Sequence[Spot]) -> list[int]:
    """Return the column of each number, from 0: numbers below each other share one."""
    if not spots:
        return []
    x, y, width, height = _arrays(spots)
    upright = x - _lean(y, x, height) * y
    reach = _CORE / 2 * np.maximum(width, 0.5 * height)
    columns = np.zeros(len(spots), int)
    column, right = -1, -np.inf
    for i in np.argsort(upright - reach, kind="stable").tolist():
        if upright[i] - reach[i] > right:
            column += 1
            right = -np.inf
        right = max(right, upright[i] + reach[i])
        columns[i] = column
    return [int(c) for c in columns]


def _arrays(spots: Sequence[Spot]) -> tuple[_Array, _Array, _Array, _Array]:
    values = np.array([[s.center_x, s.center_y, s.width, s.height] for s in spots], float)
    return values[:, 0], values[:, 1], values[:, 2], values[:, 3]


def _lean(along: _Array, across: _Array, height: _Array) -> float:
    """Return how much further across numbers stand for each pixel along: the median of neighbours.

    Only as many neighbours as there are numbers are looked at, so that a page of thousands takes
    no longer than it must.
    """
    order = np.argsort(along)
    slopes, weights = [], []
    for step in (1, 2, 3, 5, 8, 13, 21, 34):
        if step >= len(order):
            break
        first, second = order[:-step], order[step:]
        gap, shift = along[second] - along[first], across[second] - across[first]
        unit = np.minimum(height[first], height[second])
        near = (gap > 0.5 * unit) & (gap < _NEIGHBOR * unit) & (abs(shift) < _ALIGNED * unit)
        slopes += (shift[near] / gap[near]).tolist()
        weights += gap[near].tolist()
    if not slopes:
        return 0.0
    ranked = np.argsort(slopes)
    total = np.cumsum(np.array(weights)[ranked])
    return float(np.array(slopes)[ranked][np.searchsorted(total, total[-1] / 2)])
