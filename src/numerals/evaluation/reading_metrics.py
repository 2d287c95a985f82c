"""Metrics of page reading: exact lines, digit error rate, rejection by confidence."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from numerals.metrics.intervals import wilson_interval
from numerals.records import Line

CONFIDENCE_THRESHOLDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
"""Line confidences for which rejection is reported."""


@dataclass(frozen=True)
class LineOutcome:
    """A true line paired with the line that was read for it.

    Attributes
    ----------
    truth : str or None
        None if a line was read where nothing is written.
    answer : str or None
        None if the true line was missed.
    confidence : float in [0, 1]
        Confidence of the answer; 0 if the line was missed.
    """

    truth: str | None
    answer: str | None
    confidence: float

    @property
    def is_exact(self) -> bool:
        """Whether the answer equals the truth, character by character."""
        return self.truth is not None and self.truth == self.answer


@dataclass(frozen=True)
class ReadingAccuracy:
    """Metrics of one set of pages.

    Attributes
    ----------
    n_pages, n_lines : int
        Number of pages, and of true lines.
    n_exact : int
        Number of lines read exactly.
    n_extra : int
        Number of lines read where nothing is written.
    digit_error_rate : float
        Sum of the edit distances of all lines, ignoring spaces, divided by the number of true
        characters.
    rejection : tuple of dict
        For each of `CONFIDENCE_THRESHOLDS`: ``threshold``, ``rejected`` (share of the lines read
        whose confidence is below it), ``wrong`` (share of the accepted lines that are not exact).
    """

    n_pages: int
    n_lines: int
    n_exact: int
    n_extra: int
    digit_error_rate: float
    rejection: tuple[dict[str, float], ...]

    @property
    def exact(self) -> float:
        """Share of the true lines that were read exactly, in [0, 1]; 1 if there are none."""
        return self.n_exact / self.n_lines if self.n_lines else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of `exact`."""
        return wilson_interval(self.n_exact, self.n_lines)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return asdict(self) | {"exact": self.exact, "rejection": list(self.rejection)}


def reading_accuracy(pages: Sequence[Sequence[LineOutcome]]) -> ReadingAccuracy:
    """Compute the metrics of a set of pages.

    Parameters
    ----------
    pages : sequence of sequence of LineOutcome
        The lines of each page, as `align_lines` returns them.
    """
    outcomes = [outcome for page in pages for outcome in page]
    n_lines = sum(outcome.truth is not None for outcome in outcomes)
    n_errors = sum(
        edit_distance(_remove_spaces(outcome.truth), _remove_spaces(outcome.answer))
        for outcome in outcomes
    )
    n_characters = sum(len(_remove_spaces(outcome.truth)) for outcome in outcomes)
    return ReadingAccuracy(
        n_pages=len(pages),
        n_lines=n_lines,
        n_exact=sum(outcome.is_exact for outcome in outcomes),
        n_extra=sum(outcome.truth is None for outcome in outcomes),
        digit_error_rate=n_errors / max(n_characters, 1),
        rejection=tuple(_rejection(outcomes, threshold) for threshold in CONFIDENCE_THRESHOLDS),
    )


def align_lines(truth: Sequence[str], lines: Sequence[Line]) -> list[LineOutcome]:
    """Pair true lines with lines read, in order, at minimum total edit distance.

    Parameters
    ----------
    truth : sequence of str
        The true lines. One that holds several numbers is split if each was read as its own line.
    lines : sequence of Line
        The lines read.

    Returns
    -------
    list of LineOutcome
        One for each pair, each missed line and each extra line.
    """
    texts = [line.text for line in lines]
    truth = _split_columns(truth, texts)
    cost = _distance_table(truth, texts, substitution_cost=edit_distance, gap_cost=len)
    outcomes = []
    i, j = len(truth), len(texts)
    while i or j:
        here = cost[i, j]
        if i and j and here == cost[i - 1, j - 1] + edit_distance(truth[i - 1], texts[j - 1]):
            i, j = i - 1, j - 1
            outcomes.append(LineOutcome(truth[i], texts[j], lines[j].confidence))
        elif i and here == cost[i - 1, j] + len(truth[i - 1]):
            i -= 1
            outcomes.append(LineOutcome(truth[i], None, 0.0))
        else:
            j -= 1
            outcomes.append(LineOutcome(None, texts[j], lines[j].confidence))
    return outcomes[::-1]


def edit_distance(first: str, second: str) -> int:
    """Return the Levenshtein distance of two strings.

    Examples
    --------
    >>> edit_distance("1234", "124")
    1
    """
    table = _distance_table(
        first, second, substitution_cost=lambda a, b: int(a != b), gap_cost=lambda character: 1
    )
    return int(table[-1, -1])


def _split_columns(truth: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Split true lines into their numbers where each number was read as a line of its own."""
    split = []
    for line in truth:
        numbers = line.split()
        is_split = line not in texts and len(numbers) > 1 and set(numbers) <= set(texts)
        split += numbers if is_split else [line]
    return split


def _distance_table(
    first: Sequence[str],
    second: Sequence[str],
    *,
    substitution_cost: Callable[[str, str], int],
    gap_cost: Callable[[str], int],
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return the edit distances of all prefixes, shape (len(first) + 1, len(second) + 1)."""
    cost = np.zeros((len(first) + 1, len(second) + 1), np.int64)
    cost[1:, 0] = np.cumsum([gap_cost(a) for a in first])
    cost[0, 1:] = np.cumsum([gap_cost(b) for b in second])
    for i, a in enumerate(first, start=1):
        for j, b in enumerate(second, start=1):
            cost[i, j] = min(
                cost[i - 1, j - 1] + substitution_cost(a, b),
                cost[i - 1, j] + gap_cost(a),
                cost[i, j - 1] + gap_cost(b),
            )
    return cost


def _remove_spaces(text: str | None) -> str:
    return (text or "").replace(" ", "")


def _rejection(outcomes: Sequence[LineOutcome], threshold: float) -> dict[str, float]:
    read = [outcome for outcome in outcomes if outcome.answer is not None]
    accepted = [outcome for outcome in read if outcome.confidence >= threshold]
    n_wrong = sum(not outcome.is_exact for outcome in accepted)
    return {
        "threshold": threshold,
        "rejected": 1 - len(accepted) / len(read) if read else 0.0,
        "wrong": n_wrong / len(accepted) if accepted else 0.0,
    }
