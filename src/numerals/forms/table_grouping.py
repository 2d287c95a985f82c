"""Group boxes that share rules in rows and columns into tables."""

from collections.abc import Sequence

from numerals.page.rows_and_columns import NumberBox, group_columns, group_rows
from numerals.page.union_find import group_pairs
from numerals.records import Box

MAX_WALL = 9
"""Maximum thickness of a rule between two cells, pixels of the masks."""
MIN_TABLE_SIDE = 2
"""Minimum number of rows, and of columns, of a table."""

Position = tuple[int, int, int]


def find_tables(boxes: Sequence[Box]) -> list[Position | None]:
    """Return the table, row and column of each box; None for a box outside of tables.

    Parameters
    ----------
    boxes : sequence of Box
        Insides of boxes, in pixels of the masks.
    """
    pairs = [
        (i, j) for i, a in enumerate(boxes) for j, b in enumerate(boxes) if i < j and _touch(a, b)
    ]
    positions: list[Position | None] = [None] * len(boxes)
    n_tables = 0
    for members in group_pairs(len(boxes), pairs):
        number_boxes = [NumberBox.from_bounds(boxes[i]) for i in members]
        rows = group_rows(number_boxes)
        columns = group_columns(number_boxes, rows)
        if len(rows) < MIN_TABLE_SIDE or len(set(columns)) < MIN_TABLE_SIDE:
            continue
        for row, in_row in enumerate(rows):
            for k in in_row:
                positions[members[k]] = (n_tables, row, columns[k])
        n_tables += 1
    return positions


def _touch(a: Box, b: Box) -> bool:
    """Return whether only a rule separates two boxes along a good part of a side."""
    across = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    sides = [min(a[k + 2] - a[k], b[k + 2] - b[k]) for k in (0, 1)]
    is_beside = -MAX_WALL <= across[0] <= 0 and across[1] > 0.5 * sides[1]
    is_below = -MAX_WALL <= across[1] <= 0 and across[0] > 0.5 * sides[0]
    return is_beside or is_below
