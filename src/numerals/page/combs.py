"""Join the digits in combs, which are rows of boxes with one digit each, into numbers."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.models.page_model import PageMaps
from numerals.page.comb_boxes import Comb, find_combs
from numerals.records import Box

_Gray = npt.NDArray[np.uint8]

# Tuned on the development pages: vote forms with separate boxes, log books with touching ones.
MIN_DIGIT_DARKNESS = 0.6
"""Minimum darkness of written digits, in median darknesses; paler ink is a guide."""
FRAME_INSET = 0.25
"""Margin of a frame at either end of its number, number heights."""
MAX_COMB_OVERHANG = 0.3
"""Maximum distance by which a number extends beyond its comb, number heights."""
MIN_CELL_OVERLAP = 0.3
"""Minimum overlap of a number with a cell, as a share of the cell or of its height."""
ONE_SIZE = (0.3, 0.3)
"""Maximum width and minimum height of a 1, as shares of the cell."""
MIN_DIGIT_INK = 0.5
"""Minimum probability of ink that belongs to a number."""


def join_combs(
    lines: Sequence[InkLine], gray: _Gray, maps: PageMaps
) -> tuple[list[InkLine], _Gray]:
    """Join the digits in each comb into one number, and erase the comb's boxes.

    Parameters
    ----------
    lines : sequence of InkLine
        Numbers with frames, in reading order.
    gray : ndarray of uint8, shape (height, width)
        Dark ink on brighter paper.
    maps : PageMaps
        Probabilities that distinguish digits from crosses.

    Returns
    -------
    lines : list of InkLine
        The number of a comb takes the position of the comb's first digit.
    gray : ndarray of uint8, shape (height, width)
        The same object where there is no comb.
    """
    height = float(np.median([line.frame.height for line in lines if line.frame] or [0]))
    combs = find_combs(gray, height) if lines else []
    remaining: list[InkLine | None] = list(lines)
    cleaned = gray
    for comb in combs:
        members = _lines_in_comb(remaining, comb)
        if not members or any(_reaches_beyond(lines[i].frame, comb) for i in members):
            continue  # some boxes of the comb were not detected: digits would be lost
        if cleaned is gray:
            cleaned = gray.copy()
        filled_boxes = filled_cells(gray, comb, [lines[i] for i in members], maps)
        erase_boxes(cleaned, comb, filled_boxes)
        first = min(members)
        joined = _join_digits([lines[i] for i in members], filled_boxes)
        for i in members:
            remaining[i] = None
        remaining[first] = joined
    return [line for line in remaining if line is not None], cleaned


def _lines_in_comb(lines: Sequence[InkLine | None], comb: Comb) -> list[int]:
    """Return the indices of the lines whose centers lie in the cells of a comb."""
    left, right = comb.cells[0][0], comb.cells[-1][2]
    indices = []
    for i, line in enumerate(lines):
        if line is None or line.frame is None:
            continue
        x, y = line.frame.center
        nearest = min(comb.cells, key=lambda c: abs(c[0] + c[2] - 2 * x))
        if left - 2 <= x <= right + 2 and nearest[1] <= y <= nearest[3]:
            indices.append(i)
    return indices


def _reaches_beyond(frame: LineFrame | None, comb: Comb) -> bool:
    if frame is None:
        return False
    margin = (FRAME_INSET + MAX_COMB_OVERHANG) * frame.height
    return frame.left + margin < comb.cells[0][0] or frame.right - margin > comb.cells[-1][2]


def filled_cells(gray: _Gray, comb: Comb, members: Sequence[InkLine], maps: PageMaps) -> list[Box]:
    """Return the cells of a comb that hold a digit.

    These are the cells that a detected number overlaps, and those with a digit as dark as the
    detected ones; paler digits are printed as guides for writing. The page network often misses a 1
    that is written over a printed 8; a cross is wider than a 1.
    """
    frames = [line.frame for line in members if line.frame is not None]
    is_reached_by_line = [
        any(_reaches_into(frame, cell) for frame in frames) for cell in comb.cells
    ]
    darkness = [
        _ink_darkness(gray, cell)
        for cell, is_reached in zip(comb.cells, is_reached_by_line, strict=True)
        if is_reached
    ]
    if not darkness:
        return list(comb.cells)
    min_darkness = MIN_DIGIT_DARKNESS * float(np.median(darkness))
    return [
        cell
        for cell, is_reached in zip(comb.cells, is_reached_by_line, strict=True)
        if is_reached
        or _has_one(gray, cell, min_darkness)
        or (_ink_darkness(gray, cell) >= min_darkness and _has_digit(maps, cell))
    ]


def _has_one(gray: _Gray, cell: Box, min_darkness: float) -> bool:
    """Return whether the dark ink in a cell is as narrow and as high as a 1."""
    window = gray[cell[1] : cell[3], cell[0] : cell[2]]
    if window.size == 0:
        return False
    is_dark = np.asarray(window < np.percentile(window, 75) - min_darkness, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(is_dark, connectivity=8)
    x, y, width, height, _ = max(stats[1:].tolist(), key=lambda s: s[4], default=[0] * 5)
    is_inside = x > 0 and y > 0 and x + width < window.shape[1] and y + height < window.shape[0]
    return bool(
        is_inside
        and width <= ONE_SIZE[0] * window.shape[1]
        and height >= ONE_SIZE[1] * window.shape[0]
        and is_dark.sum() < 2 * stats[1:, 4].max()
    )


def _reaches_into(frame: LineFrame, cell: Box) -> bool:
    """Return whether a number, without the margins of its frame, overlaps a cell."""
    inset = FRAME_INSET * frame.height
    shared = min(cell[2], frame.right - inset) - max(cell[0], frame.left + inset)
    return shared > MIN_CELL_OVERLAP * min(cell[2] - cell[0], frame.height)


def _has_digit(maps: PageMaps, cell: Box) -> bool:
    """Return whether the ink in a cell belongs to a number rather than to a mark."""
    x_min, y_min, x_max, y_max = (int(v / maps.scale) for v in cell)
    window = (slice(y_min, y_max + 1), slice(x_min, x_max + 1))
    number, mark = maps.number_ink[window], maps.mark_ink[window]
    return bool(number.size and number.max() > MIN_DIGIT_INK and number.sum() > mark.sum())


def _ink_darkness(gray: _Gray, cell: Box) -> float:
    window = gray[cell[1] : cell[3], cell[0] : cell[2]]
    if window.size == 0:
        return 0.0
    paper, ink = np.percentile(window, (75, 2))
    return float(paper - ink)


def _join_digits(members: Sequence[InkLine], cells: Sequence[Box]) -> InkLine:
    """Return the number that the digits in the cells of a comb form."""
    frames = [line.frame for line in members if line.frame is not None]
    centers = np.array([frame.center for frame in frames])
    cell_height = min(cell[3] - cell[1] for cell in cells)
    height = min(float(np.median([frame.height for frame in frames])), 0.9 * cell_height)
    left, right = float(cells[0][0]), float(cells[-1][2])
    rise = (cells[-1][1] + cells[-1][3] - cells[0][1] - cells[0][3]) / 2
    slope = rise / max(right - left, 1.0) if len(cells) > 1 else 0.0
    center_y = float(np.median(centers[:, 1] - slope * (centers[:, 0] - left)))
    components = tuple(component for line in members for component in line.components)
    return replace(
        members[0],
        components=components,
        frame=LineFrame(left, right, center_y, slope, height),
        is_printed=False,  # digits in boxes to be filled in are handwritten
        score=min(line.score for line in members),
        purity=float(np.mean([line.purity for line in members])),
    )


def erase_boxes(gray: _Gray, comb: Comb, filled_boxes: Sequence[Box]) -> None:
    """Fill a comb with the level of its paper in place, except inside its filled cells."""
    width = max(cell[2] - cell[0] for cell in comb.cells)
    margin = max(4, width // 2)
    x_min, y_min = min(c[0] for c in comb.cells), min(c[1] for c in comb.cells)
    x_max, y_max = max(c[2] for c in comb.cells), max(c[3] for c in comb.cells)
    rows = slice(max(0, y_min - margin), y_max + margin)
    columns = slice(max(0, x_min - margin), x_max + margin)
    window = gray[rows, columns]
    is_outside = np.ones(window.shape, np.bool_)
    for cell in filled_boxes:
        inner = (
            slice(cell[1] - rows.start, cell[3] - rows.start),
            slice(cell[0] - columns.start, cell[2] - columns.start),
        )
        is_outside[inner] = False
    inside = window[~is_outside]
    if inside.size:
        window[is_outside] = np.uint8(np.percentile(inside, 75))
