"""Which numbers a stage accepts, and how many of them it reviews."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.audit.plan import Declaration
from numerals.audit.recalibration import RISK_MARGIN, Recalibration, choose_threshold
from numerals.audit.sample_size import SampleSize, choose_size, sample_sizes, size_for
from numerals.errors import DataError, OptionError


@dataclass(frozen=True, eq=False)
class AcceptedChoice:
    """The numbers that a stage accepts, and the sample that tests them.

    Attributes
    ----------
    min_confidence : float in [0, 1]
    is_accepted : ndarray of bool, shape (n_numbers,)
    estimated_risk : float in [0, 1]
        Estimated share of wrong numbers among the accepted ones.
    sizes : tuple of SampleSize
        Choices of the sample size.
    size : SampleSize
        The chosen one.
    """

    min_confidence: float
    is_accepted: npt.NDArray[np.bool_]
    estimated_risk: float
    sizes: tuple[SampleSize, ...]
    size: SampleSize


def choose_accepted(
    confidence: npt.NDArray[np.float64],
    recalibration: Recalibration,
    declaration: Declaration,
    *,
    allowed: int | None = None,
    min_confidence: float | None = None,
    above: float | None = None,
) -> AcceptedChoice:
    """Choose the threshold and the sample size of a stage.

    Parameters
    ----------
    confidence : ndarray of float64, shape (n_numbers,)
        Of the numbers that can be accepted and were not reviewed.
    recalibration : Recalibration
    declaration : Declaration
    allowed, min_confidence
        As of `propose_stage`.
    above : float, optional
        Threshold of the stage before.

    Raises
    ------
    DataError
        If no threshold has a low enough estimated risk, or no number reaches `min_confidence`.
    OptionError
        If `min_confidence` is not stricter than the stage before.
    """
    if min_confidence is None:
        max_risk = declaration.max_error / RISK_MARGIN
        threshold = choose_threshold(confidence, recalibration, max_risk, above=above)
    else:
        threshold = _check_threshold(min_confidence, confidence, above)
    is_accepted = confidence >= threshold
    risk = float((1 - recalibration(confidence[is_accepted])).mean())
    test = (int(is_accepted.sum()), declaration.max_error, declaration.stage_delta, risk)
    sizes = tuple(sample_sizes(*test))
    size = choose_size(sizes) if allowed is None else size_for(*test, allowed)
    return AcceptedChoice(threshold, is_accepted, risk, sizes, size)


def _check_threshold(
    min_confidence: float, confidence: npt.NDArray[np.float64], above: float | None
) -> float:
    """Check a threshold that was asked for, and return it."""
    if above is not None and min_confidence <= above:
        raise OptionError(
            f"min_confidence={min_confidence:g} must be more than {above:.4f}, the last stage's: a "
            "later stage is stricter"
        )
    if not (confidence >= min_confidence).any():
        raise DataError(
            f"none of the numbers that the run accepted has a confidence of {min_confidence:g} or "
            "more; lower it, or read again without --max-error or --min-confidence"
        )
    return min_confidence
