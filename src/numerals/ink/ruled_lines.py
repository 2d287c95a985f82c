"""Remove ruled lines and cell borders, recognized by their length; crossing strokes remain."""

import cv2
import numpy as np

from numerals.ink.component_labels import LabeledComponents, Mask, mask_of, transpose_mask
from numerals.ink.connected_components import writing_height

MIN_RULE_LENGTH = 40
"""Minimum length of a rule, pixels."""
MIN_CERTAIN_RULE_LENGTH = 0.6
"""Length above which any thin line is a rule, as a share of the picture's width."""
MIN_POSSIBLE_RULE_LENGTH = 0.16
"""Minimum length of a rule, as a share of the picture's width, if `MIN_RULE_ASPECT` holds too."""
MIN_RULE_ASPECT = 2.5
"""Minimum length of a rule shorter than `MIN_CERTAIN_RULE_LENGTH`, in heights of the writing."""


def remove_rules(ink: LabeledComponents) -> LabeledComponents:
    """Remove horizontal rules, and vertical cell borders, from a picture of one line.

    Returns
    -------
    LabeledComponents
        Ink without rules, or the same object if there are none; strokes that cross a rule remain.
    """
    height, width = ink.mask.shape
    height_of_writing = writing_height(ink)
    min_length = min(
        MIN_CERTAIN_RULE_LENGTH * width,
        max(MIN_POSSIBLE_RULE_LENGTH * width, MIN_RULE_ASPECT * height_of_writing),
    )
    without_rules, n_rules = _remove_horizontal_rules(ink.mask, int(min_length))
    # A single long vertical line may be a 1; only a cell has horizontal lines as well.
    min_length = height * (0.4 if n_rules >= 2 else 0.97)
    transposed, n_sides = _remove_horizontal_rules(transpose_mask(without_rules), int(min_length))
    if n_sides:
        return LabeledComponents(transpose_mask(transposed))
    return LabeledComponents(without_rules) if n_rules else ink


def _remove_horizontal_rules(mask: Mask, min_length: int) -> tuple[Mask, int]:
    """Return the mask without horizontal rules, and the number of rules."""
    min_length = max(min_length, MIN_RULE_LENGTH)
    if mask.shape[1] < min_length:
        return mask, 0
    # A sloping rule is a staircase of pixels: after a small dilation its steps overlap.
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    run = np.ones((1, max(MIN_RULE_LENGTH // 2, min_length // 4)), np.uint8)
    long = np.asarray(cv2.bitwise_and(cv2.morphologyEx(thick, cv2.MORPH_OPEN, run), mask), np.uint8)
    joined = np.asarray(cv2.dilate(long, np.ones((3, 5), np.uint8)), np.uint8)
    components = LabeledComponents(joined)
    stats = components.stats
    length, rise = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_rule = (length >= min_length) & (rise < np.maximum(12, 0.12 * length))
    is_rule[0] = False
    if not is_rule.any():
        return mask, 0
    rules = mask_of(long, components.labels, is_rule)
    thickness = np.count_nonzero(rules) / float(length[is_rule].sum())
    # Where a stroke crosses a rule, the ink is higher than the rule is thick.
    limit = int(max(3.0, 1.7 * thickness))
    crossing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((limit + 1, 1), np.uint8))
    removed = cv2.subtract(cv2.dilate(rules, np.ones((3, 1), np.uint8)), crossing)
    return np.asarray(cv2.subtract(mask, removed), np.uint8), int(is_rule.sum())
