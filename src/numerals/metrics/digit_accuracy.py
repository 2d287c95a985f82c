"""Metrics of single-digit classification."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.metrics.calibration import (
    ReliabilityBin,
    brier_score,
    calibration_error,
    log_loss,
    reliability_bins,
)
from numerals.metrics.confusion import (
    ClassAccuracy,
    class_accuracies,
    confusion_matrix,
    most_confused,
)
from numerals.metrics.intervals import wilson_interval
from numerals.metrics.rejection import risk_coverage

RISK_LIMITS = (0.01, 0.005, 0.001)
"""Shares of wrong answers for which the coverage is reported."""


@dataclass(frozen=True)
class CoverageAtRisk:
    """The largest share of answers that can be accepted at a given risk.

    Attributes
    ----------
    limit : float in [0, 1]
        Maximum share of wrong answers among the accepted ones.
    coverage : float in [0, 1]
        Share of all answers that are accepted.
    threshold : float or None
        Minimum confidence of an accepted answer; None if no threshold meets the limit.
    risk : float in [0, 1]
        Share of wrong answers among the accepted ones.
    """

    limit: float
    coverage: float
    threshold: float | None
    risk: float


@dataclass(frozen=True, repr=False)
class DigitAccuracy:
    """Metrics of a classifier on one set of digits.

    Attributes
    ----------
    n_images, n_wrong : int
        Number of images, and of misclassified images.
    interval : tuple of float
        95 % Wilson interval of the accuracy.
    calibration_error : float in [0, 1]
        Expected calibration error (ECE) over 15 bins of confidence.
    wrong : tuple of (int, int, int, float)
        Index, true class, predicted class and confidence of each misclassified image.
    log_loss, brier_score : float
        Proper scores of the probabilities; 0 is best.
    risk_coverage_area : float in [0, 1]
        Area under the risk-coverage curve (AURC); 0 is best.
    coverage_at_risk : tuple of CoverageAtRisk
        One for each of `RISK_LIMITS`. The thresholds are chosen on these images, so on other
        images the risk is somewhat higher than the limit.
    classes : tuple of ClassAccuracy
        Precision, recall and F1 of each class.
    confusion : tuple of tuple of int
        Confusion matrix: rows are true classes, columns are predicted classes.
    reliability : tuple of ReliabilityBin
        Accuracy by confidence.
    """

    n_images: int
    n_wrong: int
    interval: tuple[float, float]
    calibration_error: float
    wrong: tuple[tuple[int, int, int, float], ...]
    log_loss: float
    brier_score: float
    risk_coverage_area: float
    coverage_at_risk: tuple[CoverageAtRisk, ...]
    classes: tuple[ClassAccuracy, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[ReliabilityBin, ...]

    def __repr__(self) -> str:
        low, high = (f"{100 * bound:.2f}" for bound in self.interval)
        return (
            f"DigitAccuracy({100 * self.accuracy:.2f} %, {self.n_wrong:,} of {self.n_images:,} "
            f"wrong, 95 % interval {low} to {high} %)"
        )

    @property
    def accuracy(self) -> float:
        """Share of the images that are classified correctly, in [0, 1]."""
        return 1 - self.n_wrong / self.n_images

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that occur, in [0, 1]."""
        scores = [each.f1 for each in self.classes if each.support]
        return sum(scores) / len(scores)

    @property
    def class_counts(self) -> tuple[int, ...]:
        """Number of images of each class."""
        return tuple(each.support for each in self.classes)

    def most_confused(self, limit: int = 5) -> list[tuple[int, int, int, int]]:
        """Return the pairs of classes that are confused most often; see `most_confused`."""
        return most_confused(np.array(self.confusion), limit)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {"accuracy": self.accuracy, "macro_f1": self.macro_f1} | asdict(self)


def digit_accuracy(proba: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> DigitAccuracy:
    """Compare predicted probabilities with labels.

    Parameters
    ----------
    proba : ndarray of float32, shape (n_images, n_classes)
        The predicted class is the column with the largest probability, which is the confidence.
    labels : ndarray of int64, shape (n_images,)
        The true columns of `proba`.

    Raises
    ------
    ValueError
        If there are no images.
    """
    if len(labels) == 0:
        raise ValueError("no images to measure accuracy on; pass at least one")
    answers, confidence = proba.argmax(axis=1), proba.max(axis=1)
    right = answers == labels
    wrong = tuple(
        (int(i), int(labels[i]), int(answers[i]), float(confidence[i]))
        for i in np.flatnonzero(~right)
    )
    confusion = confusion_matrix(answers, labels, proba.shape[1])
    curve = risk_coverage(confidence, right)
    return DigitAccuracy(
        n_images=len(labels),
        n_wrong=len(wrong),
        interval=wilson_interval(int(right.sum()), len(labels)),
        calibration_error=calibration_error(confidence, right),
        wrong=wrong,
        log_loss=log_loss(proba, labels),
        brier_score=brier_score(proba, labels),
        risk_coverage_area=curve.area,
        coverage_at_risk=tuple(
            _coverage_at_risk(limit, *curve.at_risk(limit)) for limit in RISK_LIMITS
        ),
        classes=class_accuracies(confusion),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        reliability=reliability_bins(confidence, right),
    )


def _coverage_at_risk(
    limit: float, threshold: float, coverage: float, risk: float
) -> CoverageAtRisk:
    return CoverageAtRisk(limit, coverage, threshold if coverage else None, risk)
