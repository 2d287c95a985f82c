"""Numbers that are strictly aligned in rows and columns: tables without rules."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.page.rows_and_columns import NumberBox, group_columns, group_rows
from numerals.page.union_find import group_pairs

_Array = npt.NDArray[np.float64]
Placed = dict[int, tuple[int, int]]
"""Row and column, from 0, of each number of a table."""

# Chosen on the development pages; lengths in number heights.
_BESIDE, _BELOW = 8.0, 3.0  # widest gap between neighbours in a row, in a column
_MIN_GAP = 0.6  # narrowest gap between columns: digits of one number stand nearer
_LEVEL, _ALIGNED = 0.5, 0.6  # how far neighbours in a row, in a column, may be off each other
_ALIKE = 1.7  # one of two neighbours may be so many times as high as the other
_MIN_ROWS, _MIN_COLUMNS = 3, 2
_FILLED = 0.75  # share of the cells of a table that hold a number
_HALF = 0.5  # share of a row or column; emptier ones are beside the table
_STRAIGHT = 0.3  # root mean square by which numbers are off their row's or column's line
_EVEN = 1.7  # the widest pitch of rows in units of the narrowest: sums below each other differ


def find_unruled_tables(
    candidates: Sequence[int], number_boxes: Sequence[NumberBox]
) -> list[Placed]:
    """Return the tables among some numbers: row and column of each number in them.

    Parameters
    ----------
    candidates : sequence of int
        Which of the spots count.
    number_boxes : sequence of Spot
    """
    chosen = [number_boxes[i] for i in candidates]
    tables = []
    for members in group_pairs(len(chosen), _neighbors(chosen)):
        table = _table_of([candidates[k] for k in members], number_boxes)
        if table:
            tables.append(table)
    return tables


def drop_empty_rows_and_columns(placed: Placed) -> Placed:
    """Return a table without rows and columns that hold no number."""
    rows, columns = (sorted({place[axis] for place in placed.values()}) for axis in (0, 1))
    return {i: (rows.index(row), columns.index(column)) for i, (row, column) in placed.items()}


def _neighbors(number_boxes: Sequence[NumberBox]) -> list[tuple[int, int]]:
    """Return pairs of numbers that stand side by side, or below each other."""
    if len(number_boxes) < _MIN_ROWS * _MIN_COLUMNS:
        return []
    x, y, wide, high = np.array(
        [(s.center_x, s.center_y, s.width, s.height) for s in number_boxes]
    ).T
    pairs = []
    for i, number_box in enumerate(number_boxes):
        unit = np.minimum(high, number_box.height)
        is_alike = np.maximum(high, number_box.height) < _ALIKE * unit
        beside = (x - wide / 2) - (number_box.center_x + number_box.width / 2)
        is_beside = (
            is_alike & (np.abs(y - number_box.center_y) < _LEVEL * unit) & (x > number_box.center_x)
        )
        is_beside &= beside < _BESIDE * unit
        below = (y - high / 2) - (number_box.center_y + number_box.height / 2)
        off = np.abs(np.stack([x - wide / 2, x, x + wide / 2]) - _edges(number_box)[:, None]).min(
            axis=0
        )
        is_below = is_alike & (off < _ALIGNED * unit) & (y > number_box.center_y + 0.5 * unit)
        is_below &= below < _BELOW * unit
        for is_near, distance in ((is_beside, beside), (is_below, below)):
            if is_near.any():
                pairs.append((i, int(np.argmin(np.where(is_near, distance, np.inf)))))
    return pairs


def _edges(number_box: NumberBox) -> _Array:
    """Return the left end, the middle and the right end of a number."""
    return number_box.center_x + number_box.width * np.array([-0.5, 0.0, 0.5])


def _table_of(members: list[int], number_boxes: Sequence[NumberBox]) -> Placed | None:
    """Return the table that neighbours form, without what stands beside it; None if it is none."""
    while len(members) >= _FILLED * _MIN_ROWS * _MIN_COLUMNS:
        placed = _place(members, number_boxes)
        n_rows, n_columns = _shape(placed)
        by_row = np.bincount([row for row, _ in placed.values()], minlength=n_rows)
        by_column = np.bincount([column for _, column in placed.values()], minlength=n_columns)
        kept = [
            i
            for i, (row, column) in placed.items()
            if by_row[row] >= _HALF * n_columns and by_column[column] >= _HALF * n_rows
        ]
        if len(kept) == len(members):
            return placed if _is_table(placed, number_boxes) else None
        members = kept
    return None


def _place(members: Sequence[int], number_boxes: Sequence[NumberBox]) -> Placed:
    chosen = [number_boxes[i] for i in members]
    rows = group_rows(chosen)
    columns = group_columns(chosen, rows)
    return {members[k]: (row, columns[k]) for row, of_row in enumerate(rows) for k in of_row}


def _shape(placed: Placed) -> tuple[int, int]:
    rows, columns = zip(*placed.values(), strict=True)
    return max(rows) + 1, max(columns) + 1


def _is_table(placed: Placed, number_boxes: Sequence[NumberBox]) -> bool:
    n_rows, n_columns = _shape(placed)
    if n_rows < _MIN_ROWS or n_columns < _MIN_COLUMNS:
        return False
    if len(placed) < _FILLED * n_rows * n_columns:
        return False
    return _has_straight_rows(placed, number_boxes) and _has_straight_columns(placed, number_boxes)


def _has_straight_rows(placed: Placed, number_boxes: Sequence[NumberBox]) -> bool:
    """Whether rows are straight, and evenly far apart."""
    of_row = np.array([row for row, _ in placed.values()])
    x = np.array([number_boxes[i].center_x for i in placed])
    y = np.array([number_boxes[i].center_y for i in placed])
    height = float(np.median([number_boxes[i].height for i in placed]))
    slope, residual = _fit(x, y, of_row)
    level = y - slope * x
    centers = np.array([level[of_row == row].mean() for row in range(of_row.max() + 1)])
    pitch = np.diff(centers)
    return residual < _STRAIGHT * height and float(pitch.max()) < _EVEN * float(pitch.min())


def _has_straight_columns(placed: Placed, number_boxes: Sequence[NumberBox]) -> bool:
    """Whether columns are straight at one of their sides or in the middle, and stand apart."""
    of_column = np.array([column for _, column in placed.values()])
    edges = np.array([_edges(number_boxes[i]) for i in placed])
    y = np.array([number_boxes[i].center_y for i in placed])
    height = float(np.median([number_boxes[i].height for i in placed]))
    slope, _ = _fit(y, edges[:, 1], of_column)
    upright = edges - slope * y[:, None]
    for column in range(of_column.max() + 1):
        if upright[of_column == column].std(axis=0).min() > _STRAIGHT * height:
            return False
    right = [np.median(upright[of_column == c, 2]) for c in range(of_column.max() + 1)]
    left = [np.median(upright[of_column == c, 0]) for c in range(of_column.max() + 1)]
    return bool((np.subtract(left[1:], right[:-1]) > _MIN_GAP * height).all())


def _fit(along: _Array, across: _Array, labels: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return the slope that lines share, and the root mean square distance from them."""
    means = np.zeros((2, labels.max() + 1))
    counts = np.bincount(labels)
    for k, values in enumerate((along, across)):
        means[k] = np.bincount(labels, values) / counts
    dx, dy = along - means[0][labels], across - means[1][labels]
    slope = float(dx @ dy / max(float(dx @ dx), 1.0))
    return slope, float(np.sqrt(np.mean((dy - slope * dx) ** 2)))
