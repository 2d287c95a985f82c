"""Segment a line into digits: choose the grouping of its components that the digit model prefers.

Components are cut into slices wherever digits may touch. The digit model classifies every run of
adjacent slices that may be one digit. Dynamic programming over log-probabilities finds the best
sequence of runs. A slice may also be skipped, as a dot or a dash.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.ink import Component, InkLine, cut_touching_digits, merge_components

# Lengths in line heights, costs in log-probability.
MIN_SEVERAL_DIGITS_WIDTH = 0.72
"""Minimum width of a component that may be several digits."""
MIN_WHOLE_PROBABILITY = 0.95
"""Minimum probability of a component that is one digit and is not cut."""
MAX_DIGIT_WIDTH = 1.75
"""Maximum width of a digit."""
MAX_SLICES_PER_DIGIT = 12
"""Maximum number of slices in a digit."""
MAX_SLICE_GAP = 0.28
"""Maximum gap between two slices of a digit."""
MAX_WHOLE_SLICE_GAP = 0.12
"""The same, if both slices are as high as a digit."""
MIN_CANDIDATE_HEIGHT = 0.4
"""Minimum height of a digit."""
FULL_TRUST_SHARE = 0.85
"""Share of read ink from which a line is trusted; all development photos exceed it."""
MIN_PROBABILITY = 1e-3
"""Added to each probability."""
BREAK_COST = 0.35
"""Cost of separating slices of one component."""
JOIN_COST = 0.25
"""Cost of joining separate components."""


@dataclass(frozen=True, eq=False)
class ComponentSlice:
    """A slice of a component.

    Attributes
    ----------
    component : Component
        Ink of the slice.
    origin : int
        Index of the line's component that it was cut from.
    """

    component: Component
    origin: int


@dataclass(frozen=True, eq=False)
class DigitCandidate:
    """The slices ``first`` to ``last``, exclusive, as one digit."""

    first: int
    last: int
    component: Component


@dataclass(frozen=True, eq=False)
class ClassifiedGlyph:
    """A candidate that was chosen as a digit of the line.

    Attributes
    ----------
    component : Component
        Ink of the digit.
    proba : ndarray of float32, shape (n_classes,)
        Class probabilities of the digit model.
    """

    component: Component
    proba: npt.NDArray[np.float32]


def may_be_several_digits(component: Component, height: float) -> bool:
    """Return whether a component of a line is wide enough to be several touching digits."""
    return component.width > MIN_SEVERAL_DIGITS_WIDTH * height and component.height > 0.5 * height


def is_single_digit(component: Component, height: float, proba: npt.NDArray[np.float32]) -> bool:
    """Return whether a component is one digit with such a probability that it is not cut."""
    return component.width < 1.25 * height and float(proba.max()) > MIN_WHOLE_PROBABILITY


def slice_components(line: InkLine, whole: Container[Component] = ()) -> list[ComponentSlice]:
    """Cut a line's components where digits may touch, except those in `whole`; sort by center."""
    slices: list[ComponentSlice] = []
    for origin, component in enumerate(line.components):
        if component not in whole and may_be_several_digits(component, line.height):
            parts = cut_touching_digits(component, min(line.height, component.height))
        else:
            parts = [component]
        slices += [ComponentSlice(component_slice, origin) for component_slice in parts]
    return sorted(slices, key=lambda component_slice: component_slice.component.center[0])


def find_candidates(slices: Sequence[ComponentSlice], height: float) -> list[DigitCandidate]:
    """Return every run of adjacent slices that may be one digit."""
    return [
        candidate
        for first in range(len(slices))
        for candidate in _candidates_from(slices, first, height)
    ]


def _candidates_from(
    slices: Sequence[ComponentSlice], first: int, height: float
) -> Iterator[DigitCandidate]:
    right = slices[first].component.box[2]
    for last in range(first + 1, min(first + MAX_SLICES_PER_DIGIT, len(slices)) + 1):
        last_component = slices[last - 1].component
        gap = last_component.box[0] - right
        if gap > MAX_SLICE_GAP * height or (
            gap > MAX_WHOLE_SLICE_GAP * height and _are_digit_sized(slices, last, height)
        ):
            return
        right = max(right, last_component.box[2])
        left = min(component_slice.component.box[0] for component_slice in slices[first:last])
        if right - left > MAX_DIGIT_WIDTH * height and last > first + 1:
            return
        component = merge_components(
            [component_slice.component for component_slice in slices[first:last]]
        )
        if component.height >= MIN_CANDIDATE_HEIGHT * height:
            yield DigitCandidate(first, last, component)


def _are_digit_sized(slices: Sequence[ComponentSlice], last: int, height: float) -> bool:
    """Return whether the two slices before `last` are each as high as a digit."""
    return (
        min(component_slice.component.height for component_slice in slices[last - 2 : last])
        > 0.8 * height
    )


def find_best_path(
    slices: Sequence[ComponentSlice],
    candidates: Sequence[DigitCandidate],
    proba: npt.NDArray[np.float32],
    height: float,
) -> list[ClassifiedGlyph]:
    """Choose the sequence of candidates with the highest total score.

    Parameters
    ----------
    slices : sequence of ComponentSlice
        The line's ink, left to right.
    candidates : sequence of DigitCandidate
    proba : ndarray of float32, shape (n_candidates, n_classes)
        Class probabilities; a row sums to less than 1 where the candidate may not be a digit.
    height : float
        Height of the line's digits, pixels.

    Returns
    -------
    list of ClassifiedGlyph
        Left to right; empty where nothing resembles a digit.
    """
    candidates_ending_at: list[list[int]] = [[] for _ in range(len(slices) + 1)]
    for i, candidate in enumerate(candidates):
        candidates_ending_at[candidate.last].append(i)
    score = np.full(len(slices) + 1, -np.inf)
    score[0] = 0.0
    chosen = np.full(len(slices) + 1, -1)
    for end in range(1, len(slices) + 1):
        score[end] = score[end - 1] + _skip_score(slices[end - 1].component, height)
        for i in candidates_ending_at[end]:
            start = candidates[i].first
            value = score[start] + _candidate_score(slices, candidates[i], proba[i])
            if value > score[end]:
                score[end], chosen[end] = value, i
    path = []
    end = len(slices)
    while end > 0:
        i = int(chosen[end])
        if i < 0:
            end -= 1
            continue
        path.append(ClassifiedGlyph(candidates[i].component, proba[i]))
        end = candidates[i].first
    return path[::-1]


def line_confidence_factor(
    slices: Sequence[ComponentSlice], glyphs: Sequence[ClassifiedGlyph]
) -> float:
    """Return a factor for the confidence of digits: the share of the line's ink that was read.

    Some letters of a word resemble digits, but most do not; digits between letters are not numbers.

    Returns
    -------
    float in [0, 1]
        1 where the read ink, weighted by probability, is at least `FULL_TRUST_SHARE` of all ink.
    """
    ink = sum(np.count_nonzero(component_slice.component.mask) for component_slice in slices)
    read = sum(np.count_nonzero(g.component.mask) * float(g.proba.max()) for g in glyphs)
    return min(1.0, read / ink / FULL_TRUST_SHARE) ** 2


def _candidate_score(
    slices: Sequence[ComponentSlice], candidate: DigitCandidate, proba: npt.NDArray[np.float32]
) -> float:
    """Return the log-probability of the best class, minus the costs of cutting and joining."""
    origins = [
        component_slice.origin for component_slice in slices[candidate.first : candidate.last]
    ]
    joins = len(set(origins)) - 1
    after = slices[candidate.last].origin if candidate.last < len(slices) else -1
    breaks = int(after == origins[-1])
    return float(np.log(proba.max() + MIN_PROBABILITY)) - JOIN_COST * joins - BREAK_COST * breaks


def _skip_score(component: Component, height: float) -> float:
    """Return the score of skipping a component: a small cost for a dot, a large one for a digit."""
    size = max(component.height, 0.5 * component.width) / max(height, 1.0)
    return -3.0 * min(1.0, size) ** 2 - 0.05
