"""Alignments of texts with the frames of a line: total probability (forward) and best (Viterbi).

A text of n labels has 2n + 1 states: a blank before, between and after the labels. An alignment
visits the states in order, one per frame; it may skip a blank between two different labels.

Several texts are processed at once: their states are concatenated, with two unreachable states
before each text, so that the predecessors of a state are itself and the two states on its left.

References
----------
Graves, Fernandez, Gomez, Schmidhuber 2006, Connectionist temporal classification, section 4.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Span = tuple[int, int]
"""First and last frame of a character, inclusive."""

_Floats = npt.NDArray[np.float64]
MIN_FORWARD_SUM = 1e-200
"""Probability below which a sum is recomputed with logarithms, because of underflow."""


def forward_log_probability(log_proba: npt.NDArray[np.float32], labels: Sequence[int]) -> float:
    """Return the log-probability of a text, summed over all its alignments.

    Parameters
    ----------
    log_proba : ndarray of float32, shape (n_frames, n_classes + 1)
        Log-probabilities of each frame; the last column is the blank.
    labels : sequence of int
        Columns of the text's characters.

    Returns
    -------
    float
        ``-inf`` if the frames are too few for the text.

    Examples
    --------
    >>> proba = np.full((2, 2), 0.5, np.float32)
    >>> round(float(np.exp(forward_log_probability(np.log(proba), [0]))), 3)
    0.75
    """
    states = _to_states([labels], log_proba.shape[1] - 1)
    penalty = np.where(states.may_skip, 0.0, -np.inf)
    alpha = np.where(states.is_start, 0.0, -np.inf)
    for frame in _emission(log_proba, states):
        total = np.logaddexp(alpha[2:], alpha[1:-1])
        alpha[2:] = np.logaddexp(total, alpha[:-2] + penalty) + frame
        alpha[:2] = -np.inf
    return float(np.logaddexp(alpha[-1], alpha[-2]))


def forward_log_probabilities(
    log_proba: npt.NDArray[np.float32], texts: Sequence[Sequence[int]]
) -> list[float]:
    """Return `forward_log_probability` of several texts."""
    states = _to_states(texts, log_proba.shape[1] - 1)
    skips = states.may_skip.astype(np.float64)
    alpha = states.is_start.astype(np.float64)
    current, previous, before_previous = alpha[2:], alpha[1:-1], alpha[:-2]
    total = np.empty_like(skips)
    for frame in np.exp(_emission(log_proba, states)):
        np.multiply(before_previous, skips, out=total)
        total += previous
        total += current
        np.multiply(total, frame, out=current)
        alpha[1] = 0.0
    sums = alpha[states.ends] + alpha[states.ends - 1]
    return [
        float(np.log(value))
        if value > MIN_FORWARD_SUM
        else forward_log_probability(log_proba, labels)
        for value, labels in zip(sums, texts, strict=True)
    ]


def align(
    log_proba: npt.NDArray[np.floating[Any]], texts: Sequence[Sequence[int]]
) -> list[list[Span]]:
    """Return the spans of the characters of each text in its best alignment (Viterbi)."""
    states = _to_states(texts, log_proba.shape[1] - 1)
    emission = _emission(log_proba, states)
    penalty = np.where(states.may_skip, 0.0, -np.inf)
    scores = np.full((len(emission) + 1, len(states.is_start)), -np.inf)
    scores[0, states.is_start] = 0.0
    best = np.empty_like(penalty)
    for frame, last, now in zip(emission, scores[:-1], scores[1:], strict=True):
        np.add(last[:-2], penalty, out=best)
        np.maximum(best, last[1:-1], out=best)
        np.maximum(best, last[2:], out=best)
        np.add(best, frame, out=now[2:])
    moves = _moves(scores[:-1], penalty)
    steps = moves.tobytes()  # indexing bytes yields plain integers, which is fast
    spans = []
    for end, labels in zip(states.ends.tolist(), texts, strict=True):
        back = int(scores[-1, end - 1] > scores[-1, end] and len(labels) > 0)
        spans.append(_trace(steps, moves.shape[1], end - 2, 2 * len(labels), back))
    return spans


@dataclass(frozen=True, eq=False)
class _States:
    """The concatenated states of several texts; the first two are unreachable.

    Attributes
    ----------
    column : ndarray of intp, shape (n_states - 2,)
        Class of each state but the first two; -1 for unreachable states.
    may_skip : ndarray of bool, shape (n_states - 2,)
        Whether the preceding state may be skipped.
    is_start : ndarray of bool, shape (n_states,)
        Whether an alignment may be in the state before the first frame.
    ends : ndarray of intp, shape (n_texts,)
        Index of the last state of each text.
    """

    column: npt.NDArray[np.intp]
    may_skip: npt.NDArray[np.bool_]
    is_start: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.intp]


def _to_states(texts: Sequence[Sequence[int]], blank: int) -> _States:
    row: list[int] = []
    starts = []
    ends = []
    for labels in texts:
        row += [-1, -1, blank]
        starts.append(len(row) - 2)
        for label in labels:
            row += [label, blank]
        ends.append(len(row) - 1)
    column = np.array(row, np.intp)
    may_skip = (column[2:] != blank) & (column[2:] != column[:-2]) & (column[2:] >= 0)
    is_start = np.zeros(len(row), bool)
    is_start[starts] = True
    return _States(column[2:], may_skip, is_start, np.array(ends))


def _emission(log_proba: npt.NDArray[np.floating[Any]], states: _States) -> _Floats:
    """Return the log-probability of each state in each frame, shape (n_frames, n_states - 2)."""
    emission = log_proba[:, states.column].astype(np.float64)
    emission[:, states.column < 0] = -np.inf
    return emission


def _moves(scores: _Floats, penalty: _Floats) -> npt.NDArray[np.uint8]:
    """Return the distance to each state's best predecessor, shape (n_frames, n_states - 2)."""
    stay, step = scores[:, 2:], scores[:, 1:-1]
    skip = scores[:, :-2] + penalty
    moves = (step > stay).astype(np.uint8)
    moves[skip > np.maximum(stay, step)] = 2
    return moves


def _trace(steps: bytes, width: int, end: int, state: int, back: int) -> list[Span]:
    """Trace the best alignment back from a text's last state, or from the state before it."""
    first, last = [0] * (state // 2), [-1] * (state // 2)
    offset = end - state
    state -= back
    for frame in range(len(steps) // width - 1, -1, -1):
        if state % 2:
            label = state // 2
            first[label] = frame
            if last[label] < 0:
                last[label] = frame
        state -= steps[frame * width + offset + state]
    return list(zip(first, last, strict=True))
