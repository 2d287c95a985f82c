"""Whether a confidence of 0.9 is right nine times out of ten."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.evaluation.intervals import wilson_interval

_LEAST = 1e-7  # float32's resolution near 1: what a probability of 0 counts as in the log loss


@dataclass(frozen=True)
class ReliabilityBin:
    """The answers whose confidence lies in one bin.

    Attributes
    ----------
    low, high : float in [0, 1]
        The bin's bounds; a confidence of `low` is in it, one of `high` in the next.
    n_images : int
        How many answers there are.
    confidence, accuracy : float in [0, 1]
        Their mean confidence, and the share that is right.
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
    """Sort answers by confidence into bins of equal width.

    Parameters
    ----------
    confidence : ndarray of float, shape (n_images,)
        In [0, 1].
    right : ndarray of bool, shape (n_images,)
        Whether each answer is right.
    n_bins : int, default=15

    Returns
    -------
    tuple of ReliabilityBin
        Those that hold any answer, in order.
    """
    bins = np.clip((confidence * n_bins).astype(int), 0, n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    hits = np.bincount(bins, weights=right, minlength=n_bins)
    sums = np.bincount(bins, weights=confidence, minlength=n_bins)
    return tuple(
        ReliabilityBin(
            low=i / n_bins,
            high=(i + 1) / n_bins,
            n_images=int(counts[i]),
            confidence=float(sums[i] / counts[i]),
            accuracy=float(hits[i] / counts[i]),
            interval=wilson_interval(int(hits[i]), int(counts[i])),
        )
        for i in np.flatnonzero(counts)
    )


def calibration_error(
    confidence: npt.NDArray[np.floating[Any]], right: npt.NDArray[np.bool_], n_bins: int = 15
) -> float:
    """Return the expected calibration error (ECE) over bins of equal width, in [0, 1].

    References
    ----------
    Guo et al. 2017, On calibration of modern neural networks, equation 3.
    """
    bins = reliability_bins(confidence, right, n_bins)
    gaps = sum(found.n_images * abs(found.confidence - found.accuracy) for found in bins)
    return gaps / max(len(confidence), 1)


def log_loss(proba: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.int64]) -> float:
    """Return the mean of -ln of the probability of the truth; a probability of 0 counts as 1e-7."""
    truth = np.take_along_axis(proba, labels[:, None], axis=1).astype(np.float64)
    return float(-np.log(truth.clip(_LEAST, 1)).mean())


def brier_score(proba: npt.NDArray[np.floating[Any]], labels: npt.NDArray[np.int64]) -> float:
    """Return the mean squared distance of the probabilities from the truth, in [0, 2].

    References
    ----------
    Brier 1950, Verification of forecasts expressed in terms of probability, equation 2.
    """
    truth = np.take_along_axis(proba, labels[:, None], axis=1)[:, 0].astype(np.float64)
    squares = np.square(proba, dtype=np.float64).sum(axis=1)
    return float((squares - 2 * truth + 1).mean())
