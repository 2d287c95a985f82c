"""The cells of a ruled table: between its rules, found in the ink by their length."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from numerals.ink.components import Mask

_LEAST_LENGTH = 40  # pixels
_PERHAPS = 0.12  # widths of the page: the least length of a table's rule
_ACROSS = 0.5  # of the longest rule, or of the table: shorter ones bound no row or column
_APART = 12  # pixels: pieces of one rule lie no further apart across it
_OF_A_ROW = 0.8  # of a row's height: how long a rule down is ink at a stretch, or ...
_LONGEST_RUN = 120  # pixels, if that is less: a rule that leans leaves its column of pixels
_NEAR = 0.08  # of a row's height: how far a rule may end before another that it meets
_GAP = 12  # such a stretch is so many times as long as the gaps in it
_SOLID = 0.75  # of its length: strokes below each other in a column make no rule
_STEEPEST = 0.1  # pieces that rise more are no part of a level page's rules


@dataclass(frozen=True)
class Rule:
    """A rule of a level page.

    Attributes
    ----------
    at, slope : float
        It passes through ``at + slope * t``, ``t`` being how far along it: y of x, or x of y.
    first, last : int, pixels
        From where to where along.
    """

    at: float
    slope: float
    first: int
    last: int


@dataclass(frozen=True)
class Grid:
    """A ruled table.

    Attributes
    ----------
    horizontals, verticals : tuple of Rule
        Top to bottom, and left to right; two of each or more.
    """

    horizontals: tuple[Rule, ...]
    verticals: tuple[Rule, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.horizontals) - 1, len(self.verticals) - 1

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, pixels."""
        return _extent(self.verticals), _extent(self.horizontals)

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the row and column, from 0, that a point lies in; None outside the table."""
        row = sum(rule.at + rule.slope * x <= y for rule in self.horizontals) - 1
        column = sum(rule.at + rule.slope * y <= x for rule in self.verticals) - 1
        n_rows, n_columns = self.shape
        return (row, column) if 0 <= row < n_rows and 0 <= column < n_columns else None


def find_grid(mask: Mask) -> Grid | None:
    """Find a table's rules on a level page.

    Parameters
    ----------
    mask : ndarray of uint8, shape (height, width)
        255 where there is ink, rules among it.

    Returns
    -------
    Grid or None
        None where there are not two rules across and two down.
    """
    least = max(_LEAST_LENGTH, _PERHAPS * mask.shape[1])
    horizontals = _find_rules(mask, least, least / 4)
    horizontals = _long(horizontals, _ACROSS * max((_length(r) for r in horizontals), default=0.0))
    if len(horizontals) < 2:
        return None
    height = _extent(horizontals)
    row = height / (len(horizontals) - 1)
    turned = np.ascontiguousarray(mask.T)
    # Strokes of digits are shorter than a row is high, and end within it.
    verticals = _find_rules(turned, 0.5 * row, min(_OF_A_ROW * row, _LONGEST_RUN))
    verticals = _long(verticals, _ACROSS * height)
    verticals = [rule for rule in verticals if _crosses(rule, horizontals, _NEAR * row)]
    return Grid(tuple(horizontals), tuple(verticals)) if len(verticals) >= 2 else None


def _extent(rules: Sequence[Rule]) -> float:
    return rules[-1].at - rules[0].at


def _crosses(rule: Rule, others: Sequence[Rule], reach: float) -> bool:
    """Whether a rule meets half of the others or more, and two at least."""
    met = [
        rule.first - reach <= other.at + other.slope * rule.at <= rule.last + reach
        for other in others
    ]
    return sum(met) >= max(2, _ACROSS * len(others))


def _find_rules(mask: Mask, least: float, run: float) -> list[Rule]:
    """Return the rules from side to side, top to bottom.

    Their pieces have a least length, and are ink without a gap, or with a small one, for a run.
    """
    if mask.shape[1] < least:
        return []
    # A rule that slopes is a staircase: thickened a little, its steps overlap.
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    run = max(_LEAST_LENGTH // 2, int(run))
    thick = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, max(1, run // _GAP)), np.uint8))
    unbroken = np.ones((1, run), np.uint8)
    long = np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, unbroken), np.uint8) & mask
    joined = cv2.dilate(long, np.ones((3, 9), np.uint8))
    _, _, stats, middles = cv2.connectedComponentsWithStats(joined, connectivity=8)
    pieces = [
        (float(middle[1]), int(x), int(x + width))
        for (x, _, width, rise, _), middle in zip(stats[1:], middles[1:], strict=True)
        if width >= least / 2 and rise < max(_APART, _STEEPEST * width)
    ]
    rules = [_fit(long, group) for group in _grouped(sorted(pieces))]
    return [rule for rule in rules if rule and _length(rule) >= least]


def _grouped(pieces: Sequence[tuple[float, int, int]]) -> list[list[tuple[float, int, int]]]:
    """Put together the pieces that lie beside each other."""
    groups: list[list[tuple[float, int, int]]] = []
    for piece in pieces:
        if groups and piece[0] - groups[-1][-1][0] < _APART:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _fit(long: Mask, group: Sequence[tuple[float, int, int]]) -> Rule | None:
    """Fit a line to the ink of a rule's pieces; None where they are too far between for one."""
    top = max(int(min(middle for middle, _, _ in group)) - _APART, 0)
    bottom = int(max(middle for middle, _, _ in group)) + _APART
    first, last = min(piece[1] for piece in group), max(piece[2] for piece in group)
    band = long[top:bottom, first:last]
    if band.any(axis=0).mean() < _SOLID:
        return None
    y, x = np.nonzero(band)
    if np.ptp(x) < _LEAST_LENGTH / 2:
        return Rule(group[0][0], 0.0, first, last)
    slope, at = np.polyfit(x + first, y + top, 1)
    return Rule(float(at), float(slope), first, last)


def _length(rule: Rule) -> float:
    return float(rule.last - rule.first)


def _long(rules: Sequence[Rule], least: float) -> list[Rule]:
    return [rule for rule in rules if _length(rule) >= least]
