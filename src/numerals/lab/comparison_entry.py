"""The result of each candidate of a comparison, and a table of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.lab.trial import Trial
from numerals.metrics.digit_accuracy import DigitAccuracy
from numerals.metrics.mcnemar import SIGNIFICANCE_LEVEL, McNemar

_Row = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ComparisonEntry:
    """Result of one candidate, and its comparison with the most accurate one.

    Attributes
    ----------
    title : str
    trial : Trial
    accuracy : DigitAccuracy
    against_best : McNemar or None
        McNemar's test; the first classifier is the most accurate one, the second is this one.
        None for the most accurate one itself.
    """

    title: str
    trial: Trial
    accuracy: DigitAccuracy
    against_best: McNemar | None = None

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each test digit was classified correctly, shape (n_images,)."""
        return np.asarray(self.trial.proba.argmax(axis=1) == self.trial.labels)

    @property
    def seconds_per_digit(self) -> float:
        """Mean time of prediction."""
        return self.trial.predict_seconds / len(self.trial.labels)

    @property
    def total_seconds(self) -> float:
        """Time to fit, if it was fitted, and to classify the test digits."""
        return (self.trial.fit_seconds or 0) + self.trial.predict_seconds

    @property
    def may_equal_best(self) -> bool:
        """Whether the test does not separate it from the most accurate one (p >= 0.05)."""
        return self.against_best is not None and self.against_best.p_value >= SIGNIFICANCE_LEVEL

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


def method_rows(
    entries: Sequence[ComparisonEntry],
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the head and the rows of a table of results, ready to print.

    Parameters
    ----------
    entries : sequence of ComparisonEntry
    """
    head = (
        "method",
        "accuracy %",
        "95 % interval",
        "fit s",
        "ms per digit",
        "file",
        "peak memory",
        "p against best",
    )
    return head, [_method_row(entry) for entry in entries]


def format_p_value(p: float) -> str:
    """Return a p-value with four decimals."""
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _method_row(entry: ComparisonEntry) -> tuple[str, ...]:
    trial = entry.trial
    low, high = entry.accuracy.interval
    return (
        entry.title,
        f"{100 * entry.accuracy.accuracy:.2f}",
        f"{100 * low:.2f} to {100 * high:.2f}",
        "–" if trial.fit_seconds is None else f"{trial.fit_seconds:.2f}",
        f"{1000 * entry.seconds_per_digit:.3g}",
        _format_bytes(trial.n_bytes),
        "–" if trial.peak_bytes is None else _format_bytes(trial.peak_bytes),
        "best" if entry.against_best is None else format_p_value(entry.against_best.p_value),
    )


def _format_bytes(n: int) -> str:
    """Return a size with three significant digits, such as ``"1.13 MB"``."""
    for size, unit in ((1e9, "GB"), (1e6, "MB")):
        if n >= size:
            return f"{n / size:.3g} {unit}"
    return f"{n / 1e3:.3g} kB"
