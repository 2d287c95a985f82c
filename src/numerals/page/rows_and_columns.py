"""Group the numbers on a page into rows and columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float64]

# Lengths in number heights.
MAX_NEIGHBOR_DISTANCE = 8.0
"""Maximum distance of two neighbors from which the slope is estimated."""
MAX_NEIGHBOR_OFFSET = 0.6
"""Maximum offset of such neighbors across the row or column."""
MAX_ROW_DISTANCE = 0.5
"""Maximum distance of a number from the center of its row."""
MAX_ROW_PITCH_SHARE = 0.42
"""The same for tables, as a share of the row pitch."""
MIN_PITCH_NUMBERS = 12
"""Minimum number of numbers for estimating the row pitch."""
MAX_COLUMN_PITCH_SHARE = 0.6
"""Maximum distance of centers in one column, as a share of the column pitch."""


@dataclass(frozen=True)
class NumberBox:
    """The axis-aligned box around a number, pixels."""

    center_x: float
    center_y: float
    width: float
    height: float

    @classmethod
    def from_bounds(cls, box: Sequence[float]) -> "NumberBox":
        """Return the box with the bounds ``x_min, y_min, x_max, y_max``."""
        x_min, y_min, x_max, y_max = box
        return cls((x_min + x_max) / 2, (y_min + y_max) / 2, x_max - x_min, y_max - y_min)


def group_rows(number_boxes: Sequence[NumberBox]) -> list[list[int]]:
    """Return the rows from top to bottom, each as indices of boxes from left to right."""
    if not number_boxes:
        return []
    x, y, _, height = _to_arrays(number_boxes)
    level_y = y - _estimate_slope(x, y, height) * x
    min_reach = MAX_ROW_PITCH_SHARE * _row_pitch(x, level_y, height)
    rows: list[list[int]] = []
    for i in np.argsort(level_y, kind="stable").tolist():
        row = rows[-1] if rows else []
        reach = MAX_ROW_DISTANCE * min(height[i], float(np.median(height[row]))) if row else 0.0
        reach = max(reach, min_reach)
        if row and level_y[i] - float(np.mean(level_y[row])) < reach:
            row.append(i)
        else:
            rows.append([i])
    return [sorted(row, key=lambda i: x[i]) for row in rows]


def _row_pitch(x: _Array, level_y: _Array, height: _Array) -> float:
    """Return the distance between the rows of a table; 0 where numbers do not form columns."""
    if len(x) < MIN_PITCH_NUMBERS:
        return 0.0
    gaps = []
    for i in range(len(x)):
        below = (np.abs(x - x[i]) < 0.5 * height[i]) & (level_y > level_y[i] + 0.6 * height[i])
        if below.any():
            gaps.append(float((level_y[below] - level_y[i]).min()))
    return float(np.percentile(gaps, 25)) if len(gaps) >= len(x) // 2 else 0.0


def group_columns(number_boxes: Sequence[NumberBox], rows: Sequence[Sequence[int]]) -> list[int]:
    """Return the column of each number, from 0.

    The nearest neighbors are merged first; numbers of one row never share a column.

    Parameters
    ----------
    number_boxes : sequence of NumberBox
    rows : sequence of sequences of int
        As returned by `group_rows`.
    """
    if not number_boxes:
        return []
    x, y, width, height = _to_arrays(number_boxes)
    upright_x = x - _estimate_slope(y, x, height) * y
    row_of = {i: number for number, row in enumerate(rows) for i in row}
    clusters = _Clusters([(float(upright_x[i]), row_of[i]) for i in np.argsort(upright_x).tolist()])
    clusters.merge(MAX_COLUMN_PITCH_SHARE * _column_pitch(upright_x, width, height, rows))
    columns = np.zeros(len(number_boxes), int)
    columns[np.argsort(upright_x)] = clusters.labels()
    return [int(column) for column in columns]


def _column_pitch(x: _Array, width: _Array, height: _Array, rows: Sequence[Sequence[int]]) -> float:
    """Return the typical distance between the centers of neighbors in a row."""
    gaps = [float(x[b] - x[a]) for row in rows for a, b in pairwise(row) if x[b] > x[a]]
    if gaps:
        return float(np.percentile(gaps, 25))
    return float(np.median(np.maximum(width, height)))


class _Clusters:
    """Agglomerative clustering of sorted points, each of which belongs to a row."""

    def __init__(self, points: Sequence[tuple[float, int]]) -> None:
        self.sums = [x for x, _ in points]
        self.sizes = [1] * len(points)
        self.rows = [{row} for _, row in points]
        self.next = [*range(1, len(points)), -1]
        self.previous = [-1, *range(len(points) - 1)]
        self.parent = list(range(len(points)))

    def merge(self, max_gap: float) -> None:
        """Merge neighbors that share no row, nearest first, up to a distance of their means."""
        heap = [(self._gap(i, i + 1), i, i + 1) for i in range(len(self.sums) - 1)]
        heapify(heap)
        while heap:
            gap, a, b = heappop(heap)
            if gap > max_gap:
                return
            if self.next[a] != b or self.parent[a] != a or gap != self._gap(a, b):
                continue  # one of the clusters was merged in the meantime
            if self.rows[a] & self.rows[b]:
                continue
            self._merge_pair(a, b)
            for left, right in ((self.previous[a], a), (a, self.next[a])):
                if left >= 0 and right >= 0:
                    heappush(heap, (self._gap(left, right), left, right))

    def _gap(self, a: int, b: int) -> float:
        return self.sums[b] / self.sizes[b] - self.sums[a] / self.sizes[a]

    def _merge_pair(self, a: int, b: int) -> None:
        self.sums[a] += self.sums[b]
        self.sizes[a] += self.sizes[b]
        self.rows[a] |= self.rows[b]
        self.parent[b] = a
        self.next[a] = self.next[b]
        if self.next[b] >= 0:
            self.previous[self.next[b]] = a

    def labels(self) -> list[int]:
        """Return the index of the cluster of each point, from left to right."""
        labels, count = [], -1
        for i, parent in enumerate(self.parent):
            count += parent == i
            labels.append(count)
        return labels


def _to_arrays(number_boxes: Sequence[NumberBox]) -> tuple[_Array, _Array, _Array, _Array]:
    values = np.array([[s.center_x, s.center_y, s.width, s.height] for s in number_boxes], float)
    return values[:, 0], values[:, 1], values[:, 2], values[:, 3]


def _estimate_slope(along: _Array, across: _Array, height: _Array) -> float:
    """Return the slope of rows, or of columns with x and y swapped: the median over neighbors.

    The neighbor of a number is the nearest one along the row with a similar position across it.
    """
    order = np.argsort(across)
    along, across, height = along[order], across[order], height[order]
    slopes, weights = [], []
    firsts = np.searchsorted(across, across - MAX_NEIGHBOR_OFFSET * height)
    stops = np.searchsorted(across, across + MAX_NEIGHBOR_OFFSET * height)
    for i, (first, stop) in enumerate(zip(firsts.tolist(), stops.tolist(), strict=True)):
        gaps = along[first:stop] - along[i]
        unit = np.minimum(height[first:stop], height[i])
        shifts = np.abs(across[first:stop] - across[i])
        near = (
            (gaps > 0.5 * unit)
            & (gaps < MAX_NEIGHBOR_DISTANCE * unit)
            & (shifts < MAX_NEIGHBOR_OFFSET * unit)
        )
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
