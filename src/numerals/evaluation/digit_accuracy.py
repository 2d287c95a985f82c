"""How well single digits are classified."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class DigitAccuracy:
    """Figures of one set of digits.

    Attributes
    ----------
    n_images, n_wrong : int
    interval : tuple of float
        95 % Wilson interval of the accuracy.
    calibration_error : float in [0, 1]
        Mean difference between confidence and accuracy, over 15 bins of confidence (ECE).
    wrong : tuple of (int, int, int, float)
        Index, truth, answer and confidence of what was misclassified.

    References
    ----------
    Wilson 1927, Probable inference, the law of succession, and statistical inference.
    Guo et al. 2017, On calibration of modern neural networks, equation 3.
    """

    n_images: int
    n_wrong: int
    interval: tuple[float, float]
    calibration_error: float
    wrong: tuple[tuple[int, int, int, float], ...]

    @property
    def accuracy(self) -> float:
        """Share of the images classified rightly, in [0, 1]."""
        return 1 - self.n_wrong / self.n_images

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {"accuracy": self.accuracy} | asdict(self)


def digit_accuracy(proba: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> DigitAccuracy:
    """Compare probabilities with labels.

    Parameters
    ----------
    proba : ndarray of float32, shape (n_images, n_classes)
        The largest of a row is the answer, and its value the confidence.
    labels : ndarray of int64, shape (n_images,)
        The true columns.
    """
    answers, confidence = proba.argmax(axis=1), proba.max(axis=1)
    right = answers == labels
    wrong = tuple(
        (int(i), int(labels[i]), int(answers[i]), float(confidence[i]))
        for i in np.flatnonzero(~right)
    )
    return DigitAccuracy(
        len(labels),
        len(wrong),
        wilson_interval(int(right.sum()), len(labels)),
        calibration_error(confidence, right),
        wrong,
    )


def wilson_interval(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share of successes."""
    share = successes / trials
    center = share + z**2 / (2 * trials)
    half = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return float((center - half) / scale), float((center + half) / scale)


def calibration_error(
    confidence: npt.NDArray[np.floating[Any]], right: npt.NDArray[np.bool_], n_bins: int = 15
) -> float:
    """Return the expected calibration error over bins of equal width."""
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    gaps = np.bincount(bins, weights=confidence - right, minlength=n_bins)
    return float(np.abs(gaps).sum() / max(counts.sum(), 1))
