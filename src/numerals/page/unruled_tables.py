"""Find tables without rules: numbers that are strictly aligned in rows and columns."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from numerals.models.page_model import Map
from numerals.page.regions import MIN_RULE_PROBABILITY
from numerals.page.rows_and_columns import NumberBox, group_columns, group_rows
from numerals.page.union_find import group_pairs

_Array = npt.NDArray[np.float64]
TableCells = dict[int, tuple[int, int]]
"""Row and column, from 0, of each number of a table, by the number's index."""

# Tuned on the development pages. Lengths in number heights.
MAX_ROW_GAP, MAX_COLUMN_GAP = 8.0, 3.0
"""Maximum gap between neighbors in a row, and in a column."""
MIN_COLUMN_DISTANCE = 0.6
"""Minimum gap between columns; digits of one number are closer."""
MAX_LEVEL_OFFSET, MAX_EDGE_OFFSET = 0.5, 0.6
"""Maximum offset of neighbors in a row, and in a column."""
MAX_NEIGHBOR_HEIGHT_RATIO = 1.7
"""Maximum ratio of the heights of two neighbors."""
MIN_UNRULED_ROWS, MIN_UNRULED_COLUMNS = 3, 2
"""Minimum size of a table."""
MIN_UNRULED_FILL = 0.75
"""Minimum share of the cells that hold a number."""
MIN_ROW_FILL = 0.5
"""Minimum share of a row or column that holds numbers."""
MAX_ALIGNMENT_ERROR = 0.3
"""Maximum root mean square distance of numbers from their row or column."""
MAX_PITCH_RATIO = 1.7
"""Maximum ratio of the widest to the narrowest row pitch; sums are less regular."""
MAJORITY = 0.5
"""Share of columns with a rule, and of gaps without one, that marks column sums."""


def find_unruled_tables(
    candidates: Sequence[int], number_boxes: Sequence[NumberBox]
) -> list[TableCells]:
    """Return the tables among some numbers.

    Parameters
    ----------
    candidates : sequence of int
        Indices of the boxes that may belong to tables.
    number_boxes : sequence of NumberBox

    Returns
    -------
    list of TableCells
    """
    chosen = [number_boxes[i] for i in candidates]
    tables = []
    for members in group_pairs(len(chosen), _neighbors(chosen)):
        table = _extract_table([candidates[k] for k in members], number_boxes)
        if table:
            tables.append(table)
    return tables


def drop_empty_rows_and_columns(cells: TableCells) -> TableCells:
    """Return a table without rows and columns that hold no number."""
    rows, columns = (sorted({cell[axis] for cell in cells.values()}) for axis in (0, 1))
    return {i: (rows.index(row), columns.index(column)) for i, (row, column) in cells.items()}


def _neighbors(number_boxes: Sequence[NumberBox]) -> list[tuple[int, int]]:
    """Return pairs of indices of numbers that are adjacent in a row or in a column."""
    if len(number_boxes) < MIN_UNRULED_ROWS * MIN_UNRULED_COLUMNS:
        return []
    x, y, widths, heights = np.array(
        [(s.center_x, s.center_y, s.width, s.height) for s in number_boxes]
    ).T
    pairs = []
    for i, number_box in enumerate(number_boxes):
        unit = np.minimum(heights, number_box.height)
        is_alike = np.maximum(heights, number_box.height) < MAX_NEIGHBOR_HEIGHT_RATIO * unit
        gap_beside = (x - widths / 2) - (number_box.center_x + number_box.width / 2)
        is_beside = (
            is_alike
            & (np.abs(y - number_box.center_y) < MAX_LEVEL_OFFSET * unit)
            & (x > number_box.center_x)
        )
        is_beside &= gap_beside < MAX_ROW_GAP * unit
        gap_below = (y - heights / 2) - (number_box.center_y + number_box.height / 2)
        edge_offset = np.abs(
            np.stack([x - widths / 2, x, x + widths / 2]) - _edges(number_box)[:, None]
        ).min(axis=0)
        is_below = (
            is_alike
            & (edge_offset < MAX_EDGE_OFFSET * unit)
            & (y > number_box.center_y + 0.5 * unit)
        )
        is_below &= gap_below < MAX_COLUMN_GAP * unit
        for is_near, distance in ((is_beside, gap_beside), (is_below, gap_below)):
            if is_near.any():
                pairs.append((i, int(np.argmin(np.where(is_near, distance, np.inf)))))
    return pairs


def _edges(number_box: NumberBox) -> _Array:
    """Return x of the left end, the center and the right end of a number, shape (3,)."""
    return number_box.center_x + number_box.width * np.array([-0.5, 0.0, 0.5])


def _extract_table(members: list[int], number_boxes: Sequence[NumberBox]) -> TableCells | None:
    """Return the table among connected numbers without sparse rows and columns, or None."""
    while len(members) >= MIN_UNRULED_FILL * MIN_UNRULED_ROWS * MIN_UNRULED_COLUMNS:
        cells = _assign_cells(members, number_boxes)
        n_rows, n_columns = _table_shape(cells)
        by_row = np.bincount([row for row, _ in cells.values()], minlength=n_rows)
        by_column = np.bincount([column for _, column in cells.values()], minlength=n_columns)
        remaining = [
            i
            for i, (row, column) in cells.items()
            if by_row[row] >= MIN_ROW_FILL * n_columns
            and by_column[column] >= MIN_ROW_FILL * n_rows
        ]
        if len(remaining) == len(members):
            return cells if _is_table(cells, number_boxes) else None
        members = remaining
    return None


def _assign_cells(members: Sequence[int], number_boxes: Sequence[NumberBox]) -> TableCells:
    chosen = [number_boxes[i] for i in members]
    rows = group_rows(chosen)
    columns = group_columns(chosen, rows)
    return {members[k]: (row, columns[k]) for row, of_row in enumerate(rows) for k in of_row}


def _table_shape(cells: TableCells) -> tuple[int, int]:
    rows, columns = zip(*cells.values(), strict=True)
    return max(rows) + 1, max(columns) + 1


def _is_table(cells: TableCells, number_boxes: Sequence[NumberBox]) -> bool:
    n_rows, n_columns = _table_shape(cells)
    if n_rows < MIN_UNRULED_ROWS or n_columns < MIN_UNRULED_COLUMNS:
        return False
    if len(cells) < MIN_UNRULED_FILL * n_rows * n_columns:
        return False
    return _has_straight_rows(cells, number_boxes) and _has_straight_columns(cells, number_boxes)


def _has_straight_rows(cells: TableCells, number_boxes: Sequence[NumberBox]) -> bool:
    """Return whether rows are straight and evenly spaced."""
    of_row = np.array([row for row, _ in cells.values()])
    x = np.array([number_boxes[i].center_x for i in cells])
    y = np.array([number_boxes[i].center_y for i in cells])
    height = float(np.median([number_boxes[i].height for i in cells]))
    slope, residual = _fit_parallel_lines(x, y, of_row)
    level_y = y - slope * x
    centers = np.array([level_y[of_row == row].mean() for row in range(of_row.max() + 1)])
    pitch = np.diff(centers)
    return residual < MAX_ALIGNMENT_ERROR * height and float(pitch.max()) < MAX_PITCH_RATIO * float(
        pitch.min()
    )


def _has_straight_columns(cells: TableCells, number_boxes: Sequence[NumberBox]) -> bool:
    """Return whether columns are separate, and aligned at the left, the center or the right."""
    of_column = np.array([column for _, column in cells.values()])
    edges = np.array([_edges(number_boxes[i]) for i in cells])
    y = np.array([number_boxes[i].center_y for i in cells])
    height = float(np.median([number_boxes[i].height for i in cells]))
    slope, _ = _fit_parallel_lines(y, edges[:, 1], of_column)
    upright_x = edges - slope * y[:, None]
    for column in range(of_column.max() + 1):
        if upright_x[of_column == column].std(axis=0).min() > MAX_ALIGNMENT_ERROR * height:
            return False
    right = [np.median(upright_x[of_column == c, 2]) for c in range(of_column.max() + 1)]
    left = [np.median(upright_x[of_column == c, 0]) for c in range(of_column.max() + 1)]
    return bool((np.subtract(left[1:], right[:-1]) > MIN_COLUMN_DISTANCE * height).all())


def _fit_parallel_lines(
    along: _Array, across: _Array, labels: npt.NDArray[np.int64]
) -> tuple[float, float]:
    """Fit parallel lines; return their slope and the root mean square distance of the points."""
    means = np.zeros((2, labels.max() + 1))
    counts = np.bincount(labels)
    for k, values in enumerate((along, across)):
        means[k] = np.bincount(labels, values) / counts
    dx, dy = along - means[0][labels], across - means[1][labels]
    slope = float(dx @ dy / max(float(dx @ dx), 1.0))
    return slope, float(np.sqrt(np.mean((dy - slope * dx) ** 2)))


def are_column_sums(
    cells: Mapping[int, tuple[int, int]],
    number_boxes: Sequence[NumberBox],
    marks: Map,
    scale: float,
) -> bool:
    """Return whether a table is a row of sums: rules between rows that stop between columns.

    Parameters
    ----------
    cells : mapping of int to (int, int)
        Row and column of each number.
    number_boxes : sequence of NumberBox
    marks : ndarray of float32, shape (height, width)
        Probability of rules.
    scale : float
        Pixels of the page per pixel of `marks`.
    """
    at = {cell: number_boxes[i] for i, cell in cells.items()}
    n_rows, n_columns = (max(cell[axis] for cell in at) + 1 for axis in (0, 1))
    for row in range(n_rows - 1):
        pairs = {
            column: (at[row, column], at[row + 1, column])
            for column in range(n_columns)
            if (row, column) in at and (row + 1, column) in at
        }
        is_ruled_below = [_has_rule(pair, _extent(pair), marks, scale) for pair in pairs.values()]
        is_ruled_between = [
            _has_rule(pairs[c], (_extent(pairs[c])[1], _extent(pairs[c + 1])[0]), marks, scale)
            for c in pairs
            if c + 1 in pairs
        ]
        if not is_ruled_below or not is_ruled_between:
            continue
        if np.mean(is_ruled_below) > MAJORITY and np.mean(is_ruled_between) < MAJORITY:
            return True
    return False


def _extent(pair: tuple[NumberBox, NumberBox]) -> tuple[float, float]:
    """Return the left and right end of two numbers in a column, pixels."""
    ends = [(s.center_x - s.width / 2, s.center_x + s.width / 2) for s in pair]
    return min(left for left, _ in ends), max(right for _, right in ends)


def _has_rule(
    pair: tuple[NumberBox, NumberBox], extent: tuple[float, float], marks: Map, scale: float
) -> bool:
    """Return whether a horizontal rule covers most of an extent between two numbers."""
    upper, lower = pair
    rows = slice(max(0, int(upper.center_y / scale)), int(lower.center_y / scale) + 1)
    columns = slice(max(0, int(extent[0] / scale)), int(extent[1] / scale) + 1)
    between = marks[rows, columns]
    if not between.size:
        return False
    return bool((between.max(axis=0) > MIN_RULE_PROBABILITY).mean() > MAJORITY)
