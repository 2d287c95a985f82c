"""Where numbers stand, and rules between them -> the tables of a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from numerals.ink.ink_line import CellPosition
from numerals.models.page_model import Map
from numerals.page.rows_and_columns import NumberBox, group_columns, group_rows
from numerals.page.sums import are_column_sums
from numerals.page.table_cells import Cells, find_cells
from numerals.page.unruled_tables import Placed, drop_empty_rows_and_columns, find_unruled_tables

# Chosen on the development pages (tools/score_pages.py).
_MIN_FILLED = 4  # cells with a number, in at least two rows and two columns
_FILLED = 0.5  # share of the cells of its rows and columns that hold a number
_USUAL = 1.5  # times the median size of cells: larger ones span several, or lack a rule
_SAME_COLUMN = 0.6  # share of the narrower of two numbers below each other
_CENTERED = 0.25  # usual cell sizes: a number so near the middle of a larger cell spans it


@dataclass(frozen=True)
class _Unit:
    """The numbers of one cell, and where it stands; of one that spans several, the first."""

    members: tuple[int, ...]
    number_box: NumberBox


def find_tables(
    number_boxes: Sequence[NumberBox], marks: Map, scale: float
) -> list[CellPosition | None]:
    """Find the tables on a level page.

    Numbers in cells that share rules are a table if they stand in two rows and two columns at
    least. Without rules, three rows and two columns that are strictly aligned are one.

    Parameters
    ----------
    number_boxes : sequence of Spot
        Where the numbers stand.
    marks : ndarray of float32, shape (height, width)
        Probability of rules and other marks, from the page network.
    scale : float
        Pixels of the page for each pixel of `marks`.

    Returns
    -------
    list of Place or None
        One for each number; None for those that stand in no table. Several numbers may share a
        cell. Tables are numbered by where their first number stands in `number_boxes`.
    """
    if not number_boxes:
        return []
    ruled = _find_ruled(number_boxes, find_cells(marks, scale, number_boxes))
    aligned = [
        table
        for candidates in (range(len(number_boxes)), _not_in(ruled, len(number_boxes)))
        for table in find_unruled_tables(candidates, number_boxes)
        if not are_column_sums(table, number_boxes, marks, scale)
    ]
    tables = _choose(ruled, aligned)
    places: list[CellPosition | None] = [None] * len(number_boxes)
    for number, table in enumerate(sorted(tables, key=min)):
        for i, (row, column) in table.items():
            places[i] = CellPosition(number, row, column)
    return places


def _not_in(tables: Sequence[Placed], count: int) -> list[int]:
    taken = {i for table in tables for i in table}
    return [i for i in range(count) if i not in taken]


def _choose(ruled: Sequence[Placed], aligned: Sequence[Placed]) -> list[Placed]:
    """Return tables that share no number.

    One without outer rules is found twice: its inner cells are a smaller table.
    """
    chosen = list(ruled)
    for table in aligned:
        shared = [other for other in chosen if other.keys() & table.keys()]
        if len(shared) == 1 and shared[0].keys() < table.keys():
            chosen.remove(shared[0])
        elif shared:
            continue
        chosen.append(table)
    return chosen


def _find_ruled(number_boxes: Sequence[NumberBox], cells: Cells) -> list[Placed]:
    """Return the tables whose cells rules enclose."""
    own = [cells.of(number_box) for number_box in number_boxes]
    in_cells = sorted(
        (i for i in range(len(number_boxes)) if own[i]), key=lambda i: cells.groups[own[i]]
    )
    groups = groupby(in_cells, key=lambda i: cells.groups[own[i]])
    found = (_ruled_table(list(group), number_boxes, own, cells) for _, group in groups)
    return [table for table in found if table]


def _ruled_table(
    members: Sequence[int], number_boxes: Sequence[NumberBox], own: Sequence[int], cells: Cells
) -> Placed | None:
    """Return row and column of each number in one group of cells; None if they are no table."""
    by_cell: dict[int, list[int]] = {}
    for i in members:
        by_cell.setdefault(own[i], []).append(i)
    if len(by_cell) < _MIN_FILLED:
        return None
    placed = _place_units(_units(by_cell, number_boxes, cells), number_boxes)
    rows, columns = ({place[axis] for place in placed.values()} for axis in (0, 1))
    is_table = len(rows) > 1 and len(columns) > 1
    if len(set(placed.values())) < _FILLED * len(rows) * len(columns):
        is_table = False
    return placed if is_table else None


def _units(
    by_cell: Mapping[int, list[int]], number_boxes: Sequence[NumberBox], cells: Cells
) -> list[_Unit]:
    """Return what stands in the cells of one group; empty cells tell rows and columns as well.

    Where most cells hold several numbers, rules run in one direction, and each number counts.
    """
    if np.median([len(held) for held in by_cell.values()]) > 1:
        return [_Unit((i,), number_boxes[i]) for held in by_cell.values() for i in held]
    sizes = np.array([cells.boxes[cell][2:] - cells.boxes[cell][:2] for cell in by_cell])
    usual = float(np.median(sizes[:, 0])), float(np.median(sizes[:, 1]))
    units = []
    for cell, held in by_cell.items():
        units += _units_of_cell(held, number_boxes, cells.number_box(cell), usual)
    empty = [cells.number_box(i) for i in cells.beside(next(iter(by_cell))) if i not in by_cell]
    return units + [_Unit((), number_box) for number_box in empty if _is_usual(number_box, usual)]


def _is_usual(cell: NumberBox, usual: tuple[float, float]) -> bool:
    sizes = (cell.width / usual[0], cell.height / usual[1])
    return all(1 / _USUAL < size < _USUAL for size in sizes)


def _units_of_cell(
    held: Sequence[int],
    number_boxes: Sequence[NumberBox],
    cell: NumberBox,
    usual: tuple[float, float],
) -> list[_Unit]:
    width, height = usual
    is_wide, is_high = cell.width > _USUAL * width, cell.height > _USUAL * height
    if not is_wide and not is_high:
        return [_Unit(tuple(held), cell)]
    if len(held) > 1:  # a rule between them was not seen
        return [
            _Unit((i,), NumberBox(number_boxes[i].center_x, number_boxes[i].center_y, *usual))
            for i in held
        ]
    x, y = number_boxes[held[0]].center_x, number_boxes[held[0]].center_y
    if is_wide and abs(x - cell.center_x) < _CENTERED * width:
        x = cell.center_x - (cell.width - width) / 2
    if is_high and abs(y - cell.center_y) < _CENTERED * height:
        y = cell.center_y - (cell.height - height) / 2
    return [_Unit(tuple(held), NumberBox(x, y, width, height))]


def _place_units(units: Sequence[_Unit], number_boxes: Sequence[NumberBox]) -> Placed:
    """Return row and column of each number; rows and columns without one do not count."""
    places = [unit.number_box for unit in units]
    rows = group_rows(places)
    columns = group_columns(places, rows)
    placed = {
        i: (row, columns[unit])
        for row, of_row in enumerate(rows)
        for unit in of_row
        for i in units[unit].members
    }
    return drop_empty_rows_and_columns(_join_columns(placed, number_boxes))


def _join_columns(placed: Placed, number_boxes: Sequence[NumberBox]) -> Placed:
    """Put neighbouring columns together that hold one comb: some numbers fill fewer boxes."""
    placed = drop_empty_rows_and_columns(placed)
    by_column: dict[int, list[int]] = {}
    for i, (_, column) in placed.items():
        by_column.setdefault(column, []).append(i)
    joined: list[list[int]] = []
    for column in sorted(by_column):
        if joined and _is_one_column(joined[-1], by_column[column], placed, number_boxes):
            joined[-1] = joined[-1] + by_column[column]
        else:
            joined.append(by_column[column])
    return {i: (placed[i][0], column) for column, held in enumerate(joined) for i in held}


def _is_one_column(
    left: Sequence[int], right: Sequence[int], placed: Placed, number_boxes: Sequence[NumberBox]
) -> bool:
    if {placed[i][0] for i in left} & {placed[i][0] for i in right}:
        return False
    return any(
        _overlap(number_boxes[i], number_boxes[j]) > _SAME_COLUMN for i in left for j in right
    )


def _overlap(one: NumberBox, other: NumberBox) -> float:
    """Return how much of the narrower of two numbers lies above or below the other."""
    reach = (one.width + other.width) / 2 - abs(one.center_x - other.center_x)
    return reach / min(one.width, other.width)
