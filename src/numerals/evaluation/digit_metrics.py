"""How well single digits are classified."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.evaluation.calibration import (
    ReliabilityBin,
    brier_score,
    calibration_error,
    log_loss,
    reliability_bins,
)
from numerals.evaluation.confusion import ClassAccuracy, class_accuracies, confusion_matrix
from numerals.evaluation.intervals import wilson_interval
from numerals.evaluation.rejection import risk_coverage

RISKS = (0.01, 0.005, 0.001)
"""Shares of wrong answers at which the coverage is told."""


@dataclass(frozen=True)
class CoverageAtRisk:
    """How many answers may be kept so that no more than a share of them is wrong.

    Attributes
    ----------
    limit : float in [0, 1]
        The share of wrong answers that is allowed.
    coverage : float in [0, 1]
        Share of the answers that are kept.
    threshold : float or None
        Confidence that an answer then needs; None if no threshold serves.
    risk : float in [0, 1]
        Share of the kept answers that is wrong.
    """

    limit: float
    coverage: float
    threshold: float | None
    risk: float


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
    log_loss, brier_score : float
        Proper scores of the probabilities; 0 is best.
    risk_coverage_area : float in [0, 1]
        Area under the curve of risk against coverage (AURC); 0 is best.
    coverage_at_risk : tuple of CoverageAtRisk
        One for each of `RISKS`. The thresholds are found on these very images, so on others they
        will keep somewhat more errors.
    classes : tuple of ClassAccuracy
        Precision, recall and F1, a class each.
    confusion : tuple of tuple of int
        Rows are the truth, columns the answers.
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

    @property
    def accuracy(self) -> float:
        """Share of the images classified rightly, in [0, 1]."""
        return 1 - self.n_wrong / self.n_images

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that occur, in [0, 1]."""
        scores = [found.f1 for found in self.classes if found.support]
        return sum(scores) / len(scores)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {"accuracy": self.accuracy, "macro_f1": self.macro_f1} | asdict(self)


def digit_accuracy(proba: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> DigitAccuracy:
    """Compare probabilities with labels.

    Parameters
    ----------
    proba : ndarray of float32, shape (n_images, n_classes)
        The largest of a row is the answer, and its value the confidence.
    labels : ndarray of int64, shape (n_images,)
        The true columns.

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
        coverage_at_risk=tuple(_coverage(limit, *curve.at_risk(limit)) for limit in RISKS),
        classes=class_accuracies(confusion),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        reliability=reliability_bins(confidence, right),
    )


def _coverage(limit: float, threshold: float, coverage: float, risk: float) -> CoverageAtRisk:
    return CoverageAtRisk(limit, coverage, threshold if coverage else None, risk)
