"""Erase dotted base lines, which forms print as a guide for writing.

They are recognized by their even spacing. If they are not erased, their dots are read as points
between the digits.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import LabeledComponents, Mask, square_kernel

Picture = npt.NDArray[np.uint8]
_Points = npt.NDArray[np.float64]

MIN_DOTS_PER_RULE = 6
"""Minimum number of dots in a rule; nobody writes so many points in a row."""
MAX_DOTS_PER_PAGE = 3000
"""Maximum number of dots that are analyzed; a page with more is covered with print."""
MAX_DOT_SIZE = 0.2
"""Maximum side of a dot, as a share of the writing's height."""
MIN_DOT_FILL = 0.5
"""Minimum share of its box that a dot fills; small rings and hooks, which are digits, fill less."""
MAX_DOT_DISTANCE = 12.0
"""Maximum distance to the next dot, in dot sizes; strokes may hide dots between."""
MAX_STEP_DEVIATION = 0.2
"""Maximum deviation of a distance from a whole number of steps, in steps."""
MIN_EVEN_STEPS = 0.8
"""Minimum share of the distances that are whole numbers of steps."""
STROKE_MARGIN = 5
"""Side of the square around each remaining ink pixel that is not erased, pixels."""


def erase_dotted_rules(
    gray: Picture, ink: LabeledComponents, writing_height: float
) -> tuple[Picture, LabeledComponents]:
    """Erase the dots of dotted base lines that do not touch the writing.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter background.
    ink : LabeledComponents
        Ink of the same picture.
    writing_height : float, pixels
        Height of the writing.

    Returns
    -------
    gray : ndarray of uint8, shape (height, width)
    ink : LabeledComponents
        Without the dots. Both are the same objects as given where there are no dotted lines.
    """
    stats = ink.stats
    size = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    is_dot = (size.max(axis=1) <= max(MAX_DOT_SIZE * writing_height, 3)) & (
        size.max(axis=1) <= 2 * size.min(1)
    )
    is_dot &= stats[:, cv2.CC_STAT_AREA] >= MIN_DOT_FILL * size.prod(axis=1)
    is_dot[0] = False
    dots = np.flatnonzero(is_dot)
    if not MIN_DOTS_PER_RULE <= len(dots) <= MAX_DOTS_PER_PAGE:
        return gray, ink
    centers, sizes = ink.centers[dots], size[dots].mean(axis=1).astype(np.float64)
    rule_dots = [dots[i] for row in _find_dot_rows(centers, sizes) for i in row]
    if not rule_dots:
        return gray, ink
    dot_mask, remaining = ink.split(rule_dots)
    return erase_ink(gray, dot_mask, remaining, int(size[rule_dots].max())), LabeledComponents(
        remaining
    )


def _find_dot_rows(centers: _Points, sizes: _Points) -> list[list[int]]:
    """Return the indices of the dots of each rule, from left to right."""
    next_dot = _next_dots(centers, sizes)
    starts = set(range(len(centers))) - {i for i in next_dot if i is not None}
    rows: list[list[int]] = []
    for start in sorted(starts):
        row: list[int] = []
        at: int | None = start
        while at is not None:
            row.append(at)
            at = next_dot[at]
        if len(row) >= MIN_DOTS_PER_RULE and _is_dotted_rule(
            centers[row], float(np.median(sizes[row]))
        ):
            rows.append(row)
    return rows


def _next_dots(centers: _Points, sizes: _Points) -> Sequence[int | None]:
    """Return for each dot the index of the nearest similar dot to its right, used only once."""
    order = np.argsort(centers[:, 0])
    x, y, size = centers[order, 0], centers[order, 1], sizes[order]
    next_dot: list[int | None] = [None] * len(order)
    is_taken = np.zeros(len(order), bool)
    for i, stop in enumerate(np.searchsorted(x, x + MAX_DOT_DISTANCE * size)):
        others = slice(i + 1, stop)
        dx, dy = x[others] - x[i], np.abs(y[others] - y[i])
        near = (dx > 1.2 * size[i]) & (dy <= 0.1 * dx + 0.3 * size[i])
        near &= (size[others] < 1.6 * size[i]) & (size[i] < 1.6 * size[others]) & ~is_taken[others]
        if near.any():
            chosen = i + 1 + int(np.flatnonzero(near)[0])
            is_taken[chosen] = True
            next_dot[order[i]] = int(order[chosen])
    return next_dot


def _is_dotted_rule(row: _Points, size: float) -> bool:
    """Return whether dots form a straight row and are spaced by whole multiples of one step."""
    dx = np.diff(row[:, 0])
    steps = dx / np.median(dx)
    is_whole = (np.abs(steps - np.rint(steps)) < MAX_STEP_DEVIATION) & (steps > 0.5)
    slope, level = np.polyfit(row[:, 0], row[:, 1], 1)
    deviation = np.abs(row[:, 1] - slope * row[:, 0] - level)
    return bool(is_whole.mean() >= MIN_EVEN_STEPS and deviation.max() <= max(1.0, 0.5 * size))


def erase_ink(
    gray: npt.NDArray[np.uint8], removed: Mask, remaining: Mask, thickness: int
) -> npt.NDArray[np.uint8]:
    """Replace some ink of a picture with the paper around it.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter background.
    removed, remaining : ndarray of uint8, shape (height, width)
        255 for ink to erase, and for all other ink.
    thickness : int, pixels
        Thickness of the erased ink.
    """
    # Erase the soft edge of the removed ink too, but not the edge of a stroke beside it.
    around = cv2.dilate(removed, square_kernel(thickness // 2 * 2 + 3))
    strokes = cv2.dilate(remaining, square_kernel(STROKE_MARGIN))
    around[(strokes > 0) & (removed == 0)] = 0
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, square_kernel(2 * thickness + 5))
    return np.where(around > 0, paper, gray).astype(np.uint8)
