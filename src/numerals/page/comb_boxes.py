"""The boxes of combs: rows of alike boxes in the picture of a page."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.records import Box

_Gray = npt.NDArray[np.uint8]

# Chosen on the development pages: vote forms have boxes that stand apart, log books touching ones.
_BLOCKS = (0.8, 0.35)  # number heights around a line whose mean it is compared with
_MIN_LINE = 3  # of 255, by which it is darker
_RECTANGULAR = 0.65  # share of its box that the inside of a cell fills
_SIZES = (0.9, 4.0)  # heights of the numbers: how high a cell may be
_ASPECTS = (0.45, 2.0)  # of its height: how wide
_COMB_ASPECT = 1.2  # touching cells that are wider, beside their height, are a table's
_LEVEL, _ALIKE = 0.25, 0.3  # cell heights, shares: how far neighbours differ in place and in size
_MAX_GAP = 1.1  # cell widths between neighbours
_UNEVEN = 0.15  # cell widths by which gaps within a comb differ
_STACKED = 0.45  # cell heights: cells so near below each other are of a table
_WIDEST = 2.0  # cell widths: wider ones below a cell are not of its table
_DARK = 0.4  # of the darkest column: what belongs to a wall
_EDGE = 0.1  # cell sizes: what is left of a wall lies no further inside
_BESIDE = 0.08  # cell widths: how far beside the gap between two cells their walls may lie
_MIN_WALL = 8  # of 255: a wall is so much darker than paper


@dataclass(frozen=True)
class Comb:
    """A row of cells, from left to right, each the inside of a box in pixels of the page."""

    cells: tuple[Box, ...]


def find_combs(gray: _Gray, number_height: float) -> list[Comb]:
    """Return the combs of a page whose numbers are about so high, in pixels."""
    cells = find_cell_boxes(gray, number_height)
    following = {}
    for i, cell in enumerate(cells):
        neighbor = _right_neighbor(cell, cells)
        if neighbor is not None and _is_joined(cell, cells[neighbor], cells, gray):
            following[i] = neighbor
    starts = sorted(set(following) - set(following.values()))
    combs = []
    for start in starts:
        chain = [start]
        while chain[-1] in following and following[chain[-1]] not in chain:
            chain.append(following[chain[-1]])
        combs += [
            Comb(tuple(_inside(gray, cell) for cell in row))
            for row in _split_at_wide_gaps([cells[i] for i in chain])
        ]
    return combs


def _split_at_wide_gaps(cells: Sequence[Box]) -> list[list[Box]]:
    """Split a row of cells where a gap is wider than others: the boxes of a comb are even."""
    gaps = [right[0] - left[2] for left, right in pairwise(cells)]
    max_gap = min(gaps) + _UNEVEN * min(cell[2] - cell[0] for cell in cells)
    rows = [[cells[0]]]
    for gap, cell in zip(gaps, cells[1:], strict=True):
        if gap > max_gap:
            rows.append([])
        rows[-1].append(cell)
    return [row for row in rows if len(row) > 1]


def find_cell_boxes(gray: _Gray, number_height: float) -> list[Box]:
    """Return the insides of boxes about as high as the numbers, pixels of the page."""
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    found: list[Box] = []
    for block in _BLOCKS:
        side = max(9, round(block * number_height)) | 1
        found += _holes(np.asarray(smooth, np.uint8), side, number_height)
    return _outermost(found)


def _holes(smooth: _Gray, side: int, number_height: float) -> list[Box]:
    """Return the rectangular holes in what is darker than the mean of a block around it."""
    mask = cv2.adaptiveThreshold(
        smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, side, _MIN_LINE
    )
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if hierarchy is None:
        return []
    boxes = []
    for contour, links in zip(contours, hierarchy[0], strict=True):
        if links[3] < 0:  # an outline, not a hole
            continue
        x, y, width, height = cv2.boundingRect(contour)
        if not _SIZES[0] * number_height <= height <= _SIZES[1] * number_height:
            continue
        if not _ASPECTS[0] <= width / height <= _ASPECTS[1]:
            continue
        if cv2.contourArea(contour) >= _RECTANGULAR * width * height:
            boxes.append((x, y, x + width, y + height))
    return boxes


def _outermost(boxes: Sequence[Box]) -> list[Box]:
    """Drop boxes that lie within others, such as printed eights to write over; sort the rest."""
    ordered = sorted(boxes, key=lambda b: (b[0] - b[2]) * (b[3] - b[1]))
    edges = np.array(ordered).reshape(-1, 4)
    is_kept = np.zeros(len(ordered), np.bool_)
    for i, box in enumerate(ordered):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        left, top, right, bottom = edges[:i][is_kept[:i]].T
        is_kept[i] = not ((left < x) & (x < right) & (top < y) & (y < bottom)).any()
    return sorted(box for box, kept in zip(ordered, is_kept, strict=True) if kept)


def _right_neighbor(cell: Box, cells: Sequence[Box]) -> int | None:
    """Return which of the cells, sorted from left to right, is the next one of a row."""
    width, height = cell[2] - cell[0], cell[3] - cell[1]
    best, best_gap = None, _MAX_GAP * width
    first = bisect_left(cells, (cell[2] - 0.2 * width,))
    for i in range(first, bisect_left(cells, (cell[2] + best_gap,))):
        other = cells[i]
        gap = other[0] - cell[2]
        if not -0.2 * width < gap < best_gap or other[0] <= cell[0]:
            continue
        if abs(other[1] + other[3] - cell[1] - cell[3]) / 2 > _LEVEL * height:
            continue
        sizes = ((other[2] - other[0]) / width, (other[3] - other[1]) / height)
        if all(abs(np.log(size)) < _ALIKE for size in sizes):
            best, best_gap = i, gap
    return best


def _is_joined(left: Box, right: Box, cells: Sequence[Box], gray: _Gray) -> bool:
    """Return whether two neighbours are boxes of one comb.

    Boxes that stand apart have a wall each; a third line between them is a table's. Boxes that
    share a wall are a comb unless there are boxes right above or below them.
    """
    n_walls = _count_walls(left, right, gray)
    if n_walls != 1:
        return n_walls == 2
    width, height = left[2] - left[0], left[3] - left[1]
    is_narrow = width <= _COMB_ASPECT * height
    return is_narrow and not any(_is_stacked(cell, cells) for cell in (left, right))


def _is_stacked(cell: Box, cells: Sequence[Box]) -> bool:
    """Return whether one of the cells, sorted from left to right, is right above or below."""
    center = (cell[0] + cell[2]) / 2
    reach = _WIDEST * (cell[2] - cell[0])
    near = cells[bisect_left(cells, (center - reach,)) : bisect_left(cells, (center,))]
    return any(_is_below(cell, other) for other in near)


def _is_below(cell: Box, other: Box) -> bool:
    height, center = cell[3] - cell[1], (cell[0] + cell[2]) / 2
    gap = max(other[1] - cell[3], cell[1] - other[3])
    return other[0] < center < other[2] and -0.2 * height < gap < _STACKED * height


def _count_walls(left: Box, right: Box, gray: _Gray) -> int:
    """Count the upright lines between two cells."""
    width, height = left[2] - left[0], left[3] - left[1]
    reach = _BESIDE * width
    low, high = max(left[1], right[1]), min(left[3], right[3])
    rows = slice(max(0, int(low + 0.3 * height)), max(1, int(high - 0.3 * height)))
    columns = slice(max(0, int(left[2] - reach)), int(right[0] + reach) + 1)
    darkness = _column_darkness(gray[rows, columns])
    if darkness.size == 0 or darkness.max() < _MIN_WALL:
        return 0
    is_dark = darkness > _DARK * darkness.max()
    return int(np.count_nonzero(np.diff(is_dark.astype(int), prepend=0) == 1))


def _column_darkness(window: _Gray) -> npt.NDArray[np.float64]:
    """Return how much darker than paper each column is; a digit's strokes count for little."""
    if window.size == 0:
        return np.zeros(0)
    return np.asarray(np.percentile(window, 85) - np.percentile(window, 60, axis=0), np.float64)


def _inside(gray: _Gray, cell: Box) -> Box:
    """Return the part of a cell that its walls leave, to the pixel."""
    x_min, y_min, x_max, y_max = cell
    window = gray[y_min:y_max, x_min:x_max]
    if window.size == 0:
        return cell
    middle_rows = window[window.shape[0] // 5 : -window.shape[0] // 5 or None]
    middle_columns = window[:, window.shape[1] // 5 : -window.shape[1] // 5 or None]
    left, right = _inner_edges(_column_darkness(middle_rows))
    top, bottom = _inner_edges(_column_darkness(np.ascontiguousarray(middle_columns.T)))
    return (x_min + left, y_min + top, x_max - right, y_max - bottom)


def _inner_edges(darkness: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return how many columns belong to the wall at either end."""
    reach = max(1, int(_EDGE * len(darkness)))
    is_wall = darkness > max(_MIN_WALL, _DARK * float(darkness.max(initial=0)))
    first, last = np.flatnonzero(is_wall[:reach]), np.flatnonzero(is_wall[::-1][:reach])
    return int(first[-1]) + 2 if first.size else 1, int(last[-1]) + 2 if last.size else 1
