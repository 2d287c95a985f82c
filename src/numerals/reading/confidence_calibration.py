"""How probable a line's readings are, once it is known how often such probabilities were right."""

from collections.abc import Mapping

import numpy as np

_CERTAIN = 1e-6  # probabilities are kept so far from 0 and 1


def calibrate(probability: float, slope: float, offset: float) -> float:
    """Return how probable it is that a reading is right.

    Parameters
    ----------
    probability : float in [0, 1]
        What the line model says.
    slope, offset : float
        What its log odds are multiplied by, and what is added; 1 and 0 change nothing.

    References
    ----------
    Platt 1999, Probabilistic outputs for support vector machines, on log odds.
    """
    return float(1 / (1 + np.exp(-(slope * log_odds(probability) + offset))))


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)), where 0 and 1 are nearly so."""
    p = min(max(probability, _CERTAIN), 1 - _CERTAIN)
    return float(np.log(p / (1 - p)))


def renormalize_alternatives(
    others: Mapping[str, float], before: float, after: float
) -> tuple[tuple[str, float], ...]:
    """Scale the other readings' probabilities as the best one's changed: what it leaves is theirs.

    Parameters
    ----------
    others : mapping of str to float
        Their probabilities beside `before`.
    before, after : float in [0, 1]
        The best reading's probability, as the model said it and calibrated.
    """
    left = max(1 - before, sum(others.values()), _CERTAIN)
    return tuple((text, p * (1 - after) / left) for text, p in others.items())
