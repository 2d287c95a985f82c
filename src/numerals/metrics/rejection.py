"""Selective classification: the risk that remains when answers of low confidence are rejected."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False, repr=False)
class RiskCoverage:
    """A risk-coverage curve, one point for each distinct confidence.

    Attributes
    ----------
    threshold : ndarray of float64, shape (n_points,)
        Minimum confidence of an accepted answer; decreasing.
    coverage : ndarray of float64, shape (n_points,)
        Share of the answers that are accepted; increasing to 1.
    risk : ndarray of float64, shape (n_points,)
        Share of wrong answers among the accepted ones.
    area : float in [0, 1]
        Area under the curve (AURC): the mean risk over all coverages; 0 if all answers are
        correct. Answers of equal confidence are accepted or rejected together; within such a
        group the errors count as evenly distributed.

    References
    ----------
    El-Yaniv, Wiener 2010, On the foundations of noise-free selective classification, section 2.
    Geifman, Uziel, El-Yaniv 2019, Bias-reduced uncertainty estimation, section 2 (AURC).
    """

    threshold: npt.NDArray[np.float64]
    coverage: npt.NDArray[np.float64]
    risk: npt.NDArray[np.float64]
    area: float

    def __repr__(self) -> str:
        return f"RiskCoverage({len(self.risk):,} points, area {self.area:.5f})"

    def at_risk(self, risk: float) -> tuple[float, float, float]:
        """Return the point of largest coverage whose risk is at most `risk`.

        Parameters
        ----------
        risk : float in [0, 1]

        Returns
        -------
        threshold, coverage, risk : float
            Infinity, 0 and 0 if no point has so low a risk.
        """
        (points,) = np.nonzero(self.risk <= risk)
        if points.size == 0:
            return float("inf"), 0.0, 0.0
        last = points[-1]
        return float(self.threshold[last]), float(self.coverage[last]), float(self.risk[last])


def risk_coverage(
    confidence: npt.NDArray[np.floating[Any]], right: npt.NDArray[np.bool_]
) -> RiskCoverage:
    """Compute the risk-coverage curve of answers that are rejected by confidence.

    Parameters
    ----------
    confidence : ndarray of float, shape (n_images,)
    right : ndarray of bool, shape (n_images,)
        Whether each answer is correct.

    Examples
    --------
    >>> curve = risk_coverage(np.array([0.9, 0.8, 0.6, 0.5]), np.array([True, True, False, True]))
    >>> curve.risk.round(2).tolist()
    [0.0, 0.0, 0.33, 0.25]
    >>> curve.at_risk(0.1)[1]
    0.5
    """
    values, group = np.unique(-confidence.astype(np.float64), return_inverse=True)
    counts = np.bincount(group, minlength=len(values))
    n_wrong = np.bincount(group, weights=~right, minlength=len(values))
    n_accepted = np.cumsum(counts)
    error_rates = np.repeat(n_wrong / np.maximum(counts, 1), counts)  # (n_images,)
    ranks = np.arange(1, len(right) + 1)
    area = float((np.cumsum(error_rates) / ranks).mean()) if len(right) else 0.0
    return RiskCoverage(
        threshold=-values,
        coverage=n_accepted / max(len(right), 1),
        risk=np.cumsum(n_wrong) / np.maximum(n_accepted, 1),
        area=area,
    )
