"""Clean up the lines of a page: join spaced digits, and drop lines that share their ink."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.models.page_model import PageMaps
from numerals.page.regions import has_rule

# Tuned on the development photos (strings/photos), where ten spaced digits form one number.
# Lengths in number heights.
MIN_DIGIT_GAPS = 2
"""Minimum number of gaps from which the spacing of a line is estimated."""
MIN_SPACED_GAP = 0.35
"""Minimum gap between spaced digits."""
MAX_GAP_RATIO = 1.5
"""Maximum gap to the next line, in units of the widest gap within a line."""
MAX_CENTER_OFFSET = 0.4
"""Maximum distance between the center lines of neighbors."""
MAX_LINE_HEIGHT_RATIO = 1.6
"""Maximum ratio of the heights of two neighbors."""

MIN_SHARED_AREA = 0.5
"""Minimum shared area of two boxes of the same ink, as a share of the smaller box."""
MAX_SHARED_INK = 0.5
"""Maximum share of a line's ink that belongs to other lines."""

_Boxes = npt.NDArray[np.float64]


def join_spaced_lines(lines: Sequence[InkLine], maps: PageMaps) -> list[InkLine]:
    """Join neighboring lines that are parts of one number with widely spaced digits.

    Parameters
    ----------
    lines : sequence of InkLine
        In reading order, with frames.
    maps : PageMaps
        Their rules separate the columns of tables.

    Returns
    -------
    list of InkLine
        In reading order.
    """
    joined: list[InkLine] = []
    for line in lines:
        if joined and _are_one_number(joined[-1], line, maps):
            joined[-1] = _join_lines(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _are_one_number(left: InkLine, right: InkLine, maps: PageMaps) -> bool:
    a, b = left.frame, right.frame
    if a is None or b is None or left.is_printed != right.is_printed:
        return False
    height = min(a.height, b.height)
    if max(a.height, b.height) > MAX_LINE_HEIGHT_RATIO * height:
        return False
    end_y = a.center_y + a.slope * (a.right - a.left)
    if abs(end_y - b.center_y) > MAX_CENTER_OFFSET * height or b.left < a.left:
        return False
    gap = _extent(right)[0] - _extent(left)[1]
    inner = max(_widest_gap(left), _widest_gap(right))
    if gap > MAX_GAP_RATIO * inner or inner < MIN_SPACED_GAP * height:
        return False
    return not has_rule(
        maps, _extent(left)[1], _extent(right)[0], (end_y + b.center_y) / 2, 0.4 * height
    )


def _extent(line: InkLine) -> tuple[float, float]:
    return min(p.box[0] for p in line.components), max(p.box[2] for p in line.components)


def _widest_gap(line: InkLine) -> float:
    """Return the widest gap between the digits of a line, pixels; 0 if there are too few gaps."""
    gaps, right = [], -np.inf
    for component in sorted(line.components, key=lambda p: p.box[0]):
        if component.height < 0.5 * line.height:
            continue
        if component.box[0] > right and np.isfinite(right):
            gaps.append(component.box[0] - right)
        right = max(right, component.box[2])
    return float(max(gaps)) if len(gaps) >= MIN_DIGIT_GAPS else 0.0


def _join_lines(left: InkLine, right: InkLine) -> InkLine:
    a, b = left.frame, right.frame
    assert a is not None and b is not None
    end = b.center_y + b.slope * (b.right - b.left)
    slope = (end - a.center_y) / max(b.right - a.left, 1.0)
    height = (a.height + b.height) / 2
    return replace(
        left,
        components=left.components + right.components,
        height=(left.height + right.height) / 2,
        frame=LineFrame(a.left, b.right, a.center_y, slope, height),
        score=min(left.score, right.score),
        purity=min(left.purity, right.purity),
    )


def drop_overlapping_lines(lines: Sequence[InkLine]) -> list[InkLine]:
    """Drop lines most of whose ink belongs to larger lines.

    Parameters
    ----------
    lines : sequence of InkLine

    Returns
    -------
    list of InkLine
        In the given order.
    """
    boxes = [
        np.array([component.box for component in line.components], float).reshape(-1, 4)
        for line in lines
    ]
    areas = [_box_areas(b) for b in boxes]
    order = sorted(range(len(lines)), key=lambda i: -float(areas[i].sum()))
    chosen: list[int] = []
    chosen_boxes = np.zeros((0, 4))
    for i in order:
        is_shared = _overlaps_any(boxes[i], areas[i], chosen_boxes)
        if float(areas[i][is_shared].sum()) > MAX_SHARED_INK * float(areas[i].sum()):
            continue
        chosen.append(i)
        chosen_boxes = np.concatenate([chosen_boxes, boxes[i]])
    return [lines[i] for i in sorted(chosen)]


def _box_areas(boxes: _Boxes) -> npt.NDArray[np.float64]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def _overlaps_any(
    boxes: _Boxes, areas: npt.NDArray[np.float64], chosen_boxes: _Boxes
) -> npt.NDArray[np.bool_]:
    """Return for each box whether it covers the same ink as one of the chosen boxes."""
    if not len(chosen_boxes) or not len(boxes):
        return np.zeros(len(boxes), np.bool_)
    near = chosen_boxes[
        (chosen_boxes[:, 0] < boxes[:, 2].max())
        & (chosen_boxes[:, 2] > boxes[:, 0].min())
        & (chosen_boxes[:, 1] < boxes[:, 3].max())
        & (chosen_boxes[:, 3] > boxes[:, 1].min())
    ]
    if not len(near):
        return np.zeros(len(boxes), np.bool_)
    width = np.minimum(boxes[:, None, 2], near[:, 2]) - np.maximum(boxes[:, None, 0], near[:, 0])
    height = np.minimum(boxes[:, None, 3], near[:, 3]) - np.maximum(boxes[:, None, 1], near[:, 1])
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    smaller = np.minimum(areas[:, None], _box_areas(near))
    return np.asarray((shared > MIN_SHARED_AREA * smaller).any(axis=1))
