"""Find the boxes of combs: rows of similar boxes on a page."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.records import Box

_Gray = npt.NDArray[np.uint8]

# Tuned on the development pages: vote forms with separate boxes, log books with touching ones.
THRESHOLD_BLOCKS = (0.8, 0.35)
"""Sides of the blocks whose mean a line is compared with, number heights."""
MIN_LINE_DARKNESS = 3
"""Minimum contrast of a line to that mean, of 255."""
MIN_BOX_FILL = 0.65
"""Minimum share of its bounding box that the inside of a box fills."""
BOX_HEIGHT_RANGE = (0.9, 4.0)
"""Minimum and maximum height of a box, number heights."""
BOX_ASPECT_RANGE = (0.45, 2.0)
"""Minimum and maximum ratio of width to height of a box."""
MAX_COMB_ASPECT = 1.2
"""Maximum ratio of width to height of touching boxes; wider ones are cells of a table."""
MAX_BOX_OFFSET = 0.25
"""Maximum vertical offset of neighboring boxes, box heights."""
MAX_SIZE_DIFFERENCE = 0.3
"""Maximum difference in size of neighboring boxes, natural logarithm."""
MAX_BOX_GAP = 1.1
"""Maximum gap between neighboring boxes, box widths."""
MAX_GAP_DIFFERENCE = 0.15
"""Maximum difference of the gaps in a comb, box widths."""
MAX_STACKED_GAP = 0.45
"""Maximum vertical gap between cells of a table, cell heights."""
MAX_STACKED_WIDTH = 2.0
"""Maximum width of a cell above or below that belongs to the same table, cell widths."""
MIN_WALL_SHARE = 0.4
"""Minimum darkness of a wall, as a share of the darkest column."""
MAX_WALL_THICKNESS = 0.1
"""Maximum distance of a wall's inner side from the edge of a box, box sizes."""
WALL_MARGIN = 0.08
"""Margin beside the gap between two boxes in which their walls are counted, box widths."""
MIN_WALL_DARKNESS = 8
"""Minimum contrast of a wall to the paper, of 255."""


@dataclass(frozen=True)
class Comb:
    """A row of cells from left to right, each the inside of a box, in pixels of the page."""

    cells: tuple[Box, ...]


def find_combs(gray: _Gray, number_height: float) -> list[Comb]:
    """Return the combs of a page whose numbers have a typical height, pixels."""
    cells = find_cell_boxes(gray, number_height)
    next_cell = {}
    for i, cell in enumerate(cells):
        neighbor = _right_neighbor(cell, cells)
        if neighbor is not None and _are_same_comb(cell, cells[neighbor], cells, gray):
            next_cell[i] = neighbor
    starts = sorted(set(next_cell) - set(next_cell.values()))
    combs = []
    for start in starts:
        chain = [start]
        while chain[-1] in next_cell and next_cell[chain[-1]] not in chain:
            chain.append(next_cell[chain[-1]])
        combs += [
            Comb(tuple(_interior(gray, cell) for cell in row))
            for row in _split_at_wide_gaps([cells[i] for i in chain])
        ]
    return combs


def _split_at_wide_gaps(cells: Sequence[Box]) -> list[list[Box]]:
    """Split a row of cells at gaps wider than the others; the gaps of a comb are even."""
    gaps = [right[0] - left[2] for left, right in pairwise(cells)]
    max_gap = min(gaps) + MAX_GAP_DIFFERENCE * min(cell[2] - cell[0] for cell in cells)
    rows = [[cells[0]]]
    for gap, cell in zip(gaps, cells[1:], strict=True):
        if gap > max_gap:
            rows.append([])
        rows[-1].append(cell)
    return [row for row in rows if len(row) > 1]


def find_cell_boxes(gray: _Gray, number_height: float) -> list[Box]:
    """Return the insides of boxes about as high as the numbers, in pixels of the page."""
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    boxes: list[Box] = []
    for block in THRESHOLD_BLOCKS:
        side = max(9, round(block * number_height)) | 1
        boxes += _rectangular_holes(np.asarray(smooth, np.uint8), side, number_height)
    return _drop_inner_boxes(boxes)


def _rectangular_holes(smooth: _Gray, side: int, number_height: float) -> list[Box]:
    """Return the rectangular holes in the lines that a local mean threshold finds."""
    mask = cv2.adaptiveThreshold(
        smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, side, MIN_LINE_DARKNESS
    )
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if hierarchy is None:
        return []
    boxes = []
    for contour, links in zip(contours, hierarchy[0], strict=True):
        if links[3] < 0:  # an outer contour, not a hole
            continue
        x, y, width, height = cv2.boundingRect(contour)
        if not BOX_HEIGHT_RANGE[0] * number_height <= height <= BOX_HEIGHT_RANGE[1] * number_height:
            continue
        if not BOX_ASPECT_RANGE[0] <= width / height <= BOX_ASPECT_RANGE[1]:
            continue
        if cv2.contourArea(contour) >= MIN_BOX_FILL * width * height:
            boxes.append((x, y, x + width, y + height))
    return boxes


def _drop_inner_boxes(boxes: Sequence[Box]) -> list[Box]:
    """Drop boxes inside others, such as holes of printed guide digits; sort the rest."""
    ordered = sorted(boxes, key=lambda b: (b[0] - b[2]) * (b[3] - b[1]))
    edges = np.array(ordered).reshape(-1, 4)
    is_outer = np.zeros(len(ordered), np.bool_)
    for i, box in enumerate(ordered):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        left, top, right, bottom = edges[:i][is_outer[:i]].T
        is_outer[i] = not ((left < x) & (x < right) & (top < y) & (y < bottom)).any()
    return sorted(box for box, outer in zip(ordered, is_outer, strict=True) if outer)


def _right_neighbor(cell: Box, cells: Sequence[Box]) -> int | None:
    """Return the index of the next cell of a row; `cells` are sorted by left edge."""
    width, height = cell[2] - cell[0], cell[3] - cell[1]
    best, best_gap = None, MAX_BOX_GAP * width
    first = bisect_left(cells, (cell[2] - 0.2 * width,))
    for i in range(first, bisect_left(cells, (cell[2] + best_gap,))):
        other = cells[i]
        gap = other[0] - cell[2]
        if not -0.2 * width < gap < best_gap or other[0] <= cell[0]:
            continue
        if abs(other[1] + other[3] - cell[1] - cell[3]) / 2 > MAX_BOX_OFFSET * height:
            continue
        sizes = ((other[2] - other[0]) / width, (other[3] - other[1]) / height)
        if all(abs(np.log(size)) < MAX_SIZE_DIFFERENCE for size in sizes):
            best, best_gap = i, gap
    return best


def _are_same_comb(left: Box, right: Box, cells: Sequence[Box], gray: _Gray) -> bool:
    """Return whether two neighbors are boxes of one comb.

    Separate boxes have a wall each; a third line between them belongs to a table. Boxes that share
    a wall form a comb unless there are boxes directly above or below them.
    """
    n_walls = _count_walls(left, right, gray)
    if right[0] <= left[2]:  # no place for two walls: the other line is a stroke inside a box
        n_walls = min(n_walls, 1)
    if n_walls != 1:
        return n_walls == 2
    width, height = left[2] - left[0], left[3] - left[1]
    is_narrow = width <= MAX_COMB_ASPECT * height
    return is_narrow and not any(_is_stacked(cell, cells) for cell in (left, right))


def _is_stacked(cell: Box, cells: Sequence[Box]) -> bool:
    """Return whether one of the cells, sorted by left edge, is directly above or below."""
    center = (cell[0] + cell[2]) / 2
    reach = MAX_STACKED_WIDTH * (cell[2] - cell[0])
    near = cells[bisect_left(cells, (center - reach,)) : bisect_left(cells, (center,))]
    return any(_is_below(cell, other) for other in near)


def _is_below(cell: Box, other: Box) -> bool:
    height, center = cell[3] - cell[1], (cell[0] + cell[2]) / 2
    gap = max(other[1] - cell[3], cell[1] - other[3])
    return other[0] < center < other[2] and -0.2 * height < gap < MAX_STACKED_GAP * height


def _count_walls(left: Box, right: Box, gray: _Gray) -> int:
    """Count the vertical lines between two cells."""
    width, height = left[2] - left[0], left[3] - left[1]
    reach = WALL_MARGIN * width
    low, high = max(left[1], right[1]), min(left[3], right[3])
    rows = slice(max(0, int(low + 0.3 * height)), max(1, int(high - 0.3 * height)))
    columns = slice(max(0, int(left[2] - reach)), int(right[0] + reach) + 1)
    darkness = _column_darkness(gray[rows, columns])
    if darkness.size == 0 or darkness.max() < MIN_WALL_DARKNESS:
        return 0
    is_dark = darkness > MIN_WALL_SHARE * darkness.max()
    return int(np.count_nonzero(np.diff(is_dark.astype(int), prepend=0) == 1))


def _column_darkness(window: _Gray) -> npt.NDArray[np.float64]:
    """Return the contrast of each column to the paper, of 255; strokes of digits count little."""
    if window.size == 0:
        return np.zeros(0)
    return np.asarray(np.percentile(window, 85) - np.percentile(window, 60, axis=0), np.float64)


def _interior(gray: _Gray, cell: Box) -> Box:
    """Return the inside of a cell without its walls."""
    x_min, y_min, x_max, y_max = cell
    window = gray[y_min:y_max, x_min:x_max]
    if window.size == 0:
        return cell
    middle_rows = window[window.shape[0] // 5 : -window.shape[0] // 5 or None]
    middle_columns = window[:, window.shape[1] // 5 : -window.shape[1] // 5 or None]
    left, right = _wall_widths(_column_darkness(middle_rows))
    top, bottom = _wall_widths(_column_darkness(np.ascontiguousarray(middle_columns.T)))
    return (x_min + left, y_min + top, x_max - right, y_max - bottom)


def _wall_widths(darkness: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return the number of columns that belong to the wall at either end."""
    reach = max(1, int(MAX_WALL_THICKNESS * len(darkness)))
    is_wall = darkness > max(MIN_WALL_DARKNESS, MIN_WALL_SHARE * float(darkness.max(initial=0)))
    first, last = np.flatnonzero(is_wall[:reach]), np.flatnonzero(is_wall[::-1][:reach])
    return int(first[-1]) + 2 if first.size else 1, int(last[-1]) + 2 if last.size else 1
