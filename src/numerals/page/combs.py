"""Combs: rows of boxes with a digit each, which are one number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.frame import LineFrame
from numerals.ink.lines import InkLine
from numerals.models.page_model import PageMaps
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
_DARK = 0.4  # of the darkest column: what belongs to a wall
_EDGE = 0.1  # cell sizes: what is left of a wall lies no further inside
_BESIDE = 0.08  # cell widths: how far beside the gap between two cells their walls may lie
_FILLED = 0.6  # of the darkness of digits: paler ink is printed, to be written over
_INSET = 0.25  # number heights by which a frame is wider than its number at either end
_BEYOND = 0.3  # number heights by which a number may reach beyond its comb
_IN_CELL = 0.3  # of a cell, or of a number's height: so much of a number is a digit in the cell
_ONE = (0.3, 0.3)  # shares of a cell: how wide a one may be, how high it is at least
_DIGIT_INK = 0.5  # probability of ink that belongs to a number
_MIN_WALL = 8  # of 255: a wall is so much darker than paper


@dataclass(frozen=True)
class Comb:
    """A row of cells, from left to right, each the inside of a box in pixels of the page."""

    cells: tuple[Box, ...]


def join_combs(
    lines: Sequence[InkLine], gray: _Gray, maps: PageMaps
) -> tuple[list[InkLine], _Gray]:
    """Put digits in the boxes of a comb together, and take its boxes out of the picture.

    Parameters
    ----------
    lines : sequence of InkLine
        Numbers with frames, in reading order.
    gray : ndarray of uint8, shape (height, width)
        Dark ink on brighter paper.
    maps : PageMaps
        They tell digits from crosses.

    Returns
    -------
    lines : list of InkLine
        A comb's number stands where its first digit stood.
    gray : ndarray of uint8, shape (height, width)
        The same object where there is no comb.
    """
    height = float(np.median([line.frame.height for line in lines if line.frame] or [0]))
    combs = find_combs(gray, height) if lines else []
    remaining: list[InkLine | None] = list(lines)
    cleaned = gray
    for comb in combs:
        members = _members(remaining, comb)
        if not members or any(_reaches_beyond(lines[i].frame, comb) for i in members):
            continue  # of a comb some of whose boxes were not seen, digits would be lost
        if cleaned is gray:
            cleaned = gray.copy()
        filled = filled_cells(gray, comb, [lines[i] for i in members], maps)
        erase_boxes(cleaned, comb, filled)
        first = min(members)
        joined = _join([lines[i] for i in members], filled)
        for i in members:
            remaining[i] = None
        remaining[first] = joined
    return [line for line in remaining if line is not None], cleaned


def find_combs(gray: _Gray, number_height: float) -> list[Comb]:
    """Return the combs of a page whose numbers are about so high, in pixels."""
    cells = find_boxes(gray, number_height)
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


def find_boxes(gray: _Gray, number_height: float) -> list[Box]:
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
    """Drop boxes that lie within others, such as printed eights to write over."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda b: (b[0] - b[2]) * (b[3] - b[1])):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if not any(b[0] < x < b[2] and b[1] < y < b[3] for b in kept):
            kept.append(box)
    return sorted(kept)


def _right_neighbor(cell: Box, cells: Sequence[Box]) -> int | None:
    width, height = cell[2] - cell[0], cell[3] - cell[1]
    best, best_gap = None, _MAX_GAP * width
    for i, other in enumerate(cells):
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
    is_stacked = any(_is_below(cell, other) for cell in (left, right) for other in cells)
    return width <= _COMB_ASPECT * height and not is_stacked


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


def _members(lines: Sequence[InkLine | None], comb: Comb) -> list[int]:
    """Return the lines whose centers lie between the first and the last cell of a comb."""
    left, right = comb.cells[0][0], comb.cells[-1][2]
    found = []
    for i, line in enumerate(lines):
        if line is None or line.frame is None:
            continue
        x, y = _center(line.frame)
        nearest = min(comb.cells, key=lambda c: abs(c[0] + c[2] - 2 * x))
        if left - 2 <= x <= right + 2 and nearest[1] <= y <= nearest[3]:
            found.append(i)
    return found


def _reaches_beyond(frame: LineFrame | None, comb: Comb) -> bool:
    if frame is None:
        return False
    margin = (_INSET + _BEYOND) * frame.height
    return frame.left + margin < comb.cells[0][0] or frame.right - margin > comb.cells[-1][2]


def _center(frame: LineFrame) -> tuple[float, float]:
    half = (frame.right - frame.left) / 2
    return frame.left + half, frame.middle + frame.slope * half


def filled_cells(gray: _Gray, comb: Comb, members: Sequence[InkLine], maps: PageMaps) -> list[Box]:
    """Return the cells of a comb that numbers reach into, and those with a digit as dark as theirs.

    What is paler is printed there to write over. A one over a printed eight is easily missed by the
    page network; a cross is wider.
    """
    frames = [line.frame for line in members if line.frame is not None]
    is_found = [any(_reaches_into(frame, cell) for frame in frames) for cell in comb.cells]
    darkness = [
        _ink_darkness(gray, cell) for cell, is_in in zip(comb.cells, is_found, strict=True) if is_in
    ]
    if not darkness:
        return list(comb.cells)
    min_darkness = _FILLED * float(np.median(darkness))
    return [
        cell
        for cell, is_in in zip(comb.cells, is_found, strict=True)
        if is_in
        or _has_stroke(gray, cell, min_darkness)
        or (_ink_darkness(gray, cell) >= min_darkness and _has_digit(maps, cell))
    ]


def _has_stroke(gray: _Gray, cell: Box, min_darkness: float) -> bool:
    """Return whether the dark ink in a cell is as narrow and as high as a one."""
    window = gray[cell[1] : cell[3], cell[0] : cell[2]]
    if window.size == 0:
        return False
    is_dark = np.asarray(window < np.percentile(window, 75) - min_darkness, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(is_dark, connectivity=8)
    x, y, width, height, _ = max(stats[1:].tolist(), key=lambda s: s[4], default=[0] * 5)
    is_inside = x > 0 and y > 0 and x + width < window.shape[1] and y + height < window.shape[0]
    return bool(
        is_inside
        and width <= _ONE[0] * window.shape[1]
        and height >= _ONE[1] * window.shape[0]
        and is_dark.sum() < 2 * stats[1:, 4].max()
    )


def _reaches_into(frame: LineFrame, cell: Box) -> bool:
    """Return whether a number's digits, but for the room left around them, lie in a cell."""
    inset = _INSET * frame.height
    shared = min(cell[2], frame.right - inset) - max(cell[0], frame.left + inset)
    return shared > _IN_CELL * min(cell[2] - cell[0], frame.height)


def _has_digit(maps: PageMaps, cell: Box) -> bool:
    """Return whether the ink in a cell is rather a number's than a mark's."""
    x_min, y_min, x_max, y_max = (int(v / maps.scale) for v in cell)
    window = (slice(y_min, y_max + 1), slice(x_min, x_max + 1))
    number, mark = maps.number_ink[window], maps.mark_ink[window]
    return bool(number.size and number.max() > _DIGIT_INK and number.sum() > mark.sum())


def _ink_darkness(gray: _Gray, cell: Box) -> float:
    window = gray[cell[1] : cell[3], cell[0] : cell[2]]
    if window.size == 0:
        return 0.0
    paper, ink = np.percentile(window, (75, 2))
    return float(paper - ink)


def _join(members: Sequence[InkLine], cells: Sequence[Box]) -> InkLine:
    """Return the number that digits in the cells of a comb are."""
    frames = [line.frame for line in members if line.frame is not None]
    centers = np.array([_center(frame) for frame in frames])
    cell_height = min(cell[3] - cell[1] for cell in cells)
    height = min(float(np.median([frame.height for frame in frames])), 0.9 * cell_height)
    left, right = float(cells[0][0]), float(cells[-1][2])
    rise = (cells[-1][1] + cells[-1][3] - cells[0][1] - cells[0][3]) / 2
    slope = rise / max(right - left, 1.0) if len(cells) > 1 else 0.0
    center_y = float(np.median(centers[:, 1] - slope * (centers[:, 0] - left)))
    parts = tuple(part for line in members for part in line.parts)
    return replace(
        members[0],
        parts=parts,
        frame=LineFrame(left, right, center_y, slope, height),
        is_printed=False,  # nobody prints digits into boxes to be filled in
        score=min(line.score for line in members),
        purity=float(np.mean([line.purity for line in members])),
    )


def erase_boxes(gray: _Gray, comb: Comb, filled: Sequence[Box]) -> None:
    """Paint all of a comb but the insides of its filled cells as paper."""
    width = max(cell[2] - cell[0] for cell in comb.cells)
    margin = max(4, width // 2)
    x_min, y_min = min(c[0] for c in comb.cells), min(c[1] for c in comb.cells)
    x_max, y_max = max(c[2] for c in comb.cells), max(c[3] for c in comb.cells)
    rows = slice(max(0, y_min - margin), y_max + margin)
    columns = slice(max(0, x_min - margin), x_max + margin)
    window = gray[rows, columns]
    is_outside = np.ones(window.shape, np.bool_)
    for cell in filled:
        inner = (
            slice(cell[1] - rows.start, cell[3] - rows.start),
            slice(cell[0] - columns.start, cell[2] - columns.start),
        )
        is_outside[inner] = False
    inside = window[~is_outside]
    if inside.size:
        window[is_outside] = np.uint8(np.percentile(inside, 75))
