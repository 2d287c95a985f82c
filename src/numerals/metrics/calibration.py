"""Calibration: how well confidences agree with accuracies."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.metrics.intervals import wilson_interval

_MIN_PROBABILITY = 1e-7  # clips the log loss; about float32's resolution near 1


@dataclass(frozen=True)
class ReliabilityBin:
    """The answers whose confidence lies in one bin.

    Attributes
    ----------
    low, high : float in [0, 1]
        Bounds of the bin, half-open: a confidence of `high` belongs to the next bin.
    n_images : int
        Number of answers in the bin.
    confidence : float in [0, 1]
        Mean confidence of these answers.
    accuracy : float in [0, 1]
        Share of these answers that are correct.
    interval : tuple of float
        95 % Wilson interval of `accuracy`.
    """

    low: float
    high: float
    n_images: int
    confidence: float
    accuracy: float
    interval: tuple[float, float]


def reliability_bins(
    confidence: npt.NDArray[np.floating[Any]], right: npt.NDArray[np.bool_], n_bins: int = 15
) -> tuple[ReliabilityBin, ...]:
    """Group answers by confidence into bins of equal width.

    Parameters
    ----------
    confidence : ndarray of float, shape (n_images,)
        In [0, 1].
    right : ndarray of bool, shape (n_images,)
        Whether each answer is correct.
    n_bins : int, default=15

    Returns
    -------
    tuple of ReliabilityBin
        The bins that are not empty, by increasing confidence.
    """
    bins = np.clip((confidence * n_bins).astype(int), 0, n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    n_right = np.bincount(bins, weights=right, minlength=n_bins)
    sums = np.bincount(bins, weights=confidence, minlength=n_bins)
    return tuple(
        ReliabilityBin(
            low=i / n_bins,
            high=(i + 1) / n_bins,
            n_images=int(counts[i]),
            confidence=float(sums[i] / counts[i]),
            accuracy=float(n_right[i] / counts[i]),
            interval=wilson_interval(int(n_right[i]), int(counts[i])),
        )
        for i in np.flatnonzero(counts)
    )


def calibration_error(
    confidence: npt.NDArray[np.floating[Any]], right: npt.NDArray[np.bool_], n_bins: int = 15
) -> float:
    """Return the expected calibration error (ECE) over bins of equal width.

    Parameters
    ----------
    confidence : ndarray of float, shape (n_images,)
        In [0, 1].
    right : ndarray of bool, shape (n_images,)
        Whether each answer is correct.
    n_bins : int, default=15

    Returns
    -------
    float in [0, 1]
        0 if there are no answers.

    References
    ----------
    Guo et al. 2017, On calibration of modern neural networks, equation 3.
    """
    bins = reliability_bins(confidence, right, n_bins)
    weighted_gaps = sum(b.n_images * abs(b.confidence - b.accuracy) for b in bins)
    return weighted_gaps / max(len(confidence), 1)


def log_loss(proba: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.int64]) -> float:
    """Return the mean negative log-likelihood of the true classes, in nats.

    Parameters
    ----------
    proba : ndarray of float, shape (n_images, n_classes)
        Probabilities are clipped to [1e-7, 1].
    labels : ndarray of int64, shape (n_images,)
        The true columns of `proba`.
    """
    true_proba = np.take_along_axis(proba, labels[:, None], axis=1).astype(np.float64)
    return float(-np.log(true_proba.clip(_MIN_PROBABILITY, 1)).mean())


def brier_score(proba: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.int64]) -> float:
    """Return the mean squared distance between probabilities and one-hot truth, in [0, 2].

    Parameters
    ----------
    proba : ndarray of float, shape (n_images, n_classes)
    labels : ndarray of int64, shape (n_images,)
        The true columns of `proba`.

    References
    ----------
    Brier 1950, Verification of forecasts expressed in terms of probability, equation 2.
    """
    true_proba = np.take_along_axis(proba, labels[:, None], axis=1)[:, 0].astype(np.float64)
    squares = np.square(proba, dtype=np.float64).sum(axis=1)
    return float((squares - 2 * true_proba + 1).mean())
