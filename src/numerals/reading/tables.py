"""Numbers that were read -> the rows and columns of tables."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from numerals.ink import PageInk
from numerals.ink.lines import Place
from numerals.page.alignment import compact
from numerals.page.missed_cells import find_missed_cells
from numerals.page.order import Spot, columns_of, rows_of
from numerals.records import Line, Table, union


def in_place(line: Line, place: Place | None) -> Line:
    """Return a line with its place in a table, if it has one."""
    return line if place is None else replace(line, table=place.table, cell=place[1:])


def settle_tables(lines: Sequence[Line], *, printed: bool) -> list[Line]:
    """Number rows, columns and tables by what was read: those without a number do not count.

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
        placed = compact({i: cell for i in members if (cell := lines[i].cell)})
        if all(max(place[axis] for place in placed.values()) for axis in (0, 1)):
            ordered = sorted(placed, key=lambda i: (*placed[i], lines[i].box[1]))
            blocks[members[0]] = [
                replace(lines[i], table=n_tables, cell=placed[i]) for i in ordered
            ]
            n_tables += 1
        else:
            blocks |= {
                i: [replace(lines[i], table=None, cell=None)]
                for i in members
                if printed or not lines[i].is_printed
            }
    return [line for i in sorted(blocks) for line in blocks[i]]


def put_into_table(lines: Sequence[Line]) -> list[Line]:
    """Put all the numbers of a level page into one table, by where they stand.

    Parameters
    ----------
    lines : sequence of Line
        In any order; their boxes are those of the level page.

    Returns
    -------
    list of Line
        Row by row, with `Line.cell`.
    """
    spots = [_spot(line) for line in lines]
    rows = rows_of(spots)
    columns = columns_of(spots, rows)
    return [
        replace(lines[i], table=0, cell=(number, columns[i]))
        for number, row in enumerate(rows)
        for i in row
    ]


def read_missed_cells(
    lines: Sequence[Line], ink: PageInk, read: Callable[[PageInk], list[Line]]
) -> list[Line]:
    """Return what is read of cells without a number, each with its place in the table.

    Parameters
    ----------
    lines : sequence of Line
        Of one table, with `Line.cell`; their boxes are those of the level page.
    ink : PageInk
        Of the level page.
    read : callable
        Reads the lines of a page's ink.
    """
    spots = {line.cell: _spot(line) for line in lines if line.cell is not None}
    missed = find_missed_cells(ink.gray, spots, _shape(lines))
    found = []
    for place, cell in missed.items():
        read_there = read(replace(ink, lines=(cell,)))
        found += [replace(line, table=lines[0].table, cell=place) for line in read_there]
    return found


def tables_of(lines: Sequence[Line]) -> tuple[Table, ...]:
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


def _spot(line: Line) -> Spot:
    x_min, y_min, x_max, y_max = line.box
    return Spot((x_min + x_max) / 2, (y_min + y_max) / 2, x_max - x_min, y_max - y_min)
