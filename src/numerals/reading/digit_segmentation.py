"""A line's parts -> its digits: the grouping that the digit model likes best.

Parts are cut into pieces wherever digits might touch. Every run of neighbouring pieces that could
be one digit is shown to the model; the best way through the line, a run at a time, is found by
dynamic programming over log-probabilities. A piece may also be passed over, as a dot or a dash is.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.ink import Component, InkLine, cut_touching_digits, merge_components

_WIDE = 0.72  # line heights: a part that is wider may be several digits
_SURE = 0.95  # a part that is one digit with this probability is not cut
_WIDEST = 1.75  # line heights: no digit is wider
_MOST_PIECES = 12  # in one digit
_GAP = 0.28  # line heights: pieces further apart are not one digit
_WHOLE_GAP = 0.12  # line heights: likewise, if each is as high as a digit
_LEAST_HEIGHT = 0.4  # line heights: no digit is lower
_TRUSTED = 0.85  # share of a line's ink; the development photos' lines are all above it
_FLOOR = 1e-3  # the least probability that is counted
_BREAK = 0.35  # what it costs to part ink that was one piece, in log-probability
_JOIN = 0.25  # what it costs to put together what stood apart


@dataclass(frozen=True, eq=False)
class ComponentSlice:
    """A slice of a part.

    Attributes
    ----------
    component : Part
        Its ink.
    origin : int
        Which of the line's parts it was cut from.
    """

    component: Component
    origin: int


@dataclass(frozen=True, eq=False)
class DigitCandidate:
    """Pieces ``first`` to ``last`` (without it), taken as one digit."""

    first: int
    last: int
    component: Component


@dataclass(frozen=True, eq=False)
class ClassifiedGlyph:
    """A candidate on the best way through a line.

    Attributes
    ----------
    component : Part
        Its ink.
    proba : ndarray of float32, shape (n_classes,)
        What the model says of it.
    """

    component: Component
    proba: npt.NDArray[np.float32]


def may_be_several(component: Component, height: float) -> bool:
    """Whether a part of a line is wide enough to be digits that touch."""
    return component.width > _WIDE * height and component.height > 0.5 * height


def is_surely_one(component: Component, height: float, proba: npt.NDArray[np.float32]) -> bool:
    """Whether the model is so sure of a part as a whole that it need not be cut."""
    return component.width < 1.25 * height and float(proba.max()) > _SURE


def slice_components(line: InkLine, whole: Container[Component] = ()) -> list[ComponentSlice]:
    """Cut a line's parts where digits may touch, other than those that are surely whole."""
    pieces: list[ComponentSlice] = []
    for origin, component in enumerate(line.components):
        if component not in whole and may_be_several(component, line.height):
            cut = cut_touching_digits(component, min(line.height, component.height))
        else:
            cut = [component]
        pieces += [ComponentSlice(piece, origin) for piece in cut]
    return sorted(pieces, key=lambda piece: piece.component.center[0])


def find_candidates(pieces: Sequence[ComponentSlice], height: float) -> list[DigitCandidate]:
    """Return every run of neighbouring pieces that could be one digit."""
    return [
        candidate
        for first in range(len(pieces))
        for candidate in _candidates_from(pieces, first, height)
    ]


def _candidates_from(
    pieces: Sequence[ComponentSlice], first: int, height: float
) -> Iterator[DigitCandidate]:
    right = pieces[first].component.box[2]
    for last in range(first + 1, min(first + _MOST_PIECES, len(pieces)) + 1):
        newest = pieces[last - 1].component
        gap = newest.box[0] - right
        if gap > _GAP * height or (gap > _WHOLE_GAP * height and _are_whole(pieces, last, height)):
            return
        right = max(right, newest.box[2])
        left = min(piece.component.box[0] for piece in pieces[first:last])
        if right - left > _WIDEST * height and last > first + 1:
            return
        component = merge_components([piece.component for piece in pieces[first:last]])
        if component.height >= _LEAST_HEIGHT * height:
            yield DigitCandidate(first, last, component)


def _are_whole(pieces: Sequence[ComponentSlice], last: int, height: float) -> bool:
    """Whether the two pieces before `last` are each as high as a digit."""
    return min(piece.component.height for piece in pieces[last - 2 : last]) > 0.8 * height


def best_path(
    pieces: Sequence[ComponentSlice],
    candidates: Sequence[DigitCandidate],
    proba: npt.NDArray[np.float32],
    height: float,
) -> list[ClassifiedGlyph]:
    """Choose the candidates that explain the line best.

    Parameters
    ----------
    pieces : sequence of Piece
        The line's ink, left to right.
    candidates : sequence of Candidate
        What may be one digit.
    proba : ndarray of float32, shape (n_candidates, n_classes)
        The model's probabilities; a row sums to less than 1 where it may be no digit.
    height : float
        How high the line's digits are, pixels.

    Returns
    -------
    list of Glyph
        Left to right; empty where nothing is like a digit.
    """
    ending: list[list[int]] = [[] for _ in range(len(pieces) + 1)]
    for i, candidate in enumerate(candidates):
        ending[candidate.last].append(i)
    score = np.full(len(pieces) + 1, -np.inf)
    score[0] = 0.0
    chosen = np.full(len(pieces) + 1, -1)
    for end in range(1, len(pieces) + 1):
        score[end] = score[end - 1] + _skip_score(pieces[end - 1].component, height)
        for i in ending[end]:
            start = candidates[i].first
            value = score[start] + _score(pieces, candidates[i], proba[i])
            if value > score[end]:
                score[end], chosen[end] = value, i
    path = []
    end = len(pieces)
    while end > 0:
        i = int(chosen[end])
        if i < 0:
            end -= 1
            continue
        path.append(ClassifiedGlyph(candidates[i].component, proba[i]))
        end = candidates[i].first
    return path[::-1]


def line_trust(pieces: Sequence[ComponentSlice], glyphs: Sequence[ClassifiedGlyph]) -> float:
    """Return how much of a line's ink looks like digits, as a factor for their confidence.

    Some letters of a word look like digits, but most do not; what stands among them is no number.

    Returns
    -------
    float in [0, 1]
        1 where the ink that was read, weighted by its probability, is `_TRUSTED` of all ink.
    """
    ink = sum(np.count_nonzero(piece.component.mask) for piece in pieces)
    read = sum(np.count_nonzero(g.component.mask) * float(g.proba.max()) for g in glyphs)
    return min(1.0, read / ink / _TRUSTED) ** 2


def _score(
    pieces: Sequence[ComponentSlice], candidate: DigitCandidate, proba: npt.NDArray[np.float32]
) -> float:
    """Log-probability of the likeliest digit, less what cutting and joining cost."""
    origins = [piece.origin for piece in pieces[candidate.first : candidate.last]]
    joins = len(set(origins)) - 1
    after = pieces[candidate.last].origin if candidate.last < len(pieces) else -1
    breaks = int(after == origins[-1])
    return float(np.log(proba.max() + _FLOOR)) - _JOIN * joins - _BREAK * breaks


def _skip_score(component: Component, height: float) -> float:
    """Cost of reading nothing there: little for a dot or a dash, much for what is digit-sized."""
    size = max(component.height, 0.5 * component.width) / max(height, 1.0)
    return -3.0 * min(1.0, size) ** 2 - 0.05
