"""Find the orientation of a page in which it reads best, where the page network is not certain."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from numerals.ink import InkLine, PageInk
from numerals.models.page_model import PageModel
from numerals.page.number_detection import find_numbers
from numerals.records import Line

# Scores are values of `orientation_score`.
MIN_UPRIGHT_SCORE = 0.8
"""Minimum score of a page that is accepted as upright at once."""
MIN_SCORE_GAIN = 0.12
"""Minimum gain in score for another orientation to be chosen."""
MIN_TURNED_SCORE = 0.5
"""Minimum score of another orientation."""
MIN_LOG_GAIN = 2.0
"""Minimum gain in the logarithm of the score, summed over digits.

Two short numbers may read slightly better upside down (development pages: 16 as 91, 50 as 05)."""
SCORE_FLOOR = 0.01
"""Minimum score in that logarithm."""
MIN_DIGITS_PER_PAGE, MIN_DIGITS_PER_LINE = 4, 2
"""Minimum number of digits, on the page and per line, for turning a page; letters are read as few
digits."""
MIN_QUARTER_TURN_SHARE = 0.1
"""Minimum share of the writing in an orientation for a quarter turn to be tried."""
N_SAMPLED_LINES = 6
"""Number of lines, the longest ones, that are read in another orientation."""
MIN_SCORED_HEIGHT = 0.5
"""Minimum height of digit-sized ink, line heights; lower ink is a sign or a speck."""

ReadInk = Callable[[PageInk], list[Line]]


def read_upright(
    model: PageModel,
    rgb: npt.NDArray[np.uint8],
    turn: int | None,
    read: ReadInk,
    include_doubtful: bool = False,
) -> tuple[PageInk, list[Line]]:
    """Find and read the numbers on a page that may be rotated by quarter turns.

    Parameters
    ----------
    model : PageModel
    rgb : ndarray of uint8, shape (height, width, 3)
    turn : {0, 90, 180, 270}, optional
        Clockwise rotation of the page, degrees, if it is known.
    read : callable
        Reads the lines of a page's ink.
    include_doubtful : bool, default=False
        Whether to add doubtful numbers where no other number was found, as for tables.

    Returns
    -------
    ink : PageInk
        Ink of the page in the chosen orientation.
    lines : list of Line
    """
    ink = find_numbers(model, rgb, turn, include_doubtful)
    lines = read(ink)
    if (
        turn is not None
        or not ink.lines
        or (first_score := orientation_score(ink, lines)) >= MIN_UPRIGHT_SCORE
    ):
        return ink, lines
    best_score, best_ink = max(first_score + MIN_SCORE_GAIN, MIN_TURNED_SCORE), ink
    for quarters in _candidate_turns(ink):
        other = find_numbers(model, rgb, 90 * quarters, include_doubtful)
        sample = replace(other, lines=_longest_lines(other))
        sample_lines = read(sample)
        score = orientation_score(sample, sample_lines)
        n_digits = sum(len(line.digits) for line in sample_lines)
        if score <= best_score or n_digits < max(
            MIN_DIGITS_PER_PAGE, MIN_DIGITS_PER_LINE * len(sample_lines)
        ):
            continue
        if n_digits * math.log(score / max(first_score, SCORE_FLOOR)) > MIN_LOG_GAIN:
            best_score, best_ink = score, other
    return (ink, lines) if best_ink is ink else (best_ink, read(best_ink))


def orientation_score(ink: PageInk, lines: Sequence[Line]) -> float:
    """Return the mean confidence of digits, where digit-sized ink that was not read counts as 0.

    Each digit counts with its line's confidence: upside down, each digit may resemble another digit
    while the line does not resemble a number.
    """
    confidences = [line.confidence * d.text.isdecimal() for line in lines for d in line.digits]
    n_digit_sized = sum(
        p.height > MIN_SCORED_HEIGHT * line.height for line in ink.lines for p in line.components
    )
    return sum(confidences) / max(len(confidences), n_digit_sized, 1)


def _candidate_turns(ink: PageInk) -> list[int]:
    """Return the quarter turns to try; the network hardly distinguishes half a turn from none."""
    current = round(ink.turn / 90) % 4
    shares = ink.turn_shares
    return [
        q
        for q in range(4)
        if q != current and ((q - current) % 4 == 2 or shares[q] > MIN_QUARTER_TURN_SHARE)
    ]


def _longest_lines(ink: PageInk) -> tuple[InkLine, ...]:
    """Return the lines with the most digit-sized ink, in their order."""
    longest = sorted(ink.lines, key=lambda line: -len(line.components) * line.height)[
        :N_SAMPLED_LINES
    ]
    return tuple(line for line in ink.lines if line in longest)
