"""Numbers of a table that run together across columns are cut apart again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from numerals.ink.connected_components import Component
from numerals.ink.ink_line import CellPosition, InkLine
from numerals.ink.line_frame import LineFrame

# Chosen on the development pages (golf score cards with pale rules).
_NARROW = 1.4  # times the median width of numbers: narrower ones tell where columns run
_MIN_GAP = 0.25  # number heights between the digits of two columns
_REACH = 0.3  # number heights from a number's end to the middle of a column that it belongs to
_HIGH = 0.5  # number heights: what is lower is dust, or what is left of a rule
_BESIDE = 0.25  # number heights of paper that stay around a number that was cut off

_Columns = Mapping[tuple[int, int], tuple[float, float]]  # by table and column: x at y = 0, slope


def cut_at_columns(lines: Sequence[InkLine]) -> list[InkLine]:
    """Cut numbers that reach over several columns of their table, where they leave a gap.

    Parameters
    ----------
    lines : sequence of InkLine
        Those of tables with their places.

    Returns
    -------
    list of InkLine
        In the same order; the pieces of a number stand where it stood.
    """
    columns = _find_columns(lines)
    taken = {line.cell_position for line in lines if line.cell_position is not None}
    return [piece for line in lines for piece in _cut(line, columns, taken)]


def _find_columns(lines: Sequence[InkLine]) -> _Columns:
    """Return where the columns of each table run, told by its narrower numbers."""
    by_table: dict[int, list[tuple[int, float, float, float]]] = {}
    for line in lines:
        if line.cell_position is not None and line.frame is not None and line.components:
            left, right = _ends(line.components)
            number = (
                line.cell_position.column,
                (left + right) / 2,
                line.frame.center_y,
                right - left,
            )
            by_table.setdefault(line.cell_position.table, []).append(number)
    found = {}
    for table, numbers in by_table.items():
        max_width = _NARROW * float(np.median([width for *_, width in numbers]))
        narrow = [(column, x, y) for column, x, y, width in numbers if width <= max_width]
        of_column, x, y = (np.array(values) for values in zip(*narrow, strict=True))
        slope = _common_slope(of_column, x, y)
        for column in np.unique(of_column).tolist():
            at = np.median((x - slope * y)[of_column == column])
            found[table, column] = (float(at), slope)
    return found


def _common_slope(
    of_column: npt.NDArray[np.int64], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> float:
    """Return how far columns lean: the median over neighbours in a column."""
    order = np.lexsort((y, of_column))
    dx, dy = np.diff(x[order]), np.diff(y[order])
    is_pair = (np.diff(of_column[order]) == 0) & (dy > 0)
    return float(np.median(dx[is_pair] / dy[is_pair])) if is_pair.any() else 0.0


def _cut(line: InkLine, columns: _Columns, taken: set[CellPosition]) -> list[InkLine]:
    place, frame = line.cell_position, line.frame
    if place is None or frame is None or not line.components:
        return [line]
    left, right = _ends(line.components)
    reach = _REACH * frame.height
    reached = {
        column: first + slope * frame.center_y
        for (table, column), (first, slope) in columns.items()
        if table == place.table and left - reach < first + slope * frame.center_y < right + reach
    }
    held: dict[int, list[Component]] = {}
    for component in line.components:
        if component.height >= _HIGH * frame.height:
            x = (component.box[0] + component.box[2]) / 2
            nearest = min(reached, key=lambda c: abs(reached[c] - x), default=place.column)
            held.setdefault(nearest, []).append(component)
    places = {column: place._replace(column=column) for column in sorted(held)}
    others = {p for p in places.values() if p != place}
    if len(held) < 2 or others & taken or _narrowest_gap(held) < _MIN_GAP * frame.height:
        return [line]
    return [_piece(line, frame, held[column], places[column]) for column in places]


def _ends(components: Sequence[Component]) -> tuple[int, int]:
    return min(component.box[0] for component in components), max(
        component.box[2] for component in components
    )


def _narrowest_gap(held: Mapping[int, Sequence[Component]]) -> int:
    ends = [_ends(held[column]) for column in sorted(held)]
    return min(b[0] - a[1] for a, b in pairwise(ends))


def _piece(
    line: InkLine, frame: LineFrame, components: Sequence[Component], place: CellPosition
) -> InkLine:
    left, right = _ends(components)
    margin = _BESIDE * frame.height
    start, end = max(left - margin, frame.left), min(right + margin, frame.right)
    center_y = frame.center_y + frame.slope * (start - frame.left)
    piece = replace(frame, left=start, right=end, center_y=center_y)
    return replace(line, components=tuple(components), frame=piece, cell_position=place)
