"""Combs: rows of boxes with a digit each, which are one number."""

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

# Chosen on the development pages: vote forms have boxes that stand apart, log books touching ones.
_FILLED = 0.6  # of the darkness of digits: paler ink is printed, to be written over
_INSET = 0.25  # number heights by which a frame is wider than its number at either end
_BEYOND = 0.3  # number heights by which a number may reach beyond its comb
_IN_CELL = 0.3  # of a cell, or of a number's height: what reaches further in is a digit there
_ONE = (0.3, 0.3)  # shares of a cell: how wide a one may be, how high it is at least
_DIGIT_INK = 0.5  # probability of ink that belongs to a number


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


def _members(lines: Sequence[InkLine | None], comb: Comb) -> list[int]:
    """Return the lines whose centers lie between the first and the last cell of a comb."""
    left, right = comb.cells[0][0], comb.cells[-1][2]
    found = []
    for i, line in enumerate(lines):
        if line is None or line.frame is None:
            continue
        x, y = line.frame.center
        nearest = min(comb.cells, key=lambda c: abs(c[0] + c[2] - 2 * x))
        if left - 2 <= x <= right + 2 and nearest[1] <= y <= nearest[3]:
            found.append(i)
    return found


def _reaches_beyond(frame: LineFrame | None, comb: Comb) -> bool:
    if frame is None:
        return False
    margin = (_INSET + _BEYOND) * frame.height
    return frame.left + margin < comb.cells[0][0] or frame.right - margin > comb.cells[-1][2]


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
