"""Calibrate the probabilities of a line's readings."""

from collections.abc import Mapping

import numpy as np

PROBABILITY_MARGIN = 1e-6
"""Minimum distance of a probability from 0 and from 1."""


def calibrate(probability: float, slope: float, offset: float) -> float:
    """Return the calibrated probability of a reading.

    Parameters
    ----------
    probability : float in [0, 1]
        Probability from the line model.
    slope, offset : float
        Factor and summand of the log odds; 1 and 0 change nothing.

    References
    ----------
    Platt 1999, Probabilistic outputs for support vector machines, on log odds.
    """
    return float(1 / (1 + np.exp(-(slope * log_odds(probability) + offset))))


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p)), with p clipped away from 0 and 1."""
    p = min(max(probability, PROBABILITY_MARGIN), 1 - PROBABILITY_MARGIN)
    return float(np.log(p / (1 - p)))


def renormalize_alternatives(
    others: Mapping[str, float], before: float, after: float
) -> tuple[tuple[str, float], ...]:
    """Rescale the probabilities of the other readings after the best one was calibrated.

    Their ratio to the best reading does not grow, so that none of them overtakes it.

    Parameters
    ----------
    others : mapping of str to float
        Uncalibrated probabilities of the other readings.
    before, after : float in [0, 1]
        Probability of the best reading before and after calibration.
    """
    remainder = max(1 - before, sum(others.values()), PROBABILITY_MARGIN)
    factor = min((1 - after) / remainder, after / max(before, PROBABILITY_MARGIN))
    return tuple((text, p * factor) for text, p in others.items())
