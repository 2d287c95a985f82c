"""Where a writer left a space between the characters of a line."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

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
