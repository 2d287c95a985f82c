"""Numbers that were read -> the rows and columns of a table."""

from collections.abc import Sequence
from dataclasses import replace

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


def _spot(line: Line) -> Spot:
    x_min, y_min, x_max, y_max = line.box
    return Spot((x_min + x_max) / 2, (y_min + y_max) / 2, x_max - x_min, y_max - y_min)
