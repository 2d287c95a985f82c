"""Recalibration of the confidences for one source, and the threshold of a plan.

Neither can make the statement of an audit wrong: the sample tests the accepted numbers, whatever
they were chosen by. Good estimates make audits pass more often.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError
from numerals.extras import requires_extra
from numerals.reading.confidence_calibration import PROBABILITY_MARGIN

with requires_extra("batch", "numerals audit"):
    from scipy.optimize import minimize
    from scipy.special import expit, log_expit, logit

FloatArray = npt.NDArray[np.float64]

RISK_MARGIN = 3
"""A plan accepts numbers until their estimated risk is this part of the tested one: a sample of
numbers that are just good enough would fail most of the time."""

SLOPE_DEVIATION = 0.2
"""Standard deviation of the prior of the slope, around 1. Of 0.1, 0.2 and 0.5, and of 1 and 1.5 for
the offset, these passed most often after 100 reviewed numbers in benchmarks/audit.py."""
OFFSET_DEVIATION = 1.5
"""Standard deviation of the prior of the offset, around 0. That of a source with 4 times as many
errors as the confidences say is about -1.4."""

_MIN_SLOPE = 0.05  # positive, so that the order of the numbers stays


@dataclass(frozen=True)
class Recalibration:
    """A correction of confidences for one source.

    Attributes
    ----------
    slope, offset : float
        Factor and summand of the log odds; 1 and 0 leave the confidences as they are.
    n_numbers : int
        Reviewed numbers that they were fitted on.
    """

    slope: float = 1.0
    offset: float = 0.0
    n_numbers: int = 0

    def __call__(self, confidence: FloatArray) -> FloatArray:
        """Return the corrected confidences, in (0, 1)."""
        corrected: FloatArray = expit(self.slope * _log_odds(confidence) + self.offset)
        return corrected


def fit_recalibration(confidence: FloatArray, right: npt.NDArray[np.bool_]) -> Recalibration:
    """Fit slope and offset of the log odds, shrunk towards 1 and 0.

    Parameters
    ----------
    confidence : ndarray of float64, shape (n_numbers,)
        Of reviewed numbers, in [0, 1].
    right : ndarray of bool, shape (n_numbers,)
        Whether each of them was read correctly.

    Returns
    -------
    Recalibration
        The maximum of the posterior with normal priors; 1 and 0 for no numbers.

    References
    ----------
    Platt 1999, Probabilistic outputs for support vector machines.

    Examples
    --------
    >>> import numpy as np
    >>> confidence = np.full(200, 0.99)
    >>> right = np.arange(200) >= 8
    >>> fit = fit_recalibration(confidence, right)
    >>> round(float(fit(confidence[:1])[0]), 2)
    0.96
    """
    if len(confidence) == 0:
        return Recalibration()
    x = _log_odds(confidence)
    sign = np.where(right, 1.0, -1.0)

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        slope, offset = parameters
        margin = sign * (slope * x + offset)
        pull = np.array([(slope - 1) / SLOPE_DEVIATION**2, offset / OFFSET_DEVIATION**2])
        prior = ((slope - 1) * pull[0] + offset * pull[1]) / 2
        residual = -sign * expit(-margin)
        gradient = np.array([(residual * x).sum(), residual.sum()]) + pull
        return float(prior - log_expit(margin).sum()), gradient

    bounds = [(_MIN_SLOPE, None), (None, None)]
    fit = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
    return Recalibration(float(fit.x[0]), float(fit.x[1]), len(confidence))


def choose_threshold(
    confidence: FloatArray,
    recalibration: Recalibration,
    max_risk: float,
    *,
    above: float | None = None,
) -> float:
    """Return the smallest threshold whose accepted numbers have a low estimated risk.

    Parameters
    ----------
    confidence : ndarray of float64, shape (n_numbers,)
        As the run has it.
    recalibration : Recalibration
    max_risk : float in (0, 1)
        Maximum of the mean of 1 - corrected confidence over the accepted numbers.
    above : float, optional
        The threshold must be larger than this one.

    Raises
    ------
    DataError
        If there is none.

    Examples
    --------
    >>> import numpy as np
    >>> choose_threshold(np.array([0.9, 0.999, 0.99, 0.97]), Recalibration(), 0.02)
    0.97
    """
    order = np.sort(confidence)[::-1]
    if above is not None:
        order = order[order > above]
    risk = 1 - recalibration(order)
    means = np.cumsum(risk) / np.arange(1, len(order) + 1)
    is_last_of_ties = np.append(order[1:] != order[:-1], True)[: len(order)]
    possible = np.flatnonzero((means <= max_risk) & is_last_of_ties)
    if len(possible) == 0:
        raise DataError(_no_threshold_message(risk, max_risk, above))
    return float(order[possible[-1]])


def _no_threshold_message(risk: FloatArray, max_risk: float, above: float | None) -> str:
    if len(risk) == 0 and above is None:
        return (
            "the run has no number to accept: none was found, all were reviewed before, or its "
            "format or --max-error rejected all"
        )
    if len(risk) == 0:
        return "there is no number left with a higher confidence than the last stage accepted"
    stricter = "" if above is None else f" above the last stage's {above:.4f}"
    return (
        f"no threshold{stricter} has an estimated risk of at most {max_risk:.4%}: that of the most "
        f"confident numbers is {risk[0]:.4%}; test a larger error, choose a threshold yourself "
        "(--min-confidence), or read the files with a number format"
    )


def _log_odds(confidence: FloatArray) -> FloatArray:
    clipped = np.clip(confidence, PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN)
    odds: FloatArray = logit(clipped)
    return odds
