"""Ruled lines and cell borders: found by their length, removed where no stroke crosses them."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.parts import find_parts, typical_height

Mask = npt.NDArray[np.uint8]

_LEAST_LENGTH = 40  # pixels
_SURELY = 0.6  # widths of the picture: whatever is so long and thin is a rule
_PERHAPS = 0.16  # widths of the picture: so long is one, if it is also ...
_TIMES_HEIGHT = 2.5  # ... this many times as long as the writing is high


def remove_rules(mask: Mask) -> Mask:
    """Remove horizontal rules, and the vertical ones of a table.

    Parameters
    ----------
    mask : ndarray of uint8, shape (height, width)
        255 where there is ink.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        The mask without rules; strokes that cross one stay whole.
    """
    height, width = mask.shape
    writing = typical_height(find_parts(mask))
    least = min(_SURELY * width, max(_PERHAPS * width, _TIMES_HEIGHT * writing))
    without, n_rules = _remove_horizontal(mask, int(least))
    # A lone long vertical is a 1 as likely as a border; a table has horizontals too.
    least = height * (0.4 if n_rules >= 2 else 0.97)
    turned, _ = _remove_horizontal(np.ascontiguousarray(without.T), int(least))
    return np.ascontiguousarray(turned.T)


def _remove_horizontal(mask: Mask, least_length: int) -> tuple[Mask, int]:
    """Return the mask without horizontal rules, and how many there were."""
    least_length = max(least_length, _LEAST_LENGTH)
    if mask.shape[1] < least_length:
        return mask, 0
    # A rule that slopes is a staircase: thickened a little, its steps overlap.
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    run = np.ones((1, max(_LEAST_LENGTH // 2, least_length // 4)), np.uint8)
    long = cv2.bitwise_and(cv2.morphologyEx(thick, cv2.MORPH_OPEN, run), mask)
    joined = cv2.dilate(long, np.ones((3, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    length, rise = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_rule = (length >= least_length) & (rise < np.maximum(12, 0.12 * length))
    is_rule[0] = False
    if not is_rule.any():
        return mask, 0
    rules = is_rule[labels] & (long > 0)
    runs = _vertical_runs(mask)
    # Where a stroke crosses, the ink reaches further up or down than the rule is thick.
    is_thin = runs <= max(3.0, 1.7 * float(np.median(runs[rules])))
    removed = cv2.dilate((rules & is_thin).astype(np.uint8), np.ones((3, 1), np.uint8)) > 0
    return np.where(removed & is_thin, 0, mask).astype(np.uint8), int(is_rule.sum())


def _vertical_runs(mask: Mask) -> npt.NDArray[np.int32]:
    """Return, for each ink pixel, how long the vertical run of ink is that it is part of."""
    height, width = mask.shape
    ink = np.zeros((height + 2, width), np.int8)
    ink[1:-1] = mask > 0
    change = np.diff(ink, axis=0)  # (height + 1, width)
    columns, starts = np.nonzero(change.T == 1)
    _, ends = np.nonzero(change.T == -1)
    lengths = (ends - starts).astype(np.int32)
    runs = np.zeros((height + 1, width), np.int32)
    runs[starts, columns] = lengths
    runs[ends, columns] -= lengths
    return np.cumsum(runs, axis=0)[:-1].astype(np.int32)
