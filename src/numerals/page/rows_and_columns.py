"""The rows and columns that numbers on a page stand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float64]

# Lengths in number heights.
_NEIGHBOR = 8.0  # how far apart two numbers may be that tell how rows, or columns, lean
_ALIGNED = 0.6  # how far such neighbours may be off each other
_SAME_ROW = 0.5  # from a row's center to that of a number in it
_ROW_PITCH = 0.42  # shares of the pitch of rows that a number may stand off its row
_MIN_TABLE = 12  # numbers: fewer tell no pitch
_COLUMN_PITCH = 0.6  # shares of the pitch of columns that centers in one may be apart


@dataclass(frozen=True)
class NumberBox:
    """Where a number stands: the box around it, not turned, pixels."""

    center_x: float
    center_y: float
    width: float
    height: float

    @classmethod
    def from_bounds(cls, box: Sequence[float]) -> "NumberBox":
        """Return where a box ``x_min, y_min, x_max, y_max`` stands."""
        x_min, y_min, x_max, y_max = box
        return cls((x_min + x_max) / 2, (y_min + y_max) / 2, x_max - x_min, y_max - y_min)


def group_rows(number_boxes: Sequence[NumberBox]) -> list[list[int]]:
    """Return the rows from top to bottom, each as indices from left to right."""
    if not number_boxes:
        return []
    x, y, _, height = _arrays(number_boxes)
    level = y - _lean(x, y, height) * x
    min_reach = _ROW_PITCH * _row_pitch(x, level, height)
    rows: list[list[int]] = []
    for i in np.argsort(level, kind="stable").tolist():
        row = rows[-1] if rows else []
        reach = _SAME_ROW * min(height[i], float(np.median(height[row]))) if row else 0.0
        reach = max(reach, min_reach)
        if row and level[i] - float(np.mean(level[row])) < reach:
            row.append(i)
        else:
            rows.append([i])
    return [sorted(row, key=lambda i: x[i]) for row in rows]


def _row_pitch(x: _Array, level: _Array, height: _Array) -> float:
    """Return how far apart rows of a table stand; 0 where numbers stand in no columns."""
    if len(x) < _MIN_TABLE:
        return 0.0
    gaps = []
    for i in range(len(x)):
        below = (np.abs(x - x[i]) < 0.5 * height[i]) & (level > level[i] + 0.6 * height[i])
        if below.any():
            gaps.append(float((level[below] - level[i]).min()))
    return float(np.percentile(gaps, 25)) if len(gaps) >= len(x) // 2 else 0.0


def group_columns(number_boxes: Sequence[NumberBox], rows: Sequence[Sequence[int]]) -> list[int]:
    """Return the column of each number, from 0: numbers below each other share one.

    Neighbours are put together, the nearest first, unless they stand in one row.

    Parameters
    ----------
    number_boxes : sequence of Spot
    rows : sequence of sequences of int
        As `group_rows` returns them.
    """
    if not number_boxes:
        return []
    x, y, width, height = _arrays(number_boxes)
    upright = x - _lean(y, x, height) * y
    row_of = {i: number for number, row in enumerate(rows) for i in row}
    clusters = _Clusters([(float(upright[i]), row_of[i]) for i in np.argsort(upright).tolist()])
    clusters.merge(_COLUMN_PITCH * _column_pitch(upright, width, height, rows))
    columns = np.zeros(len(number_boxes), int)
    columns[np.argsort(upright)] = clusters.labels()
    return [int(column) for column in columns]


def _column_pitch(x: _Array, width: _Array, height: _Array, rows: Sequence[Sequence[int]]) -> float:
    """Return how far apart neighbours in a row usually stand, from center to center."""
    gaps = [float(x[b] - x[a]) for row in rows for a, b in pairwise(row) if x[b] > x[a]]
    if gaps:
        return float(np.percentile(gaps, 25))
    return float(np.median(np.maximum(width, height)))


class _Clusters:
    """Points in order, each with its row, to be put together where they are nearest."""

    def __init__(self, points: Sequence[tuple[float, int]]) -> None:
        self.sums = [x for x, _ in points]
        self.sizes = [1] * len(points)
        self.rows = [{row} for _, row in points]
        self.next = [*range(1, len(points)), -1]
        self.previous = [-1, *range(len(points) - 1)]
        self.parent = list(range(len(points)))

    def merge(self, max_gap: float) -> None:
        """Merge neighbours without a common row whose centers are at most so far apart."""
        heap = [(self._gap(i, i + 1), i, i + 1) for i in range(len(self.sums) - 1)]
        heapify(heap)
        while heap:
            gap, a, b = heappop(heap)
            if gap > max_gap:
                return
            if self.next[a] != b or self.parent[a] != a or gap != self._gap(a, b):
                continue  # one of them has changed since
            if self.rows[a] & self.rows[b]:
                continue
            self._put_together(a, b)
            for left, right in ((self.previous[a], a), (a, self.next[a])):
                if left >= 0 and right >= 0:
                    heappush(heap, (self._gap(left, right), left, right))

    def _gap(self, a: int, b: int) -> float:
        return self.sums[b] / self.sizes[b] - self.sums[a] / self.sizes[a]

    def _put_together(self, a: int, b: int) -> None:
        self.sums[a] += self.sums[b]
        self.sizes[a] += self.sizes[b]
        self.rows[a] |= self.rows[b]
        self.parent[b] = a
        self.next[a] = self.next[b]
        if self.next[b] >= 0:
            self.previous[self.next[b]] = a

    def labels(self) -> list[int]:
        """Return for each point the number of its cluster, from left to right."""
        labels, count = [], -1
        for i, parent in enumerate(self.parent):
            count += parent == i
            labels.append(count)
        return labels


def _arrays(number_boxes: Sequence[NumberBox]) -> tuple[_Array, _Array, _Array, _Array]:
    values = np.array([[s.center_x, s.center_y, s.width, s.height] for s in number_boxes], float)
    return values[:, 0], values[:, 1], values[:, 2], values[:, 3]


def _lean(along: _Array, across: _Array, height: _Array) -> float:
    """Return how much further across numbers stand for each pixel along: the median of neighbours.

    A number's neighbour is the nearest one along of those that stand nearly level with it.
    """
    order = np.argsort(across)
    along, across, height = along[order], across[order], height[order]
    slopes, weights = [], []
    firsts = np.searchsorted(across, across - _ALIGNED * height)
    stops = np.searchsorted(across, across + _ALIGNED * height)
    for i, (first, stop) in enumerate(zip(firsts.tolist(), stops.tolist(), strict=True)):
        gaps = along[first:stop] - along[i]
        unit = np.minimum(height[first:stop], height[i])
        shifts = np.abs(across[first:stop] - across[i])
        near = (gaps > 0.5 * unit) & (gaps < _NEIGHBOR * unit) & (shifts < _ALIGNED * unit)
        if near.any():
            nearest = first + int(np.argmin(np.where(near, gaps, np.inf)))
            gap = along[nearest] - along[i]
            slopes.append(float((across[nearest] - across[i]) / gap))
            weights.append(float(gap))
    if not slopes:
        return 0.0
    ranked = np.argsort(slopes)
    total = np.cumsum(np.array(weights)[ranked])
    return float(np.array(slopes)[ranked][np.searchsorted(total, total[-1] / 2)])
