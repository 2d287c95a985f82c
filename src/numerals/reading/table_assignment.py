"""Assign lines that were read to the rows and columns of tables."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from numerals.ink import PageInk
from numerals.ink.ink_line import CellPosition
from numerals.page.missed_cells import contains_center, find_cell_ink, find_empty_cells
from numerals.page.rows_and_columns import NumberBox, group_columns, group_rows
from numerals.page.unruled_tables import drop_empty_rows_and_columns
from numerals.records import Line, Table, union


def with_cell_position(line: Line, position: CellPosition | None) -> Line:
    """Return a line with its position in a table, if it has one."""
    return line if position is None else replace(line, table=position.table, cell=position[1:])


def finalize_tables(lines: Sequence[Line], *, printed: bool) -> list[Line]:
    """Drop rows, columns and tables in which nothing was read; sort tables in reading order.

    Tables that are left with less than two rows or two columns are dissolved: their handwritten
    numbers become lines outside of tables, and so do the printed ones if `printed` is true.

    Parameters
    ----------
    lines : sequence of Line
        In reading order; lines of tables have `Line.table` and `Line.cell`.
    printed : bool
        Whether printed numbers outside of tables remain.

    Returns
    -------
    list of Line
        In reading order; lines of a table are consecutive, row by row.
    """
    by_table: dict[int, list[int]] = {}
    for i, line in enumerate(lines):
        if line.table is not None:
            by_table.setdefault(line.table, []).append(i)
    blocks = {i: [line] for i, line in enumerate(lines) if line.table is None}
    n_tables = 0
    for members in by_table.values():
        cells = drop_empty_rows_and_columns({i: cell for i in members if (cell := lines[i].cell)})
        if all(max(position[axis] for position in cells.values()) for axis in (0, 1)):
            blocks[members[0]] = _sort_row_by_row(
                [replace(lines[i], table=n_tables, cell=cell) for i, cell in cells.items()]
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
    """Assign all numbers of a level page to one table.

    Rows and columns are those that rules define if all numbers are in one ruled table; else they
    are estimated from the positions of the numbers.

    Parameters
    ----------
    lines : sequence of Line
        In any order; their boxes are in pixels of the level page.

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
    """Read the table cells in which no number was detected, and add their lines.

    Parameters
    ----------
    lines : sequence of Line
        Lines of a table are consecutive; boxes are in pixels of the level page.
    ink : PageInk
        Ink of the level page.
    read : callable
        Reads the lines of a page's ink.

    Returns
    -------
    list of Line
    """
    lines_outside = [line for line in lines if line.table is None]
    number_boxes = [NumberBox.from_bounds(line.box) for line in lines]
    completed: list[Line] = []
    for table, group in groupby(lines, key=lambda line: line.table):
        members = list(group)
        if table is not None:
            missed_lines = []
            for cell_index, expected in _expected_empty_cells(members).items():
                undetected = next(
                    (
                        line
                        for line in lines_outside
                        if contains_center(NumberBox.from_bounds(line.box), expected)
                    ),
                    None,
                )
                if undetected is not None:  # the rules around it were not detected
                    lines_outside.remove(undetected)
                    members.append(replace(undetected, table=table, cell=cell_index))
                elif not any(contains_center(number_box, expected) for number_box in number_boxes):
                    cell = find_cell_ink(ink.gray, expected)
                    missed_lines += (
                        [replace(cell, cell_position=CellPosition(table, *cell_index))]
                        if cell
                        else []
                    )
            members = _sort_row_by_row(members + read(replace(ink, lines=tuple(missed_lines))))
        completed += members
    return [line for line in completed if line.table is not None or line in lines_outside]


def _expected_empty_cells(members: Sequence[Line]) -> dict[tuple[int, int], NumberBox]:
    number_boxes = {
        line.cell: NumberBox.from_bounds(line.box) for line in members if line.cell is not None
    }
    return find_empty_cells(number_boxes, _table_shape(members))


def _sort_row_by_row(lines: Sequence[Line]) -> list[Line]:
    """Sort the lines of a table by row and column; lines of one cell from top to bottom."""
    return sorted(lines, key=lambda line: (line.cell or (0, 0), line.box[1] + line.box[3]))


def collect_tables(lines: Sequence[Line]) -> tuple[Table, ...]:
    """Return the tables of a page.

    Parameters
    ----------
    lines : sequence of Line
        Lines of a table are consecutive.
    """
    in_tables = [line for line in lines if line.table is not None]
    tables = []
    for _, group in groupby(in_tables, key=lambda line: line.table):
        members = list(group)
        tables.append(Table(union([line.box for line in members]), *_table_shape(members)))
    return tuple(tables)


def _table_shape(lines: Sequence[Line]) -> tuple[int, int]:
    """Return the number of rows and columns of a table."""
    cells = [line.cell for line in lines if line.cell is not None]
    return (
        max((row for row, _ in cells), default=-1) + 1,
        max((column for _, column in cells), default=-1) + 1,
    )
