"""Parts -> lines of writing, in reading order."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median_low

import numpy as np
import numpy.typing as npt

from numerals.ink.frame import LineFrame
from numerals.ink.parts import Part, typical_height, weighted_median

_SMALL = 0.45  # of the digits' height: a smaller part is a dot, a dash, a piece of a digit
_ALIKE = 2.0  # times: so much, and no more, do neighbours differ in height
_LARGE = 2.2  # times the usual height: no digit is larger
_SMALLER = 0.15  # of all heights squared: the usual height is that of what makes up so much
_LEAST_DIGITS = 3  # in a line that is writing for certain, ...
_LEAST_HEIGHT = 10  # pixels high, ...
_APART = 1.5  # digit heights, no more, between most neighbours of it
_REACH = 2.0  # line heights: what is within so much of a line's ends is beside it
_FARTHEST = 9.0  # digit heights between two neighbours of one line
_NEAR = 0.5  # digit heights: pieces of digits are no further from the rest of them
_BESIDE = 1.5  # heights of a piece: it may stand so far beyond a line's end, ...
_ABOVE = 0.15  # digit heights: ... and so far above or below it
_RECENT = 3  # parts at a line's end, which tell where it goes on

_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class InkLine:
    """One line of writing.

    Attributes
    ----------
    parts : tuple of Part
        Left to right.
    height : float
        How high its digits are, pixels.
    frame : LineFrame, optional
        Where it lies, if that is known from more than its parts.
    is_printed : bool, default=False
        Whether it is print rather than handwriting.
    score : float in [0, 1], default=1
        How sure it is that this is a number, before it is read.
    purity : float in [0, 1], default=1
        Share of its ink that belongs to numbers rather than to words, rules or other marks.
    """

    parts: tuple[Part, ...]
    height: float
    frame: LineFrame | None = None
    is_printed: bool = False
    score: float = 1.0
    purity: float = 1.0

    @property
    def middle(self) -> float:
        """How far down the page it runs, pixels: the median of its parts."""
        return _middle(self.parts)


def find_lines(parts: Sequence[Part]) -> list[InkLine]:
    """Group parts into lines, top to bottom; specks that belong to none are left out.

    Lines may be of any size beside each other, and slope a little.

    Parameters
    ----------
    parts : sequence of Part
        All the ink of a page.

    Returns
    -------
    list of InkLine
    """
    chains = sorted(_chain(parts), key=lambda chain: -chain.height)
    usual = _usual_height(parts, chains)
    lines: list[_Chain] = []
    small: list[Part] = []
    for chain in chains:  # the highest first: what lies in one of these is a piece of it
        if (chain.is_clear or chain.is_large(usual)) and not _lies_in(chain, lines):
            lines.append(chain)
        else:
            small += chain.parts
    lines = _without_passing(lines, usual)
    found = [
        InkLine(tuple(sorted(line, key=lambda part: part.box[0])), typical_height(line))
        for line in _with_pieces(lines, small)
    ]
    return sorted(found, key=lambda line: line.middle)


@dataclass(frozen=True, eq=False)
class _Chain:
    """Parts of much the same height beside each other, left to right."""

    parts: Sequence[Part]

    @cached_property
    def height(self) -> float:
        return typical_height(self.parts)

    @cached_property
    def boxes(self) -> _Numbers:
        return _boxes(self.parts)

    @cached_property
    def is_clear(self) -> bool:
        """Whether it is writing whatever else is on the page, rather than dust."""
        if len(self.parts) < _LEAST_DIGITS or self.height < _LEAST_HEIGHT:
            return False
        gaps = self.boxes[1:, 0] - self.boxes[:-1, 2]
        return float(np.median(gaps)) <= _APART * self.height

    def is_large(self, usual: float) -> bool:
        """Whether it is as high as the page's digits."""
        highest = max(part.height for part in self.parts)
        return self.height >= _SMALL * usual and highest >= 0.5 * usual


def _boxes(parts: Sequence[Part]) -> _Numbers:
    return np.array([part.box for part in parts], np.float64).reshape(-1, 4)


def _middle(parts: Sequence[Part]) -> float:
    return float(np.median([part.center[1] for part in parts]))


def _usual_height(parts: Sequence[Part], chains: Sequence[_Chain]) -> float:
    """Return how high the page's digits are: of two sizes the smaller, if there is much of it."""
    clear = [part for chain in chains if chain.is_clear for part in chain.parts]
    heights = [part.height for part in clear or parts]
    most = _LARGE * weighted_median(heights, share=_SMALLER)
    return weighted_median([height for height in heights if height <= most])


def _chain(parts: Sequence[Part]) -> list[_Chain]:
    """Append each part to the line whose end it stands beside; a line may slope."""
    chains: list[list[Part]] = []
    ends = np.empty((len(parts), 4))  # of each chain's end: top, bottom, right, the highest part
    for part in sorted(parts, key=lambda part: part.center[0]):
        scores = _fit(ends[: len(chains)], part)
        best = int(scores.argmax()) if scores.size else -1
        if best < 0 or scores[best] <= 0:
            best = len(chains)
            chains.append([])
        chains[best].append(part)
        recent = chains[best][-_RECENT:]
        ends[best] = (
            median_low(p.box[1] for p in recent),  # far quicker than NumPy's on three numbers
            median_low(p.box[3] for p in recent),
            max(p.box[2] for p in recent),
            max(p.height for p in recent),
        )
    return [_Chain(chain) for chain in chains]


def _fit(ends: _Numbers, part: Part) -> _Numbers:
    """Return how well a part continues chains: the overlap in height, less for a long gap."""
    x_min, y_min, _, y_max = part.box
    top, bottom, right, highest = ends.T
    lower = np.clip(bottom - top, 1.0, part.height)
    share = (np.minimum(bottom, y_max) - np.maximum(top, y_min)) / lower
    gap = (x_min - right) / np.maximum(bottom - top, part.height)
    is_alike = (part.height <= _ALIKE * highest) & (highest <= _ALIKE * part.height)
    fits = (share >= 0.4) & (gap <= _FARTHEST) & is_alike
    return np.where(fits, share - 0.05 * np.maximum(gap, 0.0), 0.0)


def _lies_in(chain: _Chain, lines: Sequence[_Chain]) -> bool:
    """Whether most of a chain is pieces, dots and dashes of one higher line."""
    if chain.is_clear:
        # Pieces of several digits; or a number beside a stain, a tree, the edge of a table.
        lines = [line for line in lines if line.is_clear and _SMALL * line.height > chain.height]
        near = _NEAR
    else:
        lines = [line for line in lines if line.height > chain.height]
        near = _FARTHEST
    return any(_are_in(chain.boxes, line, near).mean() > 0.5 for line in lines)


def _are_in(boxes: _Numbers, line: _Chain, near: float = _FARTHEST) -> npt.NDArray[np.bool_]:
    """Tell which parts, by their boxes, stand in a line: beside or within one of its digits."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    beside = _BESIDE * (boxes[:, 3] - boxes[:, 1])
    centers = (line.boxes[:, 0] + line.boxes[:, 2]) / 2
    left, top, right, bottom = line.boxes[np.abs(x[:, None] - centers).argmin(axis=1)].T
    height = bottom - top
    return np.asarray(
        (np.maximum(left - x, x - right) <= near * height)
        & (line.boxes[0, 0] - beside <= x)
        & (x <= line.boxes[:, 2].max() + beside)
        & (top - _ABOVE * height <= y)
        & (y <= bottom + _ABOVE * height),
        np.bool_,
    )


def _with_pieces(lines: Sequence[_Chain], small: Sequence[Part]) -> list[list[Part]]:
    """Return the parts of each line, and of the small ones those that stand in it."""
    boxes = _boxes(small)
    is_left = np.ones(len(small), bool)
    found = []
    for line in lines:
        pieces = np.flatnonzero(is_left & _are_in(boxes, line))
        is_left[pieces] = False
        found.append([*line.parts, *(small[i] for i in pieces.tolist())])
    return found


def _without_passing(lines: Sequence[_Chain], usual: float) -> list[_Chain]:
    """Leave out parts that pass by, or through, several lines, as a brace beside them does."""
    heights = np.array([line.height for line in lines])
    middles = np.array([_middle(line.parts) for line in lines])
    left = np.array([line.boxes[0, 0] for line in lines]) - _REACH * heights
    right = np.array([line.boxes[-1, 2] for line in lines]) + _REACH * heights

    def passes(part: Part) -> bool:
        if part.height <= _LARGE * usual:
            return False
        x_min, y_min, x_max, y_max = part.box
        passed = (y_min < middles) & (middles < y_max) & (left < x_max) & (x_min < right)
        return int(np.count_nonzero(passed & (_LARGE * heights < part.height))) > 1

    kept = ([part for part in line.parts if not passes(part)] for line in lines)
    return [_Chain(parts) for parts in kept if parts]
