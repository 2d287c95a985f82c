"""Tables: a page's ink -> its cells, in the table's rows and columns, ruled or not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from numerals.ink import InkLine, PageInk, Part
from numerals.ink.grid import Grid
from numerals.ink.lines import find_lines
from numerals.ink.parts import typical_height
from numerals.records import Box, Line, union

_GUTTER = 0.6  # digit heights: columns without rules stand so far apart, or further
_CROSSED = 0.12  # share of the rows that may have ink in the gutter, such as a title
_ONE_ROW = 0.6  # digit heights: cells whose middles are so near in height are of one row
_DUST = 0.35  # digit heights: a cell with nothing higher is empty
_COMB = 1.1  # of its height: the boxes of a comb, one digit in each, are no wider

Place = tuple[int, int]
Placed = tuple[Place, Part]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a table that hold ink.

    Attributes
    ----------
    lines : tuple of InkLine
        What is written in each; a cell may have several lines.
    places : tuple of (int, int)
        Row and column, from 0, of each.
    shape : (int, int)
        How many rows and columns there are.
    is_ruled : bool
        Whether rules say so.
    """

    lines: tuple[InkLine, ...]
    places: tuple[Place, ...]
    shape: tuple[int, int]
    is_ruled: bool


def find_cells(ink: PageInk) -> Cells:
    """Split the writing on a level page into the cells of a table.

    Between rules where there are any, else into columns that stand apart.

    Parameters
    ----------
    ink : PageInk

    Returns
    -------
    Cells
        In reading order, row by row.
    """
    return _ruled(ink, ink.grid) if ink.grid else _unruled(ink)


def put_into_table(lines: Sequence[Line], cells: Cells, scale: float) -> list[Line]:
    """Return the lines that were read of a table's cells, each with its row and column.

    Parameters
    ----------
    lines : sequence of Line
    cells : Cells
    scale : float
        Pixels of the lines' boxes per pixel of the cells' ink.
    """
    boxes = [union([part.box for part in line.parts]) for line in cells.lines]
    return [replace(line, cell=cells.places[_nearest(boxes, line.box, scale)]) for line in lines]


def close_ranks(lines: Sequence[Line], cells: Cells) -> tuple[list[Line], tuple[int, int]]:
    """Leave out rows and columns of a table without rules in which no number was read.

    Such are its headings, and words beside it. Where there are rules, all cells stay.

    Returns
    -------
    lines : list of Line
        With the rows and columns that are left.
    shape : (int, int)
        How many these are.
    """
    if cells.is_ruled:
        return list(lines), cells.shape
    rows = sorted({line.cell[0] for line in lines if line.cell})
    columns = sorted({line.cell[1] for line in lines if line.cell})
    closed = [
        replace(line, cell=(rows.index(line.cell[0]), columns.index(line.cell[1])))
        for line in lines
        if line.cell
    ]
    return closed, (len(rows), len(columns))


def _nearest(boxes: Sequence[Box], box: Box, scale: float) -> int:
    """Return which of the boxes one that was found in it overlaps most, or is nearest to."""
    x_min, y_min, x_max, y_max = (v / scale for v in box)
    others = np.array(boxes, float)
    wide = np.minimum(others[:, 2], x_max) - np.maximum(others[:, 0], x_min)
    high = np.minimum(others[:, 3], y_max) - np.maximum(others[:, 1], y_min)
    overlap = np.where(
        (wide > 0) & (high > 0), wide * high, np.minimum(wide, 0) + np.minimum(high, 0)
    )
    return int(overlap.argmax())


def _ruled(ink: PageInk, grid: Grid) -> Cells:
    parts = [part for line in ink.lines for part in line.parts]
    height = typical_height(parts)
    placed = [(place, part) for part in parts if (place := grid.cell(*part.center)) is not None]
    n_rows, n_columns = grid.shape
    # Rules that only run across, or only down, leave the other way to the gaps.
    if n_rows == 1:
        placed, n_rows = _into_rows(placed)
    elif n_columns == 1:
        placed, n_columns = _into_columns(placed)
    if n_rows == 1 and _is_comb(grid):
        placed, n_columns = [((row, 0), part) for (row, _), part in placed], 1
    held: dict[Place, list[Part]] = {}
    for place, part in placed:
        held.setdefault(place, []).append(part)
    lines, places = [], []
    for place, members in sorted(held.items(), key=lambda cell: cell[0]):
        if max(part.height for part in members) < _DUST * height:
            continue
        for line in find_lines(members):
            lines.append(line)
            places.append(place)
    return Cells(tuple(lines), tuple(places), (n_rows, n_columns), True)


def _into_rows(placed: Sequence[Placed]) -> tuple[list[Placed], int]:
    """Give the parts of columns their rows: where writing stands beside writing."""
    columns: dict[int, list[Part]] = {}
    for (_, column), part in placed:
        columns.setdefault(column, []).append(part)
    lines = [(column, line) for column, parts in columns.items() for line in find_lines(parts)]
    rows = _rows([line for _, line in lines])
    row_of = {id(line): i for i, row in enumerate(rows) for line in row}
    found = [((row_of[id(line)], column), part) for column, line in lines for part in line.parts]
    return found, max(len(rows), 1)


def _into_columns(placed: Sequence[Placed]) -> tuple[list[Placed], int]:
    """Give the parts of rows their columns: between the gaps that run through the rows."""
    rows: dict[int, list[Part]] = {}
    for (row, _), part in placed:
        rows.setdefault(row, []).append(part)
    edges = _gutters(list(rows.values()))
    found = [
        ((row, int(np.searchsorted(edges, part.center[0]))), part) for (row, _), part in placed
    ]
    return found, len(edges) + 1


def _is_comb(grid: Grid) -> bool:
    """Whether a row of boxes holds one number, a digit in each."""
    n_rows, n_columns = grid.shape
    if n_rows > 1 or n_columns < 2:
        return False
    width = (grid.verticals[-1].at - grid.verticals[0].at) / n_columns
    return width < _COMB * (grid.horizontals[1].at - grid.horizontals[0].at)


def _unruled(ink: PageInk) -> Cells:
    rows = _rows(ink.lines)
    edges = _gutters([[part for line in row for part in line.parts] for row in rows])
    lines, places = [], []
    for i, row in enumerate(rows):
        held: dict[int, list[Part]] = {}
        for line in row:
            for part in line.parts:
                held.setdefault(int(np.searchsorted(edges, part.center[0])), []).append(part)
        for column, members in sorted(held.items()):
            height = typical_height(members)
            if height < _DUST * max(line.height for line in row):
                continue
            lines.append(InkLine(tuple(sorted(members, key=lambda p: p.box[0])), height))
            places.append((i, column))
    return Cells(tuple(lines), tuple(places), (len(rows), len(edges) + 1), False)


def _rows(lines: Sequence[InkLine]) -> list[list[InkLine]]:
    """Put lines of writing that stand beside each other into one row, top to bottom."""
    rows: list[list[InkLine]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        last = rows[-1] if rows else []
        below = line.middle - float(np.mean([other.middle for other in last] or [0.0]))
        if last and below < _ONE_ROW * max(line.height, last[-1].height):
            last.append(line)
        else:
            rows.append([line])
    return rows


def _gutters(rows: Sequence[Sequence[Part]]) -> list[float]:
    """Return the middles of the gaps between columns: where hardly any row has ink."""
    if not rows:
        return []
    height = typical_height([part for row in rows for part in row])
    width = max(part.box[2] for row in rows for part in row) + 1
    crossed = np.zeros(width, np.int64)
    for row in rows:
        has_ink = np.zeros(width, bool)
        for part in row:
            has_ink[part.box[0] : part.box[2]] = True
        crossed += has_ink
    is_gap = np.concatenate([[False], crossed <= _CROSSED * len(rows), [False]])
    starts = np.flatnonzero(is_gap[1:] & ~is_gap[:-1])
    ends = np.flatnonzero(~is_gap[1:] & is_gap[:-1])
    # The margins to both sides of the table are no gutters.
    return [
        (start + end) / 2
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if end - start >= _GUTTER * height and start > 0 and end < width - 1
    ]
