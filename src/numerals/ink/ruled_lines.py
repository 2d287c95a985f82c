"""Ruled lines and cell borders: found by their length, removed where no stroke crosses them."""

import cv2
import numpy as np

from numerals.ink.component_labels import LabeledComponents, Mask, mask_of, transpose_mask
from numerals.ink.connected_components import writing_height

_LEAST_LENGTH = 40  # pixels
_SURELY = 0.6  # widths of the picture: whatever is so long and thin is a rule
_PERHAPS = 0.16  # widths of the picture: so long is one, if it is also ...
_TIMES_HEIGHT = 2.5  # ... this many times as long as the writing is high


def remove_rules(ink: LabeledComponents) -> LabeledComponents:
    """Remove horizontal rules, and the vertical ones of a cell, from a picture of one line.

    Returns
    -------
    Pieces
        Without rules, the same object where there are none; strokes that cross one stay whole.
    """
    height, width = ink.mask.shape
    writing = writing_height(ink)
    least = min(_SURELY * width, max(_PERHAPS * width, _TIMES_HEIGHT * writing))
    without, n_rules = _remove_horizontal(ink.mask, int(least))
    # A lone long vertical is a 1 as likely as a border; a cell has horizontals too.
    least = height * (0.4 if n_rules >= 2 else 0.97)
    turned, n_borders = _remove_horizontal(transpose_mask(without), int(least))
    if n_borders:
        return LabeledComponents(transpose_mask(turned))
    return LabeledComponents(without) if n_rules else ink


def _remove_horizontal(mask: Mask, least_length: int) -> tuple[Mask, int]:
    """Return the mask without horizontal rules, and how many there were."""
    least_length = max(least_length, _LEAST_LENGTH)
    if mask.shape[1] < least_length:
        return mask, 0
    # A rule that slopes is a staircase: thickened a little, its steps overlap.
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    run = np.ones((1, max(_LEAST_LENGTH // 2, least_length // 4)), np.uint8)
    long = np.asarray(cv2.bitwise_and(cv2.morphologyEx(thick, cv2.MORPH_OPEN, run), mask), np.uint8)
    joined = np.asarray(cv2.dilate(long, np.ones((3, 5), np.uint8)), np.uint8)
    pieces = LabeledComponents(joined)
    stats = pieces.stats
    length, rise = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_rule = (length >= least_length) & (rise < np.maximum(12, 0.12 * length))
    is_rule[0] = False
    if not is_rule.any():
        return mask, 0
    rules = mask_of(long, pieces.labels, is_rule)
    thickness = np.count_nonzero(rules) / float(length[is_rule].sum())
    # Where a stroke crosses, the ink reaches further up or down than the rule is thick.
    limit = int(max(3.0, 1.7 * thickness))
    crossing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((limit + 1, 1), np.uint8))
    removed = cv2.subtract(cv2.dilate(rules, np.ones((3, 1), np.uint8)), crossing)
    return np.asarray(cv2.subtract(mask, removed), np.uint8), int(is_rule.sum())
