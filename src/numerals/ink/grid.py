"""The cells of a ruled table: between its rules, found in the ink by their length."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.components import Labels, Mask, Pieces, transpose
from numerals.records import Box

_LEAST_LENGTH = 40  # pixels
_PERHAPS = 0.12  # widths of the page: the least length of a table's rule
_ACROSS = 0.5  # of the longest rule, or of the table: shorter ones bound no row or column
_APART = 12  # pixels: pieces of one rule lie no further apart across it
_OF_A_ROW = 0.4  # of a row's height: how long a rule down is ink at a stretch, or ...
_LONGEST_RUN = 120  # pixels, if that is less: a rule that leans leaves its column of pixels
_NEAR = 0.08  # of a row's height: how far a rule may end before another that it meets
_GAP = 12  # such a stretch is so many times as long as the gaps in it
_TALL, _ALIKE, _MANY = 0.25, 0.8, 3  # of the page, of the longest: rules down without any across
_OPEN, _BEYOND = 0.4, 0.2  # of a row: rules go on so far where a border is missing; it is beyond
_LOW, _LEAST_WRITING = (0.04, 0.3), 6  # of these rules: how high writing is, pieces of it
_ALONG, _BESIDE = 10, 0.1  # pixels, of a cell: how far what is left of a rule lies beside its line
_JOINED = 4  # pixels: runs that are twice so far apart are one piece
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

    @property
    def cell_size(self) -> tuple[float, float]:
        """Mean width and height of a cell, pixels."""
        (width, height), (n_rows, n_columns) = self.size, self.shape
        return width / n_columns, height / n_rows

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the row and column, from 0, that a point lies in; None outside the table."""
        row = sum(rule.at + rule.slope * x <= y for rule in self.horizontals) - 1
        column = sum(rule.at + rule.slope * y <= x for rule in self.verticals) - 1
        n_rows, n_columns = self.shape
        return (row, column) if 0 <= row < n_rows and 0 <= column < n_columns else None

    def runs_along(self, box: Box) -> bool:
        """Whether a box lies along one of the rules, and hardly beside it."""
        x_min, y_min, x_max, y_max = box
        x, y = (x_min + x_max) / 2, (y_min + y_max) / 2
        wide, high = (min(_ALONG, _BESIDE * size) for size in self.cell_size)
        level = (rule.at + rule.slope * x for rule in self.horizontals)
        upright = (rule.at + rule.slope * y for rule in self.verticals)
        return any(at - high < y_min and y_max < at + high for at in level) or any(
            at - wide < x_min and x_max < at + wide for at in upright
        )


def find_grid(ink: Pieces) -> Grid | None:
    """Find a table's rules on a level page.

    Parameters
    ----------
    ink : Pieces
        Rules among it.

    Returns
    -------
    Grid or None
        None where there are not two rules across and two down, nor many down.
    """
    mask = ink.mask
    least = max(_LEAST_LENGTH, _PERHAPS * mask.shape[1])
    wide, high = ink.stats[1:, cv2.CC_STAT_WIDTH], ink.stats[1:, cv2.CC_STAT_HEIGHT]
    if wide.max(initial=0) < least / 2 and high.max(initial=0) < _TALL * mask.shape[0]:
        return None  # no piece is as long as that of a rule
    horizontals = _find_rules(mask, least, least / 4)
    horizontals = _long(horizontals, _ACROSS * max((_length(r) for r in horizontals), default=0.0))
    turned = transpose(mask)
    if len(horizontals) < 2:
        return _columns_alone(turned, high)
    height = _extent(horizontals)
    row = height / (len(horizontals) - 1)
    # Strokes of digits are shorter than a row is high, and end within it.
    verticals = _find_rules(turned, 0.5 * row, min(_OF_A_ROW * row, _LONGEST_RUN))
    verticals = _long(verticals, _ACROSS * height)
    verticals = [rule for rule in verticals if _crosses(rule, horizontals, _NEAR * row)]
    if len(verticals) < 2:
        return None
    return Grid(
        tuple(_with_ends(horizontals, verticals)), tuple(_with_ends(verticals, horizontals))
    )


def _with_ends(rules: Sequence[Rule], crossing: Sequence[Rule]) -> list[Rule]:
    """Add the borders that are not drawn: where the rules that cross go on beyond the last one."""
    row = _extent(rules) / (len(rules) - 1)
    first = float(np.median([rule.first for rule in crossing]))
    last = float(np.median([rule.last for rule in crossing]))
    before, after = rules[0], rules[-1]
    before_at, after_at = _middle(before), _middle(after)
    found = list(rules)
    if before_at - first > _OPEN * row:
        found.insert(0, replace(before, at=before.at - (before_at - first) - _BEYOND * row))
    if last - after_at > _OPEN * row:
        found.append(replace(after, at=after.at + (last - after_at) + _BEYOND * row))
    return found


def _middle(rule: Rule) -> float:
    return rule.at + rule.slope * (rule.first + rule.last) / 2


def _columns_alone(turned: Mask, heights: npt.NDArray[np.int32]) -> Grid | None:
    """Return a table of one row whose columns have rules between them; of a page on its side."""
    least = _TALL * turned.shape[1]
    verticals = _find_rules(turned, max(_LEAST_LENGTH, least), least / 4)
    verticals = _long(verticals, _ALIKE * max((_length(r) for r in verticals), default=0.0))
    if len(verticals) < _MANY or not _are_beside_small(verticals, heights):
        return None
    first, last = min(rule.first for rule in verticals), max(rule.last for rule in verticals)
    left, right = round(verticals[0].at), round(verticals[-1].at)
    ends = tuple(Rule(float(at), 0.0, left, right) for at in (first, last))
    return Grid(ends, tuple(verticals))


def _are_beside_small(rules: Sequence[Rule], heights: npt.NDArray[np.int32]) -> bool:
    """Whether there are pieces far lower than the rules: no digits are so tall beside others."""
    shares = heights / min(_length(rule) for rule in rules)
    return int(np.count_nonzero((shares > _LOW[0]) & (shares < _LOW[1]))) >= _LEAST_WRITING


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
    joined = cv2.dilate(long, np.ones((3, 2 * _JOINED + 1), np.uint8))
    found = Pieces(np.asarray(joined, np.uint8))
    labels, stats, middles = found.labels, found.stats, found.centers
    wide, rise = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_long = (wide >= least / 4) & (rise < np.maximum(_APART, _STEEPEST * wide))
    pieces = [
        _Piece(
            float(middles[i, 1]),
            int(stats[i, 0]) + _JOINED,
            int(stats[i, 0] + wide[i]) - _JOINED,
            i,
        )
        for i in np.flatnonzero(is_long).tolist()
        if i > 0
    ]
    groups = _grouped(sorted(pieces))
    rules = [_fit(long, labels, group) for group in groups if _is_solid(group)]
    return [rule for rule in rules if _length(rule) >= least]


class _Piece(NamedTuple):
    """A long run of ink: half-way up it, from where to where, and its number."""

    middle: float
    first: int
    last: int
    label: int


def _grouped(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Put together the pieces that lie beside each other."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if groups and piece.middle - groups[-1][-1].middle < _APART:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _is_solid(group: Sequence[_Piece]) -> bool:
    """Whether pieces are not too far between for one rule."""
    first, last = min(piece.first for piece in group), max(piece.last for piece in group)
    is_ink = np.zeros(last - first, bool)
    for piece in group:
        is_ink[piece.first - first : piece.last - first] = True
    return bool(is_ink.mean() >= _SOLID)


def _fit(long: Mask, labels: Labels, group: Sequence[_Piece]) -> Rule:
    """Fit a line to the ink of a rule's pieces."""
    top = max(int(min(piece.middle for piece in group)) - _APART, 0)
    bottom = int(max(piece.middle for piece in group)) + _APART
    first, last = min(piece.first for piece in group), max(piece.last for piece in group)
    band = (slice(top, bottom), slice(first, last))
    is_its_ink = np.isin(labels[band], [piece.label for piece in group])
    y, x = np.nonzero(is_its_ink & (long[band] > 0))
    if len(x) == 0 or np.ptp(x) < _LEAST_LENGTH / 2:
        return Rule(group[0].middle, 0.0, first, last)
    slope, at = np.polyfit(x + first, y + top, 1)
    return Rule(float(at), float(slope), first, last)


def _length(rule: Rule) -> float:
    return float(rule.last - rule.first)


def _long(rules: Sequence[Rule], least: float) -> list[Rule]:
    return [rule for rule in rules if _length(rule) >= least]
