"""Compare methods on the same digits: accuracy, time, size, memory and significance."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from numerals.errors import ModelError
from numerals.evaluation import digit_accuracy, mcnemar_test
from numerals.lab.candidate import ComparisonCandidate
from numerals.lab.comparison_data import class_balance
from numerals.lab.comparison_entry import ComparisonEntry, method_rows
from numerals.lab.trial import TrialError, run_trial, write_trial_data
from numerals.records import Digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Results of all candidates.

    Attributes
    ----------
    entries : tuple of ComparisonEntry
        By decreasing accuracy.
    failures : mapping of str to str
        Error messages of the candidates that failed, by title.
    balance : mapping of str to tuple of int
        Number of images of each class, by the name of the split.
    test : Digits
        The digits that all candidates classified.
    n_cores : int
        CPU cores that were available.
    """

    entries: tuple[ComparisonEntry, ...]
    failures: Mapping[str, str]
    balance: Mapping[str, tuple[int, ...]]
    test: Digits
    n_cores: int

    @property
    def best(self) -> ComparisonEntry:
        """The most accurate candidate; ModelError if all failed."""
        self._check_entries()
        return self.entries[0]

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the accuracy of each candidate against its time, with 95 % intervals.

        Parameters
        ----------
        ax : Axes, optional
            By default the axes of a new figure.

        Raises
        ------
        ModelError
            If all candidates failed.
        """
        from numerals.displays.accuracy_time import TimedAccuracy, plot_accuracy_against_time

        self._check_entries()

        points = [
            TimedAccuracy(
                entry.title,
                entry.accuracy.accuracy,
                entry.accuracy.interval,
                entry.total_seconds,
                is_fitted_before=entry.trial.fit_seconds is None,
            )
            for entry in self.entries
        ]
        return plot_accuracy_against_time(points, ax)

    def _check_entries(self) -> None:
        if not self.entries:
            reasons = "; ".join(f"{title}: {reason}" for title, reason in self.failures.items())
            raise ModelError(f"no candidate was fitted and tested ({reasons or 'none was given'})")

    def _repr_html_(self) -> str:
        """Return a table of the candidates and the chart of their accuracy, for notebooks."""
        from numerals.displays.html import below_html, figure_html, table_html

        parts = [table_html(*method_rows(self.entries))]
        if self.failures:
            parts.append(table_html(("failed", "error"), list(self.failures.items())))
        if self.entries:
            parts.append(figure_html(self.plot, "accuracy against time"))
        return below_html(*parts)

    def __repr__(self) -> str:
        results = [f"{e.title} {100 * e.accuracy.accuracy:.2f} %" for e in self.entries]
        failed = [f"{title} failed" for title in self.failures]
        return f"Comparison({self.test.name}: {', '.join([*results, *failed])})"

    def misclassified_by_all(self) -> list[int]:
        """Return the indices of the test digits that every candidate misclassifies."""
        right = np.array([entry.right for entry in self.entries])  # (n_entries, n_images)
        indices: list[int] = np.flatnonzero(~right.any(axis=0)).tolist()
        return indices

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "data": self.test.name,
            "class_names": list(self.test.classes),
            "class_balance": {name: list(counts) for name, counts in self.balance.items()},
            "methods": [entry.to_dict() for entry in self.entries],
            "failures": dict(self.failures),
        }


def compare(
    candidates: Sequence[ComparisonCandidate],
    train: Digits | None,
    test: Digits,
    *,
    on_start: Callable[[int, ComparisonCandidate], None] | None = None,
    on_end: Callable[[ComparisonCandidate, ComparisonEntry | str], None] | None = None,
) -> Comparison:
    """Fit and score each candidate in its own process, one after the other.

    Parameters
    ----------
    candidates : sequence of ComparisonCandidate
    train : Digits or None
        May be None if no candidate is a method.
    test : Digits
    on_start : callable (int, ComparisonCandidate), optional
        Called before each candidate, with its number from 1.
    on_end : callable (ComparisonCandidate, ComparisonEntry or str), optional
        Called after each candidate with its result, or its error message.

    Returns
    -------
    Comparison
        Candidates that fail are in `failures`; they do not stop the comparison.
    """
    balance = class_balance(train, test)
    entries: list[ComparisonEntry] = []
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="numerals-compare-") as folder:
        write_trial_data(Path(folder), train, test)
        for number, candidate in enumerate(candidates, start=1):
            if on_start:
                on_start(number, candidate)
            outcome = _score(candidate, Path(folder))
            if isinstance(outcome, ComparisonEntry):
                entries.append(outcome)
            else:
                failures[candidate.title] = outcome
            if on_end:
                on_end(candidate, outcome)
    return Comparison(_rank(entries), failures, balance, test, _count_cores())


def _score(candidate: ComparisonCandidate, folder: Path) -> ComparisonEntry | str:
    """Return the result of a candidate, or its error message."""
    try:
        trial = run_trial(candidate.name, candidate.settings, folder, fit=candidate.is_method)
    except TrialError as error:
        return str(error)
    return ComparisonEntry(candidate.title, trial, digit_accuracy(trial.proba, trial.labels))


def _rank(entries: Sequence[ComparisonEntry]) -> tuple[ComparisonEntry, ...]:
    ranked = sorted(entries, key=lambda entry: entry.accuracy.n_wrong)
    return tuple(
        replace(entry, against_best=mcnemar_test(ranked[0].right, entry.right)) if rank else entry
        for rank, entry in enumerate(ranked)
    )


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
