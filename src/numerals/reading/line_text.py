"""Characters that a line model rejects: letters, and other ink that is none of a number."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from numerals.records import DOUBT

REJECT = "\ufffd"
"""What a line model's character list has for them."""


def number_character_indices(text: str) -> list[int]:
    """Return which characters of a line belong to its numbers, as indices without spaces.

    Words, which are rejected characters only, are left out, as long as a number is left.

    Examples
    --------
    >>> number_character_indices("45 \ufffd\ufffd")
    [0, 1]
    """
    kept: list[int] = []
    at = 0
    for word in text.split(" "):
        if set(word) != {REJECT}:
            kept += range(at, at + len(word))
        at += len(word)
    return kept


def clean_text(text: str) -> str:
    """Return a line's text without rejected words; a rejected character in a number is in doubt.

    Examples
    --------
    >>> clean_text("45 \ufffd\ufffd"), clean_text("4\ufffd5"), clean_text("\ufffd\ufffd")
    ('45', '4?5', '')
    """
    words = [word.replace(REJECT, DOUBT) for word in text.split(" ") if set(word) != {REJECT}]
    return " ".join(word for word in words if word)


def clean_alternatives(
    alternatives: Sequence[tuple[str, float]], text: str
) -> tuple[tuple[str, float], ...]:
    """Return other readings as `clean_text` has them, each once, with their probabilities."""
    found: dict[str, float] = {}
    for other, probability in alternatives:
        cleaned = clean_text(other.strip(REJECT))
        if cleaned and cleaned != text:
            found[cleaned] = found.get(cleaned, 0.0) + probability
    return tuple(found.items())


_WIDE = 1.3  # line heights
_TIMES_USUAL = 3.0  # of the line's usual gap


def join_with_spaces(
    characters: Sequence[str], spans: Sequence[tuple[float, float]], height: float
) -> str:
    """Return a line's text, with spaces where gaps are much wider than its others.

    Parameters
    ----------
    characters : sequence of str
        Left to right.
    spans : sequence of (float, float), pixels
        Where each begins and ends.
    height : float, pixels
        Of the line's digits.
    """
    gaps = np.array([b[0] - a[1] for a, b in pairwise(spans)], np.float64)
    if gaps.size == 0:
        return "".join(characters)
    usual = max(float(np.median(gaps)), 0.0)
    is_wide = gaps > max(_WIDE * height, _TIMES_USUAL * usual)
    pairs = zip(characters[1:], is_wide.tolist(), strict=True)
    return characters[0] + "".join(" " * wide + character for character, wide in pairs)
