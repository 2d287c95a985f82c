"""Which way up a page is: the way in which its digits read best."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink import InkLine, PageInk, find_page_ink
from numerals.ink.page import LEVEL
from numerals.records import Box, Digit, Line, union

TURNS = (0, 90, 180, 270)
"""Degrees clockwise by which a page may lie turned in its picture."""

_SURE = 0.85  # evidence: a page that reads so well is upright ...
_SURE_IN_COLUMNS = 0.95  # ... or so well, if its ink lies in columns
_BETTER = 0.12  # evidence: so much more for another way up turns the page
_READABLE = 0.5  # evidence: the least for turning a page
_DIGITS, _COMPANY = 4, 2  # the least that turns a page, in all and a line; letters pass for fewer
_CLEARLY = 1.15  # times as sharp: what rows and columns must differ by to tell how lines run
_SAMPLE = 6  # lines, the longest, that are read to judge a way up
_HIGH = 0.5  # line heights: what is lower is a sign, or a speck

ReadInk = Callable[[PageInk], list[Line]]


def read_upright(
    gray: npt.NDArray[np.uint8], read: ReadInk, turn: int | None = None, *, level: float = LEVEL
) -> tuple[PageInk, list[Line]]:
    """Read a page that may be turned by quarters, and lean.

    The page as it is comes first. Only if it reads badly, or its ink lies in columns rather than
    rows, are others read, and of those a few lines.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    read : callable
        Reads the lines of a page's ink.
    turn : int, optional
        0, 90, 180 or 270: how far the page is turned clockwise, if that is known.
    level : float, degrees, default=3
        A page that leans by so much or more is turned level.

    Returns
    -------
    ink : PageInk
        Of the page that was turned back.
    lines : list of Line
        As `read` returned them.
    """
    upright = find_page_ink(gray, quarters=(turn or 0) // 90, level=level)
    lines = read(upright)
    if turn is not None or not upright.lines:
        return upright, lines
    in_columns = upright.skew.columns > _CLEARLY * upright.skew.rows
    as_it_is = evidence(upright, lines)
    if as_it_is > (_SURE_IN_COLUMNS if in_columns else _SURE):
        return upright, lines
    best, best_ink = max(as_it_is + _BETTER, _READABLE), upright
    others: list[tuple[int, float | None]] = [
        (quarters, level) for quarters in _other_ways(upright, in_columns)
    ]
    if upright.turned:  # what was taken for its skew may be none
        others.insert(0, (0, None))
    for quarters, least_skew in others:
        ink = find_page_ink(gray, quarters=quarters, level=least_skew)
        sample = replace(ink, lines=_longest(ink))
        read_so = read(sample)
        found = evidence(sample, read_so)
        n_digits = sum(len(line.digits) for line in read_so)
        if found > best and n_digits >= max(_DIGITS, _COMPANY * len(read_so)):
            best, best_ink = found, ink
    return (upright, lines) if best_ink is upright else (best_ink, read(best_ink))


def evidence(ink: PageInk, lines: Sequence[Line]) -> float:
    """Return how well a page reads: the mean confidence, 0 for digit-sized ink that was not read.

    A digit counts with its line's confidence: upside down, each digit or letter may look like some
    digit, and the whole still like no number.

    Parameters
    ----------
    ink : PageInk
    lines : sequence of Line
        All that was read of it.

    Returns
    -------
    float in [0, 1]
    """
    sure = [line.confidence for line in lines for _ in line.digits]
    written = sum(p.height > _HIGH * line.height for line in ink.lines for p in line.parts)
    return sum(sure) / max(len(sure), written, 1)


def place_back(line: Line, ink: PageInk, scale: float) -> Line:
    """Return a line of a page that was turned, with its places in the picture as it was given.

    Parameters
    ----------
    line : Line
    ink : PageInk
        Of the page.
    scale : float
        Pixels of the line's boxes per pixel of the working copy.
    """
    if not line.digits or np.array_equal(ink.back, np.eye(3)):
        return line
    digits = tuple(_moved(digit, ink.back, scale) for digit in line.digits)
    return replace(line, digits=digits, box=union([digit.box for digit in digits]))


def _other_ways(ink: PageInk, in_columns: bool) -> tuple[int, ...]:
    if in_columns:
        return (1, 3, 2)
    in_rows = ink.skew.rows > _CLEARLY * ink.skew.columns
    return (2,) if in_rows else (2, 1, 3)


def _longest(ink: PageInk) -> tuple[InkLine, ...]:
    """Return the lines with most digit-sized ink, in their order."""
    longest = sorted(ink.lines, key=lambda line: -len(line.parts) * line.height)[:_SAMPLE]
    return tuple(line for line in ink.lines if line in longest)


def _moved(digit: Digit, back: npt.NDArray[np.float64], scale: float) -> Digit:
    x_min, y_min, x_max, y_max = digit.box
    corners = np.array([[x, y] for x in (x_min, x_max) for y in (y_min, y_max)], float)
    points = cv2.perspectiveTransform(corners[None] / scale, back)[0] * scale
    low, high = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    box: Box = (left, top, max(int(high[0]), left + 1), max(int(high[1]), top + 1))
    return replace(digit, box=box)
