"""How probable it is that a number on a page was read rightly, once the page is considered too."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.reading.confidence import log_odds

MIN_CONFIDENCE = 1e-6
"""Lowest confidence of a reading."""


@dataclass(frozen=True)
class Evidence:
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
    explained : float in [0, 1], default=1
        How much of its ink was read.
    beside : float in [0, 1], default=0
        Ink left and right of what was read, columns per digit height: a wall, a neighbour, or the
        rest of a number that was cut.
    at_edge : bool, default=False
        Whether it stands at an edge of the picture, which may have cut it.
    stretch : float, default=1
        Width of a character, in usual widths.
    """

    reading: float
    score: float
    purity: float
    length: int
    explained: float = 1.0
    beside: float = 0.0
    at_edge: bool = False
    stretch: float = 1.0

    def features(self) -> npt.NDArray[np.float64]:
        """Return the numbers that `page_confidence` weighs; the last one is 1."""
        return np.array(
            [
                log_odds(self.reading),
                log_odds(self.score),
                self.purity,
                np.log(max(self.length, 1)),
                self.explained,
                self.beside,
                self.at_edge,
                abs(np.log(np.clip(self.stretch, 0.2, 5.0))),
                1.0,
            ]
        )


WEIGHTS = np.array([0.454, 1.324, 0.545, -0.152, 0.0, 0.0, 0.0, 0.0, -1.627])
"""Weights of `Evidence.features`, fitted by ``tools/fit_page_confidence.py`` on training pages."""


def page_confidence(evidence: Evidence) -> float:
    """Return how probable it is that a number was read rightly, from 0 to 1.

    References
    ----------
    Platt 1999, Probabilistic outputs for support vector machines: logistic regression on scores.
    """
    return float(1 / (1 + np.exp(-(evidence.features() @ WEIGHTS))))
