"""Measure the accuracy of methods against the number of training digits."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.lab.candidate import ComparisonCandidate
from numerals.lab.comparison import Comparison
from numerals.lab.trial import TrialError, run_trial, write_trial_data
from numerals.metrics.digit_accuracy import digit_accuracy
from numerals.records import Digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FIRST_SIZE = 100  # digits


@dataclass(frozen=True)
class CurvePoint:
    """The accuracy of a method fitted to some number of digits.

    Attributes
    ----------
    title : str
        The method with its settings.
    n_train : int
        Number of training digits.
    accuracy : float in [0, 1]
        On the test digits.
    interval : tuple of float
        95 % interval of the accuracy: the uncertainty from the number of test digits. That from the
        choice of the training digits is not included.
    fit_seconds : float
    """

    title: str
    n_train: int
    accuracy: float
    interval: tuple[float, float]
    fit_seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "method": self.title,
            "n_train": self.n_train,
            "accuracy": self.accuracy,
            "interval": list(self.interval),
            "fit_seconds": self.fit_seconds,
        }


@dataclass(frozen=True)
class AccuracyCurve:
    """Accuracies of methods by number of training digits.

    Attributes
    ----------
    points : tuple of CurvePoint
        By method, then by size.
    n_test : int
        Number of test digits.
    fitted_before : dict of str to float
        Accuracies of the models that were not fitted, by title.
    failures : dict of str to str
        Error messages of the fits that failed, by title and size.
    """

    points: tuple[CurvePoint, ...]
    n_test: int
    fitted_before: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def by_method(self) -> dict[str, list[CurvePoint]]:
        """Return the points of each method, by increasing size."""
        curves: dict[str, list[CurvePoint]] = {}
        for point in self.points:
            curves.setdefault(point.title, []).append(point)
        return curves

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw accuracy against the number of training digits, with 95 % intervals.

        Parameters
        ----------
        ax : Axes, optional
            By default the axes of a new figure.
        """
        from numerals.displays.accuracy_size import SizedAccuracy, plot_accuracy_against_size

        curves = {
            title: [SizedAccuracy(each.n_train, each.accuracy, each.interval) for each in points]
            for title, points in self.by_method().items()
        }
        return plot_accuracy_against_size(curves, self.fitted_before, ax)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "n_test": self.n_test,
            "points": [point.to_dict() for point in self.points],
            "fitted_before": dict(self.fitted_before),
            "failures": dict(self.failures),
        }


def curve_sizes(n_train: int) -> tuple[int, ...]:
    """Return the default numbers of training digits: 100, 300, 1,000, 3,000, ... and all.

    Examples
    --------
    >>> curve_sizes(5000)
    (100, 300, 1000, 3000, 5000)
    """
    sizes, size = [], _FIRST_SIZE
    while size < n_train:
        sizes.append(size)
        size = 3 * size if str(size)[0] == "1" else size // 3 * 10
    return (*sizes, n_train)


def measure_curve(
    comparison: Comparison,
    candidates: Sequence[ComparisonCandidate],
    train: Digits,
    sizes: Sequence[int] | None = None,
    *,
    on_end: Callable[[CurvePoint], None] | None = None,
) -> AccuracyCurve:
    """Fit methods to parts of the training digits, and score them on the test digits.

    Each part contains the smaller ones, and has the same share of each class as all training
    digits. Every fit has its own process.

    Parameters
    ----------
    comparison : Comparison
        The candidates, fitted to all training digits: the last point of each curve.
    candidates : sequence of ComparisonCandidate
        Those that are methods are fitted.
    train : Digits
    sizes : sequence of int, optional
        Numbers of training digits; by default `curve_sizes`.
    on_end : callable (CurvePoint), optional
        Called after each fit that did not fail.

    Raises
    ------
    DataError
        If a size is larger than the number of training digits, or less than 2.
    """
    chosen = check_sizes(curve_sizes(len(train)) if sizes is None else sizes, len(train))
    methods = [each for each in candidates if each.is_method]
    titles = [method.title for method in methods]
    points = [
        CurvePoint(each.title, len(train), each.accuracy.accuracy, each.accuracy.interval, seconds)
        for each in comparison.entries
        if len(train) in chosen and (seconds := each.trial.fit_seconds) is not None
    ]
    failures: dict[str, str] = {}
    order = stratified_order(train.labels)
    with tempfile.TemporaryDirectory(prefix="numerals-curve-") as folder:
        for size in chosen:
            if size == len(train):
                continue  # in the comparison
            # The digits keep their order, so that all of them are the data of the comparison.
            write_trial_data(Path(folder), train[np.sort(order[:size])], comparison.test)
            for method in methods:
                outcome = _fit_and_score(method, size, Path(folder))
                if isinstance(outcome, str):
                    failures[f"{method.title}, {size:,} digits"] = outcome
                    continue
                points.append(outcome)
                if on_end:
                    on_end(outcome)
    points.sort(key=lambda point: (titles.index(point.title), point.n_train))
    models = {
        each.title: each.accuracy.accuracy
        for each in comparison.entries
        if each.trial.fit_seconds is None
    }
    return AccuracyCurve(tuple(points), len(comparison.test), models, failures)


def check_sizes(sizes: Sequence[int], n_train: int) -> list[int]:
    """Return numbers of training digits in ascending order.

    Raises
    ------
    DataError
        If one is less than 2 or more than `n_train`.
    """
    chosen = sorted(set(sizes))
    if not chosen or not 2 <= chosen[0] <= chosen[-1] <= n_train:
        raise DataError(
            f"sizes {', '.join(map(str, chosen))} must be between 2 and the {n_train:,} training "
            "digits; choose others"
        )
    return chosen


def _fit_and_score(method: ComparisonCandidate, size: int, folder: Path) -> CurvePoint | str:
    """Return the point of a method on the data in a folder, or an error message."""
    try:
        trial = run_trial(method.name, method.settings, folder, fit=True)
    except TrialError as error:
        return str(error)
    accuracy = digit_accuracy(trial.proba, trial.labels)
    seconds = trial.fit_seconds or 0.0
    return CurvePoint(method.title, size, accuracy.accuracy, accuracy.interval, seconds)


def stratified_order(labels: npt.NDArray[np.int64], random_state: int = 0) -> npt.NDArray[np.int64]:
    """Return a random order in which every beginning has nearly the same share of each class.

    Parameters
    ----------
    labels : ndarray of int64, shape (n_images,)
    random_state : int, default=0

    Examples
    --------
    >>> order = stratified_order(np.array([0, 0, 0, 0, 1, 1]))
    >>> sorted(np.array([0, 0, 0, 0, 1, 1])[order[:3]].tolist())
    [0, 0, 1]
    """
    rng = np.random.default_rng(random_state)
    position = np.zeros(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        # The places of a class are spread evenly over the whole order.
        places = (np.arange(len(members)) + 0.5) / len(members)
        position[rng.permutation(members)] = places
    return np.argsort(position + 1e-9 * rng.random(len(labels)), kind="stable")
