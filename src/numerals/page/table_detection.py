"""Find the tables on a page by rules between the numbers, or by their alignment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from numerals.ink.ink_line import CellPosition
from numerals.models.page_model import Map
from numerals.page.rows_and_columns import NumberBox, group_columns, group_rows
from numerals.page.table_cells import RuledCells, find_cells
from numerals.page.unruled_tables import (
    TableCells,
    are_column_sums,
    drop_empty_rows_and_columns,
    find_unruled_tables,
)

# Tuned on the development pages.
MIN_FILLED_CELLS = 4
"""Minimum number of cells with a number, in at least two rows and two columns."""
MIN_RULED_FILL = 0.5
"""Minimum share of the cells of these rows and columns that hold a number."""
MAX_TYPICAL_RATIO = 1.5
"""Maximum size of a cell, in median sizes; larger ones span several or lack a rule."""
MIN_COLUMN_OVERLAP = 0.6
"""Minimum horizontal overlap in a column, as a share of the narrower number."""
MAX_CENTER_OFFSET_IN_CELL = 0.25
"""Maximum offset of a number that spans a larger cell, in typical cell sizes."""


@dataclass(frozen=True)
class _CellContent:
    """The numbers of one cell, and the box of the cell, or of the first cell that it spans."""

    members: tuple[int, ...]
    number_box: NumberBox


def find_tables(
    number_boxes: Sequence[NumberBox], marks: Map, scale: float
) -> list[CellPosition | None]:
    """Find the tables on a level page.

    With rules, a table has numbers in at least two rows and two columns of connected cells.
    Without rules, it has at least three rows and two columns that are strictly aligned.

    Parameters
    ----------
    number_boxes : sequence of NumberBox
    marks : ndarray of float32, shape (height, width)
        Probability of rules and other marks, from the page network.
    scale : float
        Pixels of the page per pixel of `marks`.

    Returns
    -------
    list of CellPosition or None
        One for each number, None outside of tables. Several numbers may share a cell. Tables are
        numbered by the index of their first number.
    """
    if not number_boxes:
        return []
    ruled = _find_ruled_tables(number_boxes, find_cells(marks, scale, number_boxes))
    unruled = [
        table
        for candidates in (range(len(number_boxes)), _indices_not_in(ruled, len(number_boxes)))
        for table in find_unruled_tables(candidates, number_boxes)
        if not are_column_sums(table, number_boxes, marks, scale)
    ]
    tables = _drop_conflicting_tables(ruled, unruled)
    positions: list[CellPosition | None] = [None] * len(number_boxes)
    for number, table in enumerate(sorted(tables, key=min)):
        for i, (row, column) in table.items():
            positions[i] = CellPosition(number, row, column)
    return positions


def _indices_not_in(tables: Sequence[TableCells], count: int) -> list[int]:
    in_tables = {i for table in tables for i in table}
    return [i for i in range(count) if i not in in_tables]


def _drop_conflicting_tables(
    ruled: Sequence[TableCells], unruled: Sequence[TableCells]
) -> list[TableCells]:
    """Return tables that share no number.

    A table without outer rules is detected twice: its inner cells form a smaller table.
    """
    chosen = list(ruled)
    for table in unruled:
        shared = [other for other in chosen if other.keys() & table.keys()]
        if len(shared) == 1 and shared[0].keys() < table.keys():
            chosen.remove(shared[0])
        elif shared:
            continue
        chosen.append(table)
    return chosen


def _find_ruled_tables(number_boxes: Sequence[NumberBox], cells: RuledCells) -> list[TableCells]:
    """Return the tables whose cells are enclosed by rules."""
    cell_of = [cells.cell_of(number_box) for number_box in number_boxes]
    in_cells = sorted(
        (i for i in range(len(number_boxes)) if cell_of[i]), key=lambda i: cells.groups[cell_of[i]]
    )
    groups = groupby(in_cells, key=lambda i: cells.groups[cell_of[i]])
    tables = (_table_of_cells(list(group), number_boxes, cell_of, cells) for _, group in groups)
    return [table for table in tables if table]


def _table_of_cells(
    members: Sequence[int],
    number_boxes: Sequence[NumberBox],
    cell_of: Sequence[int],
    cells: RuledCells,
) -> TableCells | None:
    """Return row and column of each number in a group of cells; None if it is not a table."""
    by_cell: dict[int, list[int]] = {}
    for i in members:
        by_cell.setdefault(cell_of[i], []).append(i)
    if len(by_cell) < MIN_FILLED_CELLS:
        return None
    cells_of_numbers = _assign_rows_and_columns(
        _cell_contents(by_cell, number_boxes, cells), number_boxes
    )
    rows, columns = ({cell[axis] for cell in cells_of_numbers.values()} for axis in (0, 1))
    is_table = len(rows) > 1 and len(columns) > 1
    if len(set(cells_of_numbers.values())) < MIN_RULED_FILL * len(rows) * len(columns):
        is_table = False
    return cells_of_numbers if is_table else None


def _cell_contents(
    by_cell: Mapping[int, list[int]], number_boxes: Sequence[NumberBox], cells: RuledCells
) -> list[_CellContent]:
    """Return the contents of a group of cells; empty cells define rows and columns as well.

    Where most cells hold several numbers, rules run in one direction only, and each number is a
    content of its own.
    """
    if np.median([len(members_of_cell) for members_of_cell in by_cell.values()]) > 1:
        return [
            _CellContent((i,), number_boxes[i])
            for members_of_cell in by_cell.values()
            for i in members_of_cell
        ]
    sizes = np.array([cells.boxes[cell][2:] - cells.boxes[cell][:2] for cell in by_cell])
    typical_size = float(np.median(sizes[:, 0])), float(np.median(sizes[:, 1]))
    contents = []
    for cell, members_of_cell in by_cell.items():
        contents += _contents_of_cell(
            members_of_cell, number_boxes, cells.box_of(cell), typical_size
        )
    empty = [cells.box_of(i) for i in cells.cells_in_group(next(iter(by_cell))) if i not in by_cell]
    return contents + [
        _CellContent((), number_box)
        for number_box in empty
        if _has_typical_size(number_box, typical_size)
    ]


def _has_typical_size(cell: NumberBox, typical_size: tuple[float, float]) -> bool:
    sizes = (cell.width / typical_size[0], cell.height / typical_size[1])
    return all(1 / MAX_TYPICAL_RATIO < size < MAX_TYPICAL_RATIO for size in sizes)


def _contents_of_cell(
    members_of_cell: Sequence[int],
    number_boxes: Sequence[NumberBox],
    cell: NumberBox,
    typical_size: tuple[float, float],
) -> list[_CellContent]:
    width, height = typical_size
    is_wide = cell.width > MAX_TYPICAL_RATIO * width
    is_high = cell.height > MAX_TYPICAL_RATIO * height
    if not is_wide and not is_high:
        return [_CellContent(tuple(members_of_cell), cell)]
    if len(members_of_cell) > 1:  # a rule between them was not detected
        return [
            _CellContent(
                (i,), NumberBox(number_boxes[i].center_x, number_boxes[i].center_y, *typical_size)
            )
            for i in members_of_cell
        ]
    number_box = number_boxes[members_of_cell[0]]
    x, y = number_box.center_x, number_box.center_y
    if is_wide and abs(x - cell.center_x) < MAX_CENTER_OFFSET_IN_CELL * width:
        x = cell.center_x - (cell.width - width) / 2
    if is_high and abs(y - cell.center_y) < MAX_CENTER_OFFSET_IN_CELL * height:
        y = cell.center_y - (cell.height - height) / 2
    return [_CellContent(tuple(members_of_cell), NumberBox(x, y, width, height))]


def _assign_rows_and_columns(
    contents: Sequence[_CellContent], number_boxes: Sequence[NumberBox]
) -> TableCells:
    """Return row and column of each number, without empty rows and columns."""
    boxes = [content.number_box for content in contents]
    rows = group_rows(boxes)
    columns = group_columns(boxes, rows)
    cells_of_numbers = {
        i: (row, columns[k])
        for row, members_of_row in enumerate(rows)
        for k in members_of_row
        for i in contents[k].members
    }
    return drop_empty_rows_and_columns(_join_columns(cells_of_numbers, number_boxes))


def _join_columns(cells_of_numbers: TableCells, number_boxes: Sequence[NumberBox]) -> TableCells:
    """Merge neighboring columns of one comb, in which some numbers fill fewer boxes."""
    cells_of_numbers = drop_empty_rows_and_columns(cells_of_numbers)
    by_column: dict[int, list[int]] = {}
    for i, (_, column) in cells_of_numbers.items():
        by_column.setdefault(column, []).append(i)
    joined: list[list[int]] = []
    for column in sorted(by_column):
        if joined and _is_one_column(joined[-1], by_column[column], cells_of_numbers, number_boxes):
            joined[-1] = joined[-1] + by_column[column]
        else:
            joined.append(by_column[column])
    return {
        i: (cells_of_numbers[i][0], column)
        for column, members_of_column in enumerate(joined)
        for i in members_of_column
    }


def _is_one_column(
    left: Sequence[int],
    right: Sequence[int],
    cells_of_numbers: TableCells,
    number_boxes: Sequence[NumberBox],
) -> bool:
    if {cells_of_numbers[i][0] for i in left} & {cells_of_numbers[i][0] for i in right}:
        return False
    return any(
        _horizontal_overlap(number_boxes[i], number_boxes[j]) > MIN_COLUMN_OVERLAP
        for i in left
        for j in right
    )


def _horizontal_overlap(one: NumberBox, other: NumberBox) -> float:
    """Return the horizontal overlap of two numbers, as a share of the narrower one."""
    reach = (one.width + other.width) / 2 - abs(one.center_x - other.center_x)
    return reach / min(one.width, other.width)
