"""Exact lines, digit error rate, and what a confidence threshold rejects and lets through."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from numerals.records import Line

THRESHOLDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
"""Confidences of a line at which rejection is tabled."""


@dataclass(frozen=True)
class LineOutcome:
    """A true line beside the line that was read for it.

    Attributes
    ----------
    truth : str or None
        None for a line that was read where nothing is written.
    answer : str or None
        None for a line that was missed.
    confidence : float in [0, 1]
        Of the answer; 0 for a line that was missed.
    """

    truth: str | None
    answer: str | None
    confidence: float

    @property
    def is_exact(self) -> bool:
        """Whether the answer is the truth, character by character."""
        return self.truth is not None and self.truth == self.answer


@dataclass(frozen=True)
class ReadingAccuracy:
    """Figures of one set of pages.

    Attributes
    ----------
    n_pages, n_lines : int
        How many pages, and true lines, there were.
    n_exact : int
        Lines read exactly.
    n_extra : int
        Lines read where nothing is written.
    digit_error_rate : float
        Edit distance over all lines, spaces left out, by the number of true characters.
    rejection : tuple of dict
        For each threshold: ``threshold``, ``rejected`` (share of lines read that are below it),
        ``wrong`` (share of the others that are not exact).
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

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return asdict(self) | {"exact": self.exact, "rejection": list(self.rejection)}


def reading_accuracy(pages: Sequence[Sequence[LineOutcome]]) -> ReadingAccuracy:
    """Sum up the outcomes of a set of pages, as `align_lines` returns them."""
    outcomes = [outcome for page in pages for outcome in page]
    n_lines = sum(outcome.truth is not None for outcome in outcomes)
    errors = sum(
        edit_distance(_close_up(outcome.truth), _close_up(outcome.answer)) for outcome in outcomes
    )
    characters = sum(len(_close_up(outcome.truth)) for outcome in outcomes)
    return ReadingAccuracy(
        n_pages=len(pages),
        n_lines=n_lines,
        n_exact=sum(outcome.is_exact for outcome in outcomes),
        n_extra=sum(outcome.truth is None for outcome in outcomes),
        digit_error_rate=errors / max(characters, 1),
        rejection=tuple(_rejection(outcomes, threshold) for threshold in THRESHOLDS),
    )


def align_lines(truth: Sequence[str], lines: Sequence[Line]) -> list[LineOutcome]:
    """Pair true lines with lines read, in order, so that the edit distance is least.

    Parameters
    ----------
    truth : sequence of str
        What is written, a line each.
    lines : sequence of Line
        What was read.

    Returns
    -------
    list of LineOutcome
        One for each pair, line missed and line too many.
    """
    texts = [line.text for line in lines]
    truth = _split_columns(truth, texts)
    cost = _distances(truth, texts, substitute=edit_distance, drop=len)
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


def _split_columns(truth: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Split true lines into numbers that stand side by side, where they were read as such."""
    split = []
    for line in truth:
        numbers = line.split()
        apart = line not in texts and len(numbers) > 1 and set(numbers) <= set(texts)
        split += numbers if apart else [line]
    return split


def edit_distance(first: str, second: str) -> int:
    """Return the least number of insertions, deletions and substitutions between two strings.

    Examples
    --------
    >>> edit_distance("1234", "124")
    1
    """
    costs = _distances(first, second, substitute=lambda a, b: int(a != b), drop=lambda character: 1)
    return int(costs[-1, -1])


def _distances(
    first: Sequence[str],
    second: Sequence[str],
    *,
    substitute: Callable[[str, str], int],
    drop: Callable[[str], int],
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return the table of edit distances between all beginnings of two sequences."""
    cost = np.zeros((len(first) + 1, len(second) + 1), np.int64)
    cost[1:, 0] = np.cumsum([drop(a) for a in first])
    cost[0, 1:] = np.cumsum([drop(b) for b in second])
    for i, a in enumerate(first, start=1):
        for j, b in enumerate(second, start=1):
            cost[i, j] = min(
                cost[i - 1, j - 1] + substitute(a, b),
                cost[i - 1, j] + drop(a),
                cost[i, j - 1] + drop(b),
            )
    return cost


def _close_up(text: str | None) -> str:
    return (text or "").replace(" ", "")


def _rejection(outcomes: Sequence[LineOutcome], threshold: float) -> dict[str, float]:
    read = [outcome for outcome in outcomes if outcome.answer is not None]
    accepted = [outcome for outcome in read if outcome.confidence >= threshold]
    wrong = sum(not outcome.is_exact for outcome in accepted)
    return {
        "threshold": threshold,
        "rejected": 1 - len(accepted) / len(read) if read else 0.0,
        "wrong": wrong / len(accepted) if accepted else 0.0,
    }
