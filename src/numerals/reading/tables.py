"""Numbers that were read -> the rows and columns of a table."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from numerals.ink import PageInk
from numerals.page.missed_cells import find_missed_cells
from numerals.page.order import Spot, columns_of, rows_of
from numerals.records import Line


def put_into_table(lines: Sequence[Line]) -> tuple[list[Line], tuple[int, int]]:
    """Give each number of a level page its row and column, told by where the numbers stand.

    Parameters
    ----------
    lines : sequence of Line
        In any order; their boxes are those of the level page.

    Returns
    -------
    lines : list of Line
        Row by row, with `Line.cell`.
    shape : (int, int)
        How many rows and columns hold a number.
    """
    spots = [_spot(line) for line in lines]
    rows = rows_of(spots)
    columns = columns_of(spots, rows)
    placed = [
        replace(lines[i], cell=(number, columns[i])) for number, row in enumerate(rows) for i in row
    ]
    return placed, (len(rows), max(columns, default=-1) + 1)


def read_missed_cells(
    lines: Sequence[Line],
    shape: tuple[int, int],
    ink: PageInk,
    read: Callable[[PageInk], list[Line]],
) -> list[Line]:
    """Return what is read of cells without a number, each with its place in the table.

    Parameters
    ----------
    lines : sequence of Line
        As `put_into_table` returns them.
    shape : (int, int)
    ink : PageInk
        Of the level page.
    read : callable
        Reads the lines of a page's ink.
    """
    spots = {line.cell: _spot(line) for line in lines if line.cell is not None}
    missed = find_missed_cells(ink.gray, spots, shape)
    found = []
    for place, cell in missed.items():
        found += [replace(line, cell=place) for line in read(replace(ink, lines=(cell,)))]
    return found


def _spot(line: Line) -> Spot:
    x_min, y_min, x_max, y_max = line.box
    return Spot((x_min + x_max) / 2, (y_min + y_max) / 2, x_max - x_min, y_max - y_min)
