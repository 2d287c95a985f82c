"""Find the print in the boxes of a form, such as labels, and the part that is left for writing."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import load_page_model
from numerals.page.grayscale import to_rgb
from numerals.records import Box

Mask = npt.NDArray[np.bool_]

# Tuned on the whole forms among the development pages.
MAP_AREA = 2.0e6
"""Area of the picture that the page network sees, pixels."""
MAX_ENLARGEMENT = 2.5
"""Maximum enlargement of a small picture for the network."""
MIN_PROBABILITY = 0.5
"""Minimum probability of a kind of ink."""
NUMBER_MARGIN = 12
"""Distance around the core of a printed number within which print belongs to it, mask pixels."""
BORDER = 4
"""Border of a box in which print is ignored, pixels of the mask."""
MAX_PRINT_SHARE = 0.012
"""Maximum share of a box that print covers without being a label."""
MIN_FREE_HEIGHT = 0.5
"""Minimum height of the part below or above a label, as a share of the box."""
MIN_FREE_WIDTH, MIN_FREE_ASPECT = 0.5, 1.6
"""Minimum width of the part beside a label, as a share of the box and of its height."""
MIN_EMPTY_RATIO = 0.5
"""Minimum number of empty boxes of a blank form, per box with a printed number."""
MIN_FREE_PIXELS = 20
"""Minimum height of a part, pixels of the mask."""


@dataclass(frozen=True, eq=False)
class FormInk:
    """What the page network sees on a form, as masks of the size of its rules.

    Attributes
    ----------
    label : ndarray of bool, shape (height, width)
        Print other than numbers.
    number : ndarray of bool, shape (height, width)
        Printed numbers.
    mark : ndarray of bool, shape (height, width)
        Rules and other marks.
    """

    label: Mask
    number: Mask
    mark: Mask


def find_form_ink(gray: npt.NDArray[np.uint8], shape: tuple[int, ...]) -> FormInk:
    """Return the print and the marks of a form, as masks of some shape."""
    factor = min(MAX_ENLARGEMENT, float(np.sqrt(MAP_AREA / gray.size)))
    maps = load_page_model().predict_maps(to_rgb(gray), factor)
    reach = max(1, round(NUMBER_MARGIN / maps.scale * max(gray.shape) / max(shape))) * 2 + 1
    number = cv2.dilate(
        (maps.printed > MIN_PROBABILITY).astype(np.uint8), np.ones((reach, reach), np.uint8)
    )
    is_print = maps.print_ink > MIN_PROBABILITY

    def to_mask(values: Mask) -> Mask:
        size = (shape[1], shape[0])
        resized = cv2.resize(values.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        return np.asarray(resized, np.bool_)

    return FormInk(
        to_mask(is_print & (number == 0)),
        to_mask(is_print & (number > 0)),
        to_mask(maps.mark_ink > MIN_PROBABILITY),
    )


def find_labels(boxes: Sequence[Box], ink: FormInk) -> Mask:
    """Return where the labels of a form are.

    Printed numbers are labels if many boxes are empty. Otherwise they are values that were typed.
    """
    n_empty = sum(not _has_print(box, ink.label | ink.number) for box in boxes)
    n_numbers = sum(_has_print(box, ink.number) for box in boxes)
    return ink.label | ink.number if n_empty >= MIN_EMPTY_RATIO * n_numbers else ink.label


def _has_print(box: Box, is_print: Mask) -> bool:
    x_min, y_min, x_max, y_max = box
    window = is_print[y_min + BORDER : y_max - BORDER, x_min + BORDER : x_max - BORDER]
    return bool(window.size and window.mean() > MAX_PRINT_SHARE)


def free_part(box: Box, is_label: Mask) -> Box | None:
    """Return the part of a box that is free of print; None if too little is.

    Parameters
    ----------
    box : Box
        In pixels of the mask.
    is_label : ndarray of bool, shape (height, width)

    Returns
    -------
    Box or None
        The box itself if it contains no label.
    """
    x_min, y_min, x_max, y_max = box
    window = is_label[y_min + BORDER : y_max - BORDER, x_min + BORDER : x_max - BORDER]
    if window.size == 0 or window.mean() <= MAX_PRINT_SHARE:
        return box
    height, width = y_max - y_min, x_max - x_min
    top, bottom = _largest_gap(np.asarray(window.any(axis=1)))
    if bottom - top >= max(MIN_FREE_HEIGHT * height, MIN_FREE_PIXELS):
        return (
            x_min,
            y_min + BORDER + top if top else y_min,
            x_max,
            y_min + BORDER + bottom if bottom < len(window) else y_max,
        )
    left, right = _largest_gap(np.asarray(window.any(axis=0)))
    if right - left >= max(MIN_FREE_WIDTH * width, MIN_FREE_ASPECT * height):
        return (
            x_min + BORDER + left if left else x_min,
            y_min,
            x_min + BORDER + right if right < window.shape[1] else x_max,
            y_max,
        )
    return None


def _largest_gap(is_occupied: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return the start and the end of the longest run of False."""
    edges = np.flatnonzero(np.diff(np.r_[1, is_occupied.astype(np.int8), 1]))
    starts, ends = edges[::2], edges[1::2]
    if not starts.size:
        return 0, 0
    longest = int(np.argmax(ends - starts))
    return int(starts[longest]), int(ends[longest])
