"""How probable it is that a number on a page was read rightly, once the page is considered too."""

from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from numerals.reading.confidence_calibration import log_odds

MIN_CONFIDENCE = 1e-6
"""Lowest confidence of a reading."""


@dataclass(frozen=True)
class PageEvidence:
    """What is known of a number that was read on a page.

    Attributes
    ----------
    reading : float in [0, 1]
        Confidence in its text, by the strip alone.
    score : float in [0, 1]
        How sure the page network is that a number stands there.
    purity : float in [0, 1]
        How much of its ink belongs to numbers.
    length : int
        Characters of the text.
    """

    reading: float
    score: float
    purity: float
    length: int

    def features(self) -> npt.NDArray[np.float64]:
        """Return the numbers that `page_confidence` weighs; the last one is 1."""
        reading, score, purity, length = astuple(self)
        return np.array([log_odds(reading), log_odds(score), purity, np.log(max(length, 1)), 1.0])


WEIGHTS = np.array([0.454, 1.324, 0.545, -0.152, -1.627])
"""Weights of `PageEvidence.features`, fitted by ``tools/fit_page_confidence.py`` on training pages."""


def page_confidence(evidence: PageEvidence) -> float:
    """Return how probable it is that a number was read rightly, from 0 to 1.

    References
    ----------
    Platt 1999, Probabilistic outputs for support vector machines: logistic regression on scores.
    """
    return float(1 / (1 + np.exp(-(evidence.features() @ WEIGHTS))))
