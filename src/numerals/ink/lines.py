"""Parts -> lines of writing, in reading order."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

import numpy as np

from numerals.ink.parts import Part, typical_height, weighted_median

_SMALL = 0.45  # of the page's digit height: a smaller part is a dot, a dash, a piece of a digit
_SMALLER = 0.15  # of all heights squared: writing of the smaller size makes up so much or more
_FAR_HIGHER = 2.2  # times: digits of one size do not vary so much in height
_LEAST_DIGITS = 3  # in some line of the smaller size, ...
_LEAST_HEIGHT = 10  # pixels high
_REACH = 2.0  # line heights: what is within so much of a line's ends is beside it
_FARTHEST = 9.0  # digit heights between two neighbours of one line


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

    Parameters
    ----------
    parts : sequence of Part
        All the ink of a page.

    Returns
    -------
    list of InkLine
    """
    if not parts:
        return []
    smaller = weighted_median([part.height for part in parts], share=_SMALLER)
    giants = [part for part in parts if part.height > _FAR_HIGHER * smaller]
    writing = [part for part in parts if part.height <= _FAR_HIGHER * smaller]
    lines = _of_one_size(writing)
    if giants and any(_is_clear(line) for line in lines):
        # Large numbers beside small ones; or braces, arrows, crosses, which are none.
        lines += find_lines(_without_passing(giants, lines))
    elif giants:
        lines = _of_one_size(parts)
    return sorted(lines, key=lambda line: line.middle)


def _is_clear(line: InkLine) -> bool:
    """Whether a line is small writing rather than dust beside large writing."""
    return len(line.parts) >= _LEAST_DIGITS and line.height >= _LEAST_HEIGHT


def _without_passing(parts: Sequence[Part], lines: Sequence[InkLine]) -> list[Part]:
    """Leave out parts that pass by, or through, several lines, as a brace beside them does."""
    middles = np.array([line.middle for line in lines])
    reach = _REACH * np.array([line.height for line in lines])
    left = np.array([line.parts[0].box[0] for line in lines]) - reach
    right = np.array([line.parts[-1].box[2] for line in lines]) + reach
    kept = []
    for part in parts:
        x_min, y_min, x_max, y_max = part.box
        passed = (y_min < middles) & (middles < y_max) & (left < x_max) & (x_min < right)
        if np.count_nonzero(passed) < 2:
            kept.append(part)
    return kept


def _of_one_size(parts: Sequence[Part]) -> list[InkLine]:
    if not parts:
        return []
    typical = typical_height(parts)
    large = [part for part in parts if part.height >= _SMALL * typical]
    small = [part for part in parts if part.height < _SMALL * typical]
    chains = _chain(sorted(large, key=lambda part: part.center[0]))
    chains = [chain for chain in chains if _is_writing(chain, typical)]
    _hand_out(small, chains)
    return [
        InkLine(tuple(sorted(chain, key=lambda p: p.box[0])), typical_height(chain))
        for chain in chains
    ]


def _chain(parts: Sequence[Part]) -> list[list[Part]]:
    """Append each part to the line whose end it stands beside; a line may slope."""
    chains: list[list[Part]] = []
    for part in parts:
        scores = [_fit(chain, part) for chain in chains]
        best = int(np.argmax(scores)) if scores else -1
        if best >= 0 and scores[best] > 0:
            chains[best].append(part)
        else:
            chains.append([part])
    return chains


def _fit(chain: Sequence[Part], part: Part) -> float:
    """Return how well a part continues a line: the overlap in height, less for a long gap."""
    recent = chain[-3:]
    top = median_low(p.box[1] for p in recent)  # far quicker than NumPy's on three numbers
    bottom = median_low(p.box[3] for p in recent)
    overlap = min(bottom, part.box[3]) - max(top, part.box[1])
    share = overlap / max(1.0, min(bottom - top, part.height))
    gap = (part.box[0] - max(p.box[2] for p in recent)) / max(bottom - top, part.height)
    if share < 0.4 or gap > _FARTHEST:
        return 0.0
    return share - 0.05 * max(gap, 0.0)


def _is_writing(chain: Sequence[Part], typical: float) -> bool:
    return max(part.height for part in chain) >= 0.5 * typical


def _hand_out(small: Sequence[Part], chains: Sequence[list[Part]]) -> None:
    """Give each small part to the line that it stands in, if there is one."""
    frames = [
        (
            min(p.box[0] for p in chain),
            max(p.box[2] for p in chain),
            list(chain),
        )
        for chain in chains
    ]
    for part in small:
        x, y = part.center
        for (left, right, members), chain in zip(frames, chains, strict=True):
            if not left - part.height <= x <= right + part.height:
                continue
            nearest = min(members, key=lambda p: abs(p.center[0] - x))
            reach = 0.15 * nearest.height
            if nearest.box[1] - reach <= y <= nearest.box[3] + reach:
                chain.append(part)
                break
