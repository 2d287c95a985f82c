"""Build the text of a line: drop rejected characters and words, insert spaces."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from numerals.models.line_model import REJECT
from numerals.records import REJECTED_TEXT

MIN_SPACE_WIDTH = 1.3
"""Minimum gap that is a space, line heights."""
MIN_SPACE_GAP_RATIO = 3.0
"""Minimum gap that is a space, in units of the line's median gap."""


def number_character_indices(text: str) -> list[int]:
    """Return the indices, spaces not counted, of the characters that belong to numbers.

    Words that consist of rejected characters only are dropped.

    Examples
    --------
    >>> number_character_indices("45 \ufffd\ufffd")
    [0, 1]
    """
    indices: list[int] = []
    index = 0
    for word in text.split(" "):
        if set(word) != {REJECT}:
            indices += range(index, index + len(word))
        index += len(word)
    return indices


def clean_text(text: str) -> str:
    """Return a line's text without rejected words; rejected characters in numbers become ``?``.

    Examples
    --------
    >>> clean_text("45 \ufffd\ufffd"), clean_text("4\ufffd5"), clean_text("\ufffd\ufffd")
    ('45', '4?5', '')
    """
    words = [
        word.replace(REJECT, REJECTED_TEXT) for word in text.split(" ") if set(word) != {REJECT}
    ]
    return " ".join(word for word in words if word)


def clean_alternatives(
    alternatives: Sequence[tuple[str, float]], text: str
) -> tuple[tuple[str, float], ...]:
    """Return the distinct alternatives after `clean_text`, their probabilities added up."""
    cleaned_alternatives: dict[str, float] = {}
    for other, probability in alternatives:
        cleaned = clean_text(other.strip(REJECT))
        if cleaned and cleaned != text:
            cleaned_alternatives[cleaned] = cleaned_alternatives.get(cleaned, 0.0) + probability
    return tuple(cleaned_alternatives.items())


def join_with_spaces(
    characters: Sequence[str], spans: Sequence[tuple[float, float]], height: float
) -> str:
    """Return a line's text with spaces at gaps that are much wider than the others.

    Parameters
    ----------
    characters : sequence of str
        Left to right.
    spans : sequence of (float, float), pixels
        Left and right end of each character.
    height : float, pixels
        Height of the line's digits.
    """
    gaps = np.array([b[0] - a[1] for a, b in pairwise(spans)], np.float64)
    if gaps.size == 0:
        return "".join(characters)
    typical_gap = max(float(np.median(gaps)), 0.0)
    is_wide = gaps > max(MIN_SPACE_WIDTH * height, MIN_SPACE_GAP_RATIO * typical_gap)
    pairs = zip(characters[1:], is_wide.tolist(), strict=True)
    return characters[0] + "".join(" " * wide + character for character, wide in pairs)
