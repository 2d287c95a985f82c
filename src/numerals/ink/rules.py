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
    thickness = np.count_nonzero(rules) / float(length[is_rule].sum())
    # Where a stroke crosses, the ink reaches further up or down than the rule is thick.
    limit = int(max(3.0, 1.7 * thickness))
    crossing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((limit + 1, 1), np.uint8))
    removed = cv2.dilate(rules.astype(np.uint8), np.ones((3, 1), np.uint8)) > 0
    return np.where(removed & (crossing == 0), 0, mask).astype(np.uint8), int(is_rule.sum())
