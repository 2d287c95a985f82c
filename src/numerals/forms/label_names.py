"""Name the fields of a form by the text that is printed beside or above them."""

import re
from collections.abc import Sequence

from numerals.forms.template import RESERVED_NAMES
from numerals.images.printed_texts import PrintedText
from numerals.records import Box

MAX_LABEL = 40
"""Maximum length of a label, characters."""
MAX_LEFT_DISTANCE = 0.35
"""Maximum distance of a label to the left of a box, as a share of the width of the form."""
MIN_ROW_OVERLAP = 0.4
"""Minimum vertical overlap of a box and a label beside it, as a share of the label's height."""
MAX_ABOVE_DISTANCE = 1.2
"""Maximum distance of a label above a box, box heights."""

_END = re.compile(r"[\s:.*_…]+$")
_Rect = tuple[float, float, float, float]


def name_by_labels(
    boxes: Sequence[Box], texts: Sequence[PrintedText], shape: tuple[int, ...]
) -> list[str]:
    """Return a name for each box; empty where no label was found.

    Parameters
    ----------
    boxes : sequence of Box
    texts : sequence of PrintedText
    shape : (height, width)
        Of the form, pixels.

    Returns
    -------
    list of str
        All different, apart from empty ones.
    """
    height, width = shape[:2]
    scaled = [
        (clean_label(each.text), _scale(each.box, width, height))
        for each in texts
        if clean_label(each.text)
    ]
    labels = [_left_label(box, boxes, scaled, width) or _label_above(box, scaled) for box in boxes]
    return make_unique(labels)


def clean_label(text: str) -> str:
    """Return a label without trailing punctuation; empty if it has no letters.

    Examples
    --------
    >>> clean_label("Crew number: "), clean_label("12.")
    ('Crew number', '')
    """
    label = _END.sub("", " ".join(text.split()))[:MAX_LABEL].strip()
    is_name = any(character.isalpha() for character in label) and label.isprintable()
    return label if is_name else ""


def make_unique(labels: Sequence[str]) -> list[str]:
    """Return labels with a number where one is repeated, or names a column of the results."""
    used = set(RESERVED_NAMES)
    names = []
    for label in labels:
        name, count = label, 1
        while name and name in used:
            count += 1
            name = f"{label} {count}"
        used.add(name)
        names.append(name)
    return names


def _scale(box: _Rect, width: int, height: int) -> _Rect:
    return (box[0] * width, box[1] * height, box[2] * width, box[3] * height)


def _left_label(
    box: Box, boxes: Sequence[Box], texts: Sequence[tuple[str, _Rect]], width: int
) -> str:
    """Return the nearest text to the left, if no other box is between."""
    best, best_distance = "", MAX_LEFT_DISTANCE * width
    for label, rect in texts:
        overlap = min(box[3], rect[3]) - max(box[1], rect[1])
        distance = box[0] - rect[2]
        margin = (box[3] - box[1]) / 2
        is_beside = overlap >= MIN_ROW_OVERLAP * (rect[3] - rect[1]) and distance >= -margin
        if is_beside and distance < best_distance and not _is_between(box, rect, boxes):
            best, best_distance = label, distance
    return best


def _is_between(box: Box, rect: _Rect, boxes: Sequence[Box]) -> bool:
    middle = (box[1] + box[3]) / 2
    return any(
        rect[2] <= (other[0] + other[2]) / 2 < box[0] and other[1] < middle < other[3]
        for other in boxes
        if other != box
    )


def _label_above(box: Box, texts: Sequence[tuple[str, _Rect]]) -> str:
    """Return the nearest text above that begins within the width of the box."""
    best, best_distance = "", MAX_ABOVE_DISTANCE * (box[3] - box[1])
    for label, rect in texts:
        distance = box[1] - rect[3]
        overlap = min(box[2], rect[2]) - max(box[0], rect[0])
        is_above = overlap > 0.5 * min(box[2] - box[0], rect[2] - rect[0])
        if is_above and -0.3 * (rect[3] - rect[1]) <= distance < best_distance:
            best, best_distance = label, distance
    return best
