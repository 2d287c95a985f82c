"""What is drawn around writing: circles and boxes about numbers, frames of pages.

It is far higher than the writing, and would pass for it.
"""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.components import Mask, Pieces, square
from numerals.ink.erase import erase
from numerals.ink.normalize import stroke_width

_MOST, _MOST_WITHIN = 50, 300  # pieces looked at, and of those within each, the highest ones
_LEAST_HEIGHT = 10  # pixels: what is lower is dust, and ...
_HIGHER = 1.2  # times the median of what is higher: rings are higher than what is in them
_SURROUNDED = 0.15  # of a piece's height squared: so much of others' lies within a ring
_LOOP = 0.02  # of its outline: smaller holes are where a pen crosses its own stroke
_MOST_LOOPS = 12
_BARE = (1.85, 2.15)  # outlines by the outer one: a ring that touches nothing has one about as long


def erase_rings(gray: npt.NDArray[np.uint8], ink: Pieces) -> tuple[npt.NDArray[np.uint8], Pieces]:
    """Erase circles and boxes around writing, but where they touch it.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter ground.
    ink : Pieces
        Of the same picture.

    Returns
    -------
    gray : ndarray of uint8, shape (height, width)
    ink : Pieces
        Without them; the same objects where there are none.
    """
    gone, thickness = np.zeros_like(ink.mask), 0.0
    for ring in _find_rings(ink):
        outline = _outline(ink, ring)
        if outline is not None:
            x, y, width, height = ink.stats[ring, :4].tolist()
            window = gone[y : y + height, x : x + width]
            np.maximum(window, outline, out=window)
            thickness = max(thickness, stroke_width(outline))
    if not gone.any():
        return gray, ink
    kept = np.asarray(cv2.subtract(ink.mask, gone), np.uint8)
    return erase(gray, gone, kept, round(thickness)), Pieces(kept)


def without_rings(ink: Pieces) -> Pieces:
    """Leave out what is around writing, be it a net of rules, with all that hangs on it."""
    rings = _find_rings(ink)
    if not rings:
        return ink
    return Pieces(ink.split(rings)[1])


def _find_rings(ink: Pieces) -> list[int]:
    """Return which pieces are drawn around others, by number."""
    if len(ink.stats) < 2:  # piece 0 is the paper: a blank page has no other
        return []
    left, top, width, height, _ = ink.stats.T
    x, y, squares = left + width // 2, top + height // 2, height.astype(np.int64) ** 2
    squares[0] = 0  # the paper
    digits = height[1:][height[1:] >= _LEAST_HEIGHT]
    least = _HIGHER * float(np.median(digits)) if digits.size else 0.0
    rings = []
    for i in (1 + np.argsort(-squares[1:]))[:_MOST].tolist():
        if height[i] < max(least, _LEAST_HEIGHT):
            break
        within = (left[i] < x) & (x < left[i] + width[i]) & (top[i] < y) & (y < top[i] + height[i])
        within &= squares < squares[i]
        if squares[within].sum() < _SURROUNDED * squares[i]:
            continue
        inner = np.flatnonzero(within)
        inner = inner[np.argsort(-squares[inner])[:_MOST_WITHIN]]
        around = _is_around(ink.cut_out(i), y[inner] - top[i], x[inner] - left[i])
        if squares[inner[around]].sum() >= _SURROUNDED * squares[i]:
            rings.append(i)
    return rings


def _outline(ink: Pieces, ring: int) -> Mask | None:
    """Return the outline of a ring without the writing that hangs on it, in its box.

    None where it has more loops than a ring with a few digits, as squared paper has.
    """
    piece = np.pad(ink.cut_out(ring), 1)
    loops, nesting = cv2.findContours(piece, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer = [loop for loop, node in zip(loops, nesting[0], strict=True) if node[3] < 0]
    length = max(cv2.arcLength(loop, True) for loop in outer)
    lengths = [found for loop in loops if (found := cv2.arcLength(loop, True)) > _LOOP * length]
    if len(lengths) > _MOST_LOOPS:
        return None
    if len(lengths) == 2 and _BARE[0] < sum(lengths) / length < _BARE[1]:
        return piece[1:-1, 1:-1]
    thickness = round(stroke_width(piece))
    filled = np.zeros_like(piece)
    cv2.drawContours(filled, outer, -1, 255, cv2.FILLED)
    # Strokes that reach out of the ring are narrower than its inside.
    ring_and_inside = cv2.morphologyEx(filled, cv2.MORPH_OPEN, square(6 * thickness + 1))
    inside = cv2.erode(ring_and_inside, square(3 * thickness + 3 | 1), borderValue=0)
    outside = cv2.dilate(ring_and_inside, square(2 * thickness + 1))
    outline = cv2.bitwise_and(piece, cv2.subtract(outside, inside))
    beside = cv2.dilate(cv2.subtract(piece, outline), square(2 * thickness + 1))
    return np.asarray(cv2.subtract(outline, beside), np.uint8)[1:-1, 1:-1]


def _is_around(
    mask: Mask, rows: npt.NDArray[np.int32], columns: npt.NDArray[np.int32]
) -> npt.NDArray[np.bool_]:
    """Tell of each point whether there is ink to its left, to its right, above and below."""
    has_ink = mask > 0
    sides = [
        (has_ink[row, :column].any() and has_ink[row, column:].any())
        and (has_ink[:row, column].any() and has_ink[row:, column].any())
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return np.array(sides, np.bool_)
