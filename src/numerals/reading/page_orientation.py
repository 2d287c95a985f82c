"""Which way up a page is, where the page network is not sure: the way in which it reads best."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from numerals.ink import InkLine, PageInk
from numerals.models.page_model import PageModel
from numerals.page.number_detection import find_numbers
from numerals.records import Line

_READS_WELL = 0.8  # evidence: a page that reads so well is upright
_BETTER = 0.12  # evidence: so much more for another way up turns the page
_READABLE = 0.5  # evidence: the least for turning a page
_MIN_GAIN = 2.0  # natural logarithm of the evidence, summed over digits: two short numbers may
# read a little better upside down (development pages: 16 as 91, 50 as 05)
_NO_EVIDENCE = 0.01  # what counts as none
_MIN_DIGITS, _MIN_PER_LINE = 4, 2  # the least that turns a page; letters pass for fewer
_MIN_SHARE = 0.1  # of the writing that must lie so before a quarter turn is tried
_SAMPLE = 6  # lines, the longest, that are read to judge a way up
_HIGH = 0.5  # line heights: what is lower is a sign, or a speck

ReadInk = Callable[[PageInk], list[Line]]


def read_upright(
    model: PageModel,
    rgb: npt.NDArray[np.uint8],
    turn: int | None,
    read: ReadInk,
    include_doubtful: bool = False,
) -> tuple[PageInk, list[Line]]:
    """Find and read the numbers on a page that may lie turned by quarters.

    Parameters
    ----------
    model : PageModel
    rgb : ndarray of uint8, shape (height, width, 3)
    turn : {0, 90, 180, 270}, optional
        How far the page is turned clockwise, degrees, if that is known.
    read : callable
        Reads the lines of a page's ink.
    include_doubtful : bool, default=False
        Whether doubtful numbers count where there are no others, as for tables.

    Returns
    -------
    ink : PageInk
        Of the page that was turned back.
    lines : list of Line
    """
    ink = find_numbers(model, rgb, turn, include_doubtful)
    lines = read(ink)
    if turn is not None or not ink.lines or (base := orientation_score(ink, lines)) >= _READS_WELL:
        return ink, lines
    best, best_ink = max(base + _BETTER, _READABLE), ink
    for quarters in _other_ways(ink):
        other = find_numbers(model, rgb, 90 * quarters, include_doubtful)
        sample = replace(other, lines=_longest(other))
        read_so = read(sample)
        found = orientation_score(sample, read_so)
        n_digits = sum(len(line.digits) for line in read_so)
        if found <= best or n_digits < max(_MIN_DIGITS, _MIN_PER_LINE * len(read_so)):
            continue
        if n_digits * math.log(found / max(base, _NO_EVIDENCE)) > _MIN_GAIN:
            best, best_ink = found, other
    return (ink, lines) if best_ink is ink else (best_ink, read(best_ink))


def orientation_score(ink: PageInk, lines: Sequence[Line]) -> float:
    """Return how well a page reads: the mean confidence, 0 for digit-sized ink that was not read.

    A digit counts with its line's confidence: upside down, each digit may look like some digit, and
    the whole still like no number.
    """
    sure = [line.confidence * d.text.isdecimal() for line in lines for d in line.digits]
    written = sum(p.height > _HIGH * line.height for line in ink.lines for p in line.components)
    return sum(sure) / max(len(sure), written, 1)


def _other_ways(ink: PageInk) -> list[int]:
    """Return the quarter turns to try; half a turn looks to the network much like none."""
    now = round(ink.turn / 90) % 4
    shares = ink.turn_shares
    return [q for q in range(4) if q != now and ((q - now) % 4 == 2 or shares[q] > _MIN_SHARE)]


def _longest(ink: PageInk) -> tuple[InkLine, ...]:
    """Return the lines with most digit-sized ink, in their order."""
    longest = sorted(ink.lines, key=lambda line: -len(line.components) * line.height)[:_SAMPLE]
    return tuple(line for line in ink.lines if line in longest)
