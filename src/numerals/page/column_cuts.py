"""Cut numbers that extend over several columns of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from numerals.ink.connected_components import Component
from numerals.ink.ink_line import CellPosition, InkLine
from numerals.ink.line_frame import LineFrame

# Tuned on the development pages (golf score cards with pale rules). Lengths in number heights.
MAX_NARROW_WIDTH = 1.4
"""Maximum width of numbers that define the columns, in median widths."""
MIN_CUT_GAP = 0.25
"""Minimum gap between the digits of two columns."""
MAX_COLUMN_DISTANCE = 0.3
"""Maximum distance of a number's end from the center of a column that it belongs to."""
MIN_CUT_COMPONENT_HEIGHT = 0.5
"""Minimum height of a component; lower ones are dust or remnants of rules."""
CUT_MARGIN = 0.25
"""Margin around a part that was cut off."""

_Columns = Mapping[tuple[int, int], tuple[float, float]]  # by table and column: x at y = 0, slope


def cut_at_columns(lines: Sequence[InkLine]) -> list[InkLine]:
    """Cut numbers that extend over several columns of their table, at gaps between digits.

    Parameters
    ----------
    lines : sequence of InkLine
        Numbers in tables have cell positions.

    Returns
    -------
    list of InkLine
        In the given order; the parts of a number replace it.
    """
    columns = _find_columns(lines)
    occupied = {line.cell_position for line in lines if line.cell_position is not None}
    return [cropped for line in lines for cropped in _cut_line(line, columns, occupied)]


def _find_columns(lines: Sequence[InkLine]) -> _Columns:
    """Return x at y = 0 and slope of each column, estimated from the narrower numbers."""
    by_table: dict[int, list[tuple[int, float, float, float]]] = {}
    for line in lines:
        if line.cell_position is not None and line.frame is not None and line.components:
            left, right = _extent(line.components)
            number = (
                line.cell_position.column,
                (left + right) / 2,
                line.frame.center_y,
                right - left,
            )
            by_table.setdefault(line.cell_position.table, []).append(number)
    columns = {}
    for table, numbers in by_table.items():
        max_width = MAX_NARROW_WIDTH * float(np.median([width for *_, width in numbers]))
        narrow = [(column, x, y) for column, x, y, width in numbers if width <= max_width]
        column_of, x, y = (np.array(values) for values in zip(*narrow, strict=True))
        slope = _common_slope(column_of, x, y)
        for column in np.unique(column_of).tolist():
            at = np.median((x - slope * y)[column_of == column])
            columns[table, column] = (float(at), slope)
    return columns


def _common_slope(
    column_of: npt.NDArray[np.int64], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> float:
    """Return the slope of columns, pixels of x per pixel of y: the median over neighbors."""
    order = np.lexsort((y, column_of))
    dx, dy = np.diff(x[order]), np.diff(y[order])
    is_pair = (np.diff(column_of[order]) == 0) & (dy > 0)
    return float(np.median(dx[is_pair] / dy[is_pair])) if is_pair.any() else 0.0


def _cut_line(line: InkLine, columns: _Columns, occupied: set[CellPosition]) -> list[InkLine]:
    position, frame = line.cell_position, line.frame
    if position is None or frame is None or not line.components:
        return [line]
    left, right = _extent(line.components)
    reach = MAX_COLUMN_DISTANCE * frame.height
    columns_reached = {
        column: x
        for (table, column), (x_at_0, slope) in columns.items()
        if table == position.table
        and left - reach < (x := x_at_0 + slope * frame.center_y) < right + reach
    }
    components_by_column: dict[int, list[Component]] = {}
    for component in line.components:
        if component.height >= MIN_CUT_COMPONENT_HEIGHT * frame.height:
            x = (component.box[0] + component.box[2]) / 2
            nearest = min(
                columns_reached, key=lambda c: abs(columns_reached[c] - x), default=position.column
            )
            components_by_column.setdefault(nearest, []).append(component)
    positions = {
        column: position._replace(column=column) for column in sorted(components_by_column)
    }
    others = {p for p in positions.values() if p != position}
    if (
        len(components_by_column) < 2
        or others & occupied
        or _narrowest_gap(components_by_column) < MIN_CUT_GAP * frame.height
    ):
        return [line]
    return [
        _crop_line(line, frame, components_by_column[column], positions[column])
        for column in positions
    ]


def _extent(components: Sequence[Component]) -> tuple[int, int]:
    boxes = [component.box for component in components]
    return min(box[0] for box in boxes), max(box[2] for box in boxes)


def _narrowest_gap(components_by_column: Mapping[int, Sequence[Component]]) -> int:
    extents = [_extent(components_by_column[column]) for column in sorted(components_by_column)]
    return min(b[0] - a[1] for a, b in pairwise(extents))


def _crop_line(
    line: InkLine, frame: LineFrame, components: Sequence[Component], position: CellPosition
) -> InkLine:
    left, right = _extent(components)
    margin = CUT_MARGIN * frame.height
    start, end = max(left - margin, frame.left), min(right + margin, frame.right)
    center_y = frame.center_y + frame.slope * (start - frame.left)
    cropped = replace(frame, left=start, right=end, center_y=center_y)
    return replace(line, components=tuple(components), frame=cropped, cell_position=position)
