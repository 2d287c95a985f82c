"""Confidence of a number on a page, from its reading and from its detection."""

from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from numerals.reading.confidence_calibration import log_odds

MIN_CONFIDENCE = 1e-6
"""Minimum confidence of a reading."""


@dataclass(frozen=True)
class PageEvidence:
    """Evidence that a number on a page was read correctly.

    Attributes
    ----------
    reading : float in [0, 1]
        Confidence of its text, from the strip alone.
    score : float in [0, 1]
        Detection score of the page network.
    purity : float in [0, 1]
        Share of its ink that belongs to numbers.
    length : int
        Number of characters of the text.
    """

    reading: float
    score: float
    purity: float
    length: int

    def features(self) -> npt.NDArray[np.float64]:
        """Return the features of the logistic regression, shape (5,); the last one is 1."""
        reading, score, purity, length = astuple(self)
        return np.array([log_odds(reading), log_odds(score), purity, np.log(max(length, 1)), 1.0])


PAGE_CONFIDENCE_WEIGHTS = np.array([0.454, 1.324, 0.545, -0.152, -1.627])
"""Weights of `PageEvidence.features`.

Fitted by ``tools/fit_page_confidence.py`` on training pages."""


def page_confidence(evidence: PageEvidence) -> float:
    """Return the probability that a number was read correctly, from 0 to 1.

    References
    ----------
    Platt 1999, Probabilistic outputs for support vector machines: logistic regression on scores.
    """
    return float(1 / (1 + np.exp(-(evidence.features() @ PAGE_CONFIDENCE_WEIGHTS))))
