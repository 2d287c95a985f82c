"""Several methods on the same digits: how right, how fast, how large, and what is only luck."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.evaluation import DigitAccuracy, McNemar, digit_accuracy, mcnemar_test
from numerals.lab.candidate import Candidate
from numerals.lab.trial import Trial, TrialError, run_trial, write_parts
from numerals.records import Digits

_HELD_OUT = 0.2  # of data that come in one part


@dataclass(frozen=True, eq=False)
class Entry:
    """A candidate, how it did, and how that compares with the best.

    Attributes
    ----------
    title : str
    trial : Trial
    accuracy : DigitAccuracy
    against_best : McNemar or None
        First the best, second this one; None for the best itself.
    """

    title: str
    trial: Trial
    accuracy: DigitAccuracy
    against_best: McNemar | None = None

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each test digit was classified rightly."""
        return np.asarray(self.trial.proba.argmax(axis=1) == self.trial.labels)

    @property
    def seconds_per_digit(self) -> float:
        """Time of prediction."""
        return self.trial.predict_seconds / len(self.trial.labels)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "method": self.title,
            "accuracy": self.accuracy.accuracy,
            "interval": list(self.accuracy.interval),
            "n_wrong": self.accuracy.n_wrong,
            "calibration_error": self.accuracy.calibration_error,
            "fit_seconds": self.trial.fit_seconds,
            "predict_seconds_per_digit": self.seconds_per_digit,
            "model_bytes": self.trial.n_bytes,
            "peak_bytes": self.trial.peak_bytes,
            "notes": list(self.trial.notes),
            "against_best": self.against_best.to_dict() if self.against_best else None,
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came of all candidates.

    Attributes
    ----------
    entries : tuple of Entry
        The most accurate first.
    failures : mapping of str to str
        Why a candidate has no entry, by its title.
    balance : mapping of str to tuple of int
        Images of each class, by the name of the part.
    test : Digits
        What all answered.
    """

    entries: tuple[Entry, ...]
    failures: Mapping[str, str]
    balance: Mapping[str, tuple[int, ...]]
    test: Digits

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "data": self.test.name,
            "class_names": list(self.test.classes),
            "class_balance": {name: list(counts) for name, counts in self.balance.items()},
            "methods": [entry.to_dict() for entry in self.entries],
            "failures": dict(self.failures),
        }


def split_parts(train: Digits, test: Digits, random_state: int = 0) -> tuple[Digits, Digits]:
    """Return parts to fit and to score on that have no image in common by mistake.

    Parameters
    ----------
    train, test : Digits
        Equal where data come in one part, such as a folder of pictures: then a fifth of them,
        chosen at random, is held out for the test.
    random_state : int, default=0

    Raises
    ------
    DataError
        If there are too few digits to hold any out.
    """
    if train.images.shape != test.images.shape or not np.array_equal(train.images, test.images):
        return train, test
    order = np.random.default_rng(random_state).permutation(len(train))
    n_test = round(_HELD_OUT * len(train))
    if not 0 < n_test < len(train):
        raise DataError(f"{train.name}: {len(train)} digits are too few to fit and test on")
    return _take(train, np.sort(order[n_test:])), _take(train, np.sort(order[:n_test]))


def class_balance(train: Digits | None, test: Digits) -> dict[str, tuple[int, ...]]:
    """Count the images of each class in each part.

    Raises
    ------
    DataError
        If digits have no label.
    """
    parts = {"train": train, "test": test}
    for name, digits in parts.items():
        unlabelled = 0 if digits is None else int((digits.labels < 0).sum())
        if unlabelled:
            raise DataError(
                f"{test.name}, {name}: {unlabelled:,} digits have no label, so methods can be"
                " neither fitted nor compared; choose data with labels"
            )
    return {
        name: tuple(np.bincount(digits.labels, minlength=len(digits.classes)).tolist())
        for name, digits in parts.items()
        if digits is not None
    }


def compare(
    candidates: Sequence[Candidate],
    train: Digits | None,
    test: Digits,
    *,
    on_start: Callable[[int, Candidate], None] | None = None,
    on_end: Callable[[Candidate, Entry | str], None] | None = None,
) -> Comparison:
    """Fit and score each candidate in a process of its own, one after the other.

    Parameters
    ----------
    candidates : sequence of Candidate
    train : Digits or None
        May be None if nothing is to be fitted.
    test : Digits
    on_start : callable (int, Candidate), optional
        Told before each, with its place from 1.
    on_end : callable (Candidate, Entry or str), optional
        Told after each: how it did, or why it failed.

    Returns
    -------
    Comparison
        One that fails is among its `failures`; the others go on.
    """
    balance = class_balance(train, test)
    entries: list[Entry] = []
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="numerals-compare-") as folder:
        write_parts(Path(folder), train, test)
        for place, candidate in enumerate(candidates, start=1):
            if on_start:
                on_start(place, candidate)
            outcome = _try(candidate, Path(folder))
            if isinstance(outcome, Entry):
                entries.append(outcome)
            else:
                failures[candidate.title] = outcome
            if on_end:
                on_end(candidate, outcome)
    return Comparison(_rank(entries), failures, balance, test)


def _try(candidate: Candidate, folder: Path) -> Entry | str:
    try:
        trial = run_trial(candidate.name, candidate.settings, folder, fit=candidate.is_method)
    except TrialError as error:
        return str(error)
    return Entry(candidate.title, trial, digit_accuracy(trial.proba, trial.labels))


def _rank(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    ranked = sorted(entries, key=lambda entry: entry.accuracy.n_wrong)
    return tuple(
        replace(entry, against_best=mcnemar_test(ranked[0].right, entry.right)) if place else entry
        for place, entry in enumerate(ranked)
    )


def _take(digits: Digits, chosen: npt.NDArray[np.int64]) -> Digits:
    writers = None if digits.writers is None else digits.writers[chosen]
    return replace(
        digits, images=digits.images[chosen], labels=digits.labels[chosen], writers=writers
    )
