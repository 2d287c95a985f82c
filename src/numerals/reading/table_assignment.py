"""Numbers that were read -> the rows and columns of tables."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from numerals.ink import PageInk
from numerals.ink.ink_line import CellPosition
from numerals.page.missed_cells import contains_center, find_cell_ink, find_empty_cells
from numerals.page.rows_and_columns import NumberBox, group_columns, group_rows
from numerals.page.unruled_tables import drop_empty_rows_and_columns
from numerals.records import Line, Table, union


def with_cell_position(line: Line, place: CellPosition | None) -> Line:
    """Return a line with its place in a table, if it has one."""
    return line if place is None else replace(line, table=place.table, cell=place[1:])


def finalize_tables(lines: Sequence[Line], *, printed: bool) -> list[Line]:
    """Drop rows, columns and tables in which nothing was read, and put tables in reading order.

    What is left of a table without two rows and two columns is none: its handwritten numbers are
    lines, printed ones are left out unless they are asked for.

    Parameters
    ----------
    lines : sequence of Line
        In reading order, those of tables with `Line.table` and `Line.cell`.
    printed : bool
        Whether printed numbers count outside of tables.

    Returns
    -------
    list of Line
        In reading order; those of a table follow each other, row by row.
    """
    by_table: dict[int, list[int]] = {}
    for i, line in enumerate(lines):
        if line.table is not None:
            by_table.setdefault(line.table, []).append(i)
    blocks = {i: [line] for i, line in enumerate(lines) if line.table is None}
    n_tables = 0
    for members in by_table.values():
        placed = drop_empty_rows_and_columns({i: cell for i in members if (cell := lines[i].cell)})
        if all(max(place[axis] for place in placed.values()) for axis in (0, 1)):
            blocks[members[0]] = _row_by_row(
                [replace(lines[i], table=n_tables, cell=cell) for i, cell in placed.items()]
            )
            n_tables += 1
        else:
            blocks |= {
                i: [replace(lines[i], table=None, cell=None)]
                for i in members
                if printed or not lines[i].is_printed
            }
    return [line for i in sorted(blocks) for line in blocks[i]]


def assign_single_table(lines: Sequence[Line]) -> list[Line]:
    """Put all the numbers of a level page into one table.

    Rules tell rows and columns where all of them were found to stand in one table, else they
    follow from where the numbers stand.

    Parameters
    ----------
    lines : sequence of Line
        In any order; their boxes are those of the level page.

    Returns
    -------
    list of Line
        Row by row, with `Line.cell`.
    """
    if lines and all(line.table == 0 for line in lines):
        return finalize_tables(lines, printed=True)
    number_boxes = [NumberBox.from_bounds(line.box) for line in lines]
    rows = group_rows(number_boxes)
    columns = group_columns(number_boxes, rows)
    return [
        replace(lines[i], table=0, cell=(number, columns[i]))
        for number, row in enumerate(rows)
        for i in row
    ]


def add_missed_cells(
    lines: Sequence[Line], ink: PageInk, read: Callable[[PageInk], list[Line]]
) -> list[Line]:
    """Return lines with what is read of cells of tables in which no number was found.

    Parameters
    ----------
    lines : sequence of Line
        Those of a table follow each other; their boxes are those of the level page.
    ink : PageInk
        Of the level page.
    read : callable
        Reads the lines of a page's ink.
    """
    outside = [line for line in lines if line.table is None]
    number_boxes = [NumberBox.from_bounds(line.box) for line in lines]
    completed: list[Line] = []
    for table, group in groupby(lines, key=lambda line: line.table):
        members = list(group)
        if table is not None:
            missed = []
            for at, expected in _open_cells(members).items():
                same = next(
                    (
                        line
                        for line in outside
                        if contains_center(NumberBox.from_bounds(line.box), expected)
                    ),
                    None,
                )
                if same is not None:  # its rules were not seen
                    outside.remove(same)
                    members.append(replace(same, table=table, cell=at))
                elif not any(contains_center(number_box, expected) for number_box in number_boxes):
                    cell = find_cell_ink(ink.gray, expected)
                    missed += (
                        [replace(cell, cell_position=CellPosition(table, *at))] if cell else []
                    )
            members = _row_by_row(members + read(replace(ink, lines=tuple(missed))))
        completed += members
    return [line for line in completed if line.table is not None or line in outside]


def _open_cells(members: Sequence[Line]) -> dict[tuple[int, int], NumberBox]:
    number_boxes = {
        line.cell: NumberBox.from_bounds(line.box) for line in members if line.cell is not None
    }
    return find_empty_cells(number_boxes, _shape(members))


def _row_by_row(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a table by row and column; those of one cell from top to bottom."""
    return sorted(lines, key=lambda line: (line.cell or (0, 0), line.box[1] + line.box[3]))


def collect_tables(lines: Sequence[Line]) -> tuple[Table, ...]:
    """Return the tables that lines stand in.

    Parameters
    ----------
    lines : sequence of Line
        Those of a table follow each other.
    """
    in_tables = [line for line in lines if line.table is not None]
    tables = []
    for _, group in groupby(in_tables, key=lambda line: line.table):
        members = list(group)
        tables.append(Table(union([line.box for line in members]), *_shape(members)))
    return tuple(tables)


def _shape(lines: Sequence[Line]) -> tuple[int, int]:
    """Return how many rows and columns a table has."""
    cells = [line.cell for line in lines if line.cell is not None]
    return (
        max((row for row, _ in cells), default=-1) + 1,
        max((column for _, column in cells), default=-1) + 1,
    )
