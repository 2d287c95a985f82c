"""Dotted base lines, which forms print to write on: found by their even steps, and erased.

Left on the page, their dots read as points between the digits.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import LabeledComponents
from numerals.ink.erase import erase_ink

Picture = npt.NDArray[np.uint8]
_Points = npt.NDArray[np.float64]

_LEAST_DOTS = 6  # of a base line; nobody writes so many points in a row
_MOST = 3000  # dots looked at; a page of more is covered with print
_SMALL = 0.2  # of the writing's height: what is larger is no dot
_FULL = 0.5  # of its box: less of that is ink in small rings and hooks, which are digits
_REACH = 12.0  # dot sizes to the next dot; strokes may hide some of them
_EVEN = 0.2  # of a step: how far a dot may lie from its place
_MOSTLY = 0.8  # share of the steps that must be even


def erase_dotted_rules(
    gray: Picture, ink: LabeledComponents, writing: float
) -> tuple[Picture, LabeledComponents]:
    """Erase the dots of dotted base lines that stand apart from the writing.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter ground.
    ink : Pieces
        Of the same picture.
    writing : float, pixels
        How high the writing is; the rules of a table are none.

    Returns
    -------
    gray : ndarray of uint8, shape (height, width)
    ink : Pieces
        Without the dots; the same objects where there are none.
    """
    stats = ink.stats
    size = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    is_dot = (size.max(axis=1) <= max(_SMALL * writing, 3)) & (size.max(axis=1) <= 2 * size.min(1))
    is_dot &= stats[:, cv2.CC_STAT_AREA] >= _FULL * size.prod(axis=1)
    is_dot[0] = False
    dots = np.flatnonzero(is_dot)
    if not _LEAST_DOTS <= len(dots) <= _MOST:
        return gray, ink
    places, sizes = ink.centers[dots], size[dots].mean(axis=1).astype(np.float64)
    printed = [dots[i] for row in _find_rows(places, sizes) for i in row]
    if not printed:
        return gray, ink
    found, written = ink.split(printed)
    return erase_ink(gray, found, written, int(size[printed].max())), LabeledComponents(written)


def _find_rows(centers: _Points, sizes: _Points) -> list[list[int]]:
    """Return the dots of each base line, by number, from left to right."""
    following = _following(centers, sizes)
    starts = set(range(len(centers))) - {i for i in following if i is not None}
    rows: list[list[int]] = []
    for start in sorted(starts):
        row: list[int] = []
        at: int | None = start
        while at is not None:
            row.append(at)
            at = following[at]
        if len(row) >= _LEAST_DOTS and _is_even(centers[row], float(np.median(sizes[row]))):
            rows.append(row)
    return rows


def _following(centers: _Points, sizes: _Points) -> Sequence[int | None]:
    """Return for each dot the nearest one of its size to its right, each for one dot alone."""
    order = np.argsort(centers[:, 0])
    x, y, size = centers[order, 0], centers[order, 1], sizes[order]
    following: list[int | None] = [None] * len(order)
    is_taken = np.zeros(len(order), bool)
    for i, stop in enumerate(np.searchsorted(x, x + _REACH * size)):
        others = slice(i + 1, stop)
        across, down = x[others] - x[i], np.abs(y[others] - y[i])
        near = (across > 1.2 * size[i]) & (down <= 0.1 * across + 0.3 * size[i])
        near &= (size[others] < 1.6 * size[i]) & (size[i] < 1.6 * size[others]) & ~is_taken[others]
        if near.any():
            chosen = i + 1 + int(np.flatnonzero(near)[0])
            is_taken[chosen] = True
            following[order[i]] = int(order[chosen])
    return following


def _is_even(row: _Points, size: float) -> bool:
    """Whether dots stand in a straight row, at whole multiples of one step."""
    across = np.diff(row[:, 0])
    steps = across / np.median(across)
    is_whole = (np.abs(steps - np.rint(steps)) < _EVEN) & (steps > 0.5)
    slope, level = np.polyfit(row[:, 0], row[:, 1], 1)
    off = np.abs(row[:, 1] - slope * row[:, 0] - level)
    return bool(is_whole.mean() >= _MOSTLY and off.max() <= max(1.0, 0.5 * size))
