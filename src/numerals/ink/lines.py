"""Parts -> lines of writing, in reading order."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

import numpy as np
import numpy.typing as npt

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
_Chain = list[Part]


@dataclass(frozen=True, eq=False)
class InkLine:
    """One line of writing.

    Attributes
    ----------
    parts : tuple of Part
        Left to right.
    height : float
        How high its digits are, pixels.
    """

    parts: tuple[Part, ...]
    height: float

    @property
    def middle(self) -> float:
        """How far down the page it runs, pixels: the median of its parts."""
        return float(np.median([part.center[1] for part in self.parts]))


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
    chains = sorted(_chain(parts), key=typical_height, reverse=True)
    clear = [chain for chain in chains if _is_clear(chain)]
    usual = _usual_height(parts, clear)
    small: list[Part] = []
    lines: list[_Chain] = []
    for chain in chains:  # the highest first: what lies in one of these is a piece of it
        if _lies_in(chain, lines):
            small += chain
        elif _is_clear(chain) or _is_large(chain, usual):
            lines.append(chain)
        else:
            small += chain
    lines = _without_passing(lines, usual)
    _hand_out(small, lines)
    found = [
        InkLine(tuple(sorted(line, key=lambda part: part.box[0])), typical_height(line))
        for line in lines
    ]
    return sorted(found, key=lambda line: line.middle)


def _usual_height(parts: Sequence[Part], clear: Sequence[_Chain]) -> float:
    """Return how high the page's digits are: of two sizes the smaller, if there is much of it."""
    heights = [part.height for chain in clear for part in chain] or [part.height for part in parts]
    most = _LARGE * weighted_median(heights, share=_SMALLER)
    return weighted_median([height for height in heights if height <= most])


def _is_clear(chain: _Chain) -> bool:
    """Whether a chain is writing whatever else is on the page, rather than dust."""
    height = typical_height(chain)
    if len(chain) < _LEAST_DIGITS or height < _LEAST_HEIGHT:
        return False
    gaps = [after.box[0] - before.box[2] for before, after in pairwise(chain)]
    return float(np.median(gaps)) <= _APART * height


def _is_large(chain: _Chain, usual: float) -> bool:
    return typical_height(chain) >= _SMALL * usual and max(p.height for p in chain) >= 0.5 * usual


def _chain(parts: Sequence[Part]) -> list[_Chain]:
    """Append each part to the line whose end it stands beside; a line may slope."""
    chains: list[_Chain] = []
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
    return chains


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
    height = typical_height(chain)
    if _is_clear(chain):
        # Pieces of several digits; or a number beside a stain, a tree, the edge of a table.
        lines = [line for line in lines if _SMALL * typical_height(line) > height]
        higher, near = [line for line in lines if _is_clear(line)], _NEAR
    else:
        higher, near = [line for line in lines if typical_height(line) > height], _FARTHEST
    return any(sum(_is_in(part, line, near) for part in chain) > len(chain) / 2 for line in higher)


def _is_in(part: Part, line: _Chain, near: float = _FARTHEST) -> bool:
    x, y = part.center
    nearest = min(line, key=lambda p: abs(p.center[0] - x))
    left, top, right, bottom = nearest.box
    beside, above = _BESIDE * part.height, _ABOVE * nearest.height
    return (
        max(left - x, x - right) <= near * nearest.height
        and line[0].box[0] - beside <= x <= max(p.box[2] for p in line) + beside
        and top - above <= y <= bottom + above
    )


def _hand_out(small: Sequence[Part], lines: Sequence[_Chain]) -> None:
    """Give each small part to the line that it stands in, if there is one."""
    whole = [list(line) for line in lines]
    for part in small:
        for members, line in zip(whole, lines, strict=True):
            if _is_in(part, members):
                line.append(part)
                break


def _without_passing(lines: Sequence[_Chain], usual: float) -> list[_Chain]:
    """Leave out parts that pass by, or through, several lines, as a brace beside them does."""
    heights = np.array([typical_height(line) for line in lines])
    middles = np.array([np.median([part.center[1] for part in line]) for line in lines])
    left = np.array([line[0].box[0] for line in lines]) - _REACH * heights
    right = np.array([line[-1].box[2] for line in lines]) + _REACH * heights

    def passes(part: Part) -> bool:
        if part.height <= _LARGE * usual:
            return False
        x_min, y_min, x_max, y_max = part.box
        passed = (y_min < middles) & (middles < y_max) & (left < x_max) & (x_min < right)
        return int(np.count_nonzero(passed & (_LARGE * heights < part.height))) > 1

    kept = ([part for part in line if not passes(part)] for line in lines)
    return [line for line in kept if line]
