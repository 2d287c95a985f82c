"""What is left, and how much of it is wrong, when doubtful answers are set aside."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Risk against coverage, one point for each confidence that occurs.

    Attributes
    ----------
    threshold : ndarray of float64, shape (n_points,)
        Answers with at least this confidence are kept; falling.
    coverage : ndarray of float64, shape (n_points,)
        Share of the answers that are kept; rising to 1.
    risk : ndarray of float64, shape (n_points,)
        Share of those that are wrong.
    area : float in [0, 1]
        Mean risk over all coverages (AURC): 0 if everything is right. Answers of equal confidence
        are kept or set aside together, so within them the risk counts as evenly spread.

    References
    ----------
    El-Yaniv, Wiener 2010, On the foundations of noise-free selective classification, section 2.
    Geifman, Uziel, El-Yaniv 2019, Bias-reduced uncertainty estimation, section 2 (AURC).
    """

    threshold: npt.NDArray[np.float64]
    coverage: npt.NDArray[np.float64]
    risk: npt.NDArray[np.float64]
    area: float

    def at_risk(self, risk: float) -> tuple[float, float, float]:
        """Return the point of largest coverage whose risk is at most `risk`.

        Returns
        -------
        threshold, coverage, risk : float
            Coverage 0 with a threshold above 1 if there is no such point.
        """
        (points,) = np.nonzero(self.risk <= risk)
        if points.size == 0:
            return float("inf"), 0.0, 0.0
        last = points[-1]
        return float(self.threshold[last]), float(self.coverage[last]), float(self.risk[last])


def risk_coverage(
    confidence: npt.NDArray[np.floating[Any]], right: npt.NDArray[np.bool_]
) -> RiskCoverage:
    """Set answers aside in the order of their confidence, least confident first.

    Parameters
    ----------
    confidence : ndarray of float, shape (n_images,)
    right : ndarray of bool, shape (n_images,)
        Whether each answer is right.

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
    errors = np.bincount(group, weights=~right, minlength=len(values))
    kept = np.cumsum(counts)
    spread = np.repeat(errors / np.maximum(counts, 1), counts)
    ranks = np.arange(1, len(right) + 1)
    area = float((np.cumsum(spread) / ranks).mean()) if len(right) else 0.0
    return RiskCoverage(
        threshold=-values,
        coverage=kept / max(len(right), 1),
        risk=np.cumsum(errors) / np.maximum(kept, 1),
        area=area,
    )
