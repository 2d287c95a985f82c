"""Cells of a table that look like print, but stand between cells to write in."""

from collections import defaultdict
from collections.abc import Sequence

from numerals.forms.table_grouping import Position
from numerals.records import Box

MIN_FIELD_SHARE = 0.66
"""Share of the cells of a column that are fields from which on all cells between them are."""
MIN_FIELDS = 4
"""Minimum number of fields of such a column."""


def find_gaps(
    boxes: Sequence[Box], positions: Sequence[Position | None], is_field: Sequence[bool]
) -> list[int]:
    """Return the cells that are fields because most cells above and below them are.

    Neat writing in a filled-in form can look like print. The cells above the first field of a
    column and below the last one are left out, because they are headings, and so are printed rows.

    Parameters
    ----------
    boxes : sequence of Box
    positions : sequence of (int, int, int) or None
        Table, row and column of each box, as `find_tables` returns them.
    is_field : sequence of bool
        Whether each box is a field.

    Returns
    -------
    list of int
        Indices of boxes.
    """
    columns: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, position in enumerate(positions):
        if position is not None:
            columns[position[0], position[2]].append(i)
    gaps: list[int] = []
    for column in columns.values():
        column.sort(key=lambda i: boxes[i][1])
        fields = [at for at, i in enumerate(column) if is_field[i]]
        if len(fields) < MIN_FIELDS:
            continue
        between = column[fields[0] : fields[-1] + 1]
        if len(fields) >= MIN_FIELD_SHARE * len(between):
            gaps += [i for i in between if not is_field[i]]
    return [i for i in gaps if _is_in_row_of_fields(i, gaps, positions, is_field)]


def _is_in_row_of_fields(
    gap: int, gaps: Sequence[int], positions: Sequence[Position | None], is_field: Sequence[bool]
) -> bool:
    """Return whether the row of a gap has no other gap, or as many fields: else it is printed."""
    row = _row_of(positions[gap])
    in_row = [i for i, position in enumerate(positions) if _row_of(position) == row]
    n_gaps = sum(i in gaps for i in in_row)
    return n_gaps == 1 or sum(is_field[i] for i in in_row) >= n_gaps


def _row_of(position: Position | None) -> tuple[int, int] | None:
    return None if position is None else position[:2]
