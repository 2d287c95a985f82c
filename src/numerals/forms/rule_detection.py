"""Find the printed rules of a form, and the rectangles that they enclose."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.records import Box

Gray = npt.NDArray[np.uint8]

# Tuned on the whole forms among the development pages. Lengths in pixels of a form whose longer
# side has `WORKING_SIDE` pixels: about 7 pixels per millimetre of an A4 sheet.
WORKING_SIDE = 2000
"""Longer side of the picture in which rules are searched."""
MAX_ENLARGEMENT = 3.0
"""Maximum enlargement of a small picture."""
MIN_RULE_LENGTH = 17
"""Minimum length of a straight piece of a rule; strokes of digits are shorter or slanted."""
RULE_CONTRASTS = (7, 3)
"""Minimum contrasts of a rule to the mean of its neighborhood, of 255: usual, and pale print."""
CONTRAST_BLOCK = 31
"""Side of that neighborhood."""
MAX_RULE_GAP = 7
"""Maximum gap in a rule, such as at a corner or between the dots of a dotted rule."""
MIN_BOX_WIDTH, MIN_BOX_HEIGHT = 18, 24
"""Minimum width and height of a box."""
MAX_BOX_SHARE = 0.25
"""Maximum height of a box, as a share of the longer side of the form; more is a frame."""
MIN_BOX_FILL = 0.88
"""Minimum share of its bounding box that the inside of a box fills."""
MAX_GUIDE_RATIO = 6.0
"""Maximum area of a box around a guide for writing, areas of the guide."""
MIN_LINE_LENGTH = 90
"""Minimum length of a line to write on."""
MAX_LINE_HEIGHT = 20
"""Maximum height of such a line, with its slope and the writing that touches it."""
MIN_LINE_SHARE = 0.5
"""Minimum length of the rows of pixels of a line, as a share of the longest."""


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of a form, in pixels of the reduced or enlarged picture.

    Attributes
    ----------
    horizontal, vertical : ndarray of uint8, shape (height, width)
        1 where there is a rule, 0 elsewhere.
    dark : ndarray of uint8, shape (height, width)
        1 where the form is darker than its neighborhood.
    scale : float
        Pixels of the form per pixel of the masks.
    """

    horizontal: Gray
    vertical: Gray
    dark: Gray
    scale: float


def find_rules(gray: Gray, min_contrast: int = RULE_CONTRASTS[0]) -> Rules:
    """Find the horizontal and vertical rules of a form that is about level.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark print on brighter paper.
    min_contrast : int
        Minimum contrast of a rule to its neighborhood, of 255.
    """
    factor = min(WORKING_SIDE / max(gray.shape), MAX_ENLARGEMENT)
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    resized = cv2.GaussianBlur(cv2.resize(gray, size, interpolation=method), (3, 3), 0)
    is_dark = cv2.adaptiveThreshold(
        resized,
        1,
        cv2.ADAPTIVE_THRESH_MEAN_C,
        cv2.THRESH_BINARY_INV,
        CONTRAST_BLOCK,
        min_contrast,
    )
    dark = np.asarray(is_dark, np.uint8)
    return Rules(_runs(dark, (1, 0)), _runs(dark, (0, 1)), dark, 1 / factor)


def _runs(is_dark: Gray, direction: tuple[int, int]) -> Gray:
    """Return the long dark runs in a direction (x, y); a slight slope does not end a run."""
    x, y = direction
    wide = cv2.dilate(is_dark, np.ones((1 + 2 * x, 1 + 2 * y), np.uint8))
    gap = np.ones((1 + MAX_RULE_GAP // 2 * y, 1 + MAX_RULE_GAP // 2 * x), np.uint8)
    closed = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, gap)
    length = (1 + (MIN_RULE_LENGTH - 1) * y, 1 + (MIN_RULE_LENGTH - 1) * x)
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(length, np.uint8))
    # Undo the widening, but keep what closes the gaps.
    return np.asarray(cv2.erode(opened, np.ones((1 + 2 * x, 1 + 2 * y), np.uint8)), np.uint8)


def find_rectangles(rules: Rules) -> list[Box]:
    """Return the insides of the boxes and cells that rules enclose, in pixels of the masks."""
    both = rules.horizontal | rules.vertical
    reach = np.ones((MAX_RULE_GAP // 2, MAX_RULE_GAP // 2), np.uint8)
    walls = cv2.morphologyEx(both, cv2.MORPH_CLOSE, reach)
    contours, hierarchy = cv2.findContours(walls, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if hierarchy is None:
        return []
    max_height = MAX_BOX_SHARE * max(walls.shape)
    boxes = []
    for contour, links in zip(contours, hierarchy[0], strict=True):
        x, y, width, height = cv2.boundingRect(contour)
        is_hole = links[3] >= 0
        if not is_hole or width < MIN_BOX_WIDTH or not MIN_BOX_HEIGHT <= height <= max_height:
            continue
        if cv2.contourArea(contour) >= MIN_BOX_FILL * width * height:
            boxes.append((x + 1, y + 1, x + width - 1, y + height - 1))
    return sorted(set(boxes))


def drop_nested_boxes(boxes: Sequence[Box]) -> list[Box]:
    """Return boxes none of which contains another.

    A box around a comb, or around something much smaller, such as a box to tick, is dropped. A box
    around a guide for writing, such as a pale 8, is kept, and the guide is dropped.
    """
    kept = sorted(boxes, key=_area)
    for outer in tuple(kept):  # the smallest first
        inner = [box for box in kept if box != outer and _contains(outer, box)]
        if not inner:
            continue
        union = (
            min(b[0] for b in inner),
            min(b[1] for b in inner),
            max(b[2] for b in inner),
            max(b[3] for b in inner),
        )
        is_comb = any(a[2] <= b[0] for a in inner for b in inner)
        if is_comb or _area(outer) > MAX_GUIDE_RATIO * _area(union):
            kept.remove(outer)
        else:
            kept = [box for box in kept if box not in inner]
    return sorted(kept)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _contains(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    is_inside = outer[0] < x < outer[2] and outer[1] < y < outer[3]
    return is_inside and _area(inner) < _area(outer)


def find_lines(rules: Rules, boxes: list[Box]) -> list[Box]:
    """Return the horizontal rules that are no border of a box, in pixels of the masks."""
    rest = rules.horizontal.copy()
    margin = 2 * MAX_RULE_GAP
    for x_min, y_min, x_max, y_max in boxes:
        rest[max(0, y_min - margin) : y_max + margin, max(0, x_min - margin) : x_max + margin] = 0
    joined = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((1, 3 * MAX_RULE_GAP), np.uint8))
    n, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    lines = []
    for label, (x, y, width, height, _) in enumerate(stats[1:n].tolist(), start=1):
        if width < MIN_LINE_LENGTH or height > MAX_LINE_HEIGHT:
            continue
        # Writing that touches the line adds to its height, but not to its longest rows.
        share = (labels[y : y + height, x : x + width] == label).mean(axis=1)
        rows = np.flatnonzero(share >= MIN_LINE_SHARE * share.max())
        lines.append((x, y + int(rows[0]), x + width, y + int(rows[-1]) + 1))
    return lines
