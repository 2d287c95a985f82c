"""Propose a stage of an audit from the numbers of a run and what was reviewed before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.audit.accepted_choice import AcceptedChoice, choose_accepted
from numerals.audit.earlier import check_next_stage, earlier_reviews
from numerals.audit.plan import Declaration
from numerals.audit.population import NumbersRun, load_numbers
from numerals.audit.recalibration import Recalibration
from numerals.audit.reviewed import Review, ReviewedNumber, fit_reviewed, match_reviews
from numerals.errors import OptionError


@dataclass(frozen=True, eq=False)
class Proposal:
    """A stage before its draw.

    Attributes
    ----------
    declaration : Declaration
    stage : int
        From 1.
    choice : AcceptedChoice
        Threshold and sample size.
    population : ndarray of int64, shape (n_population,)
        Positions in the run of the accepted numbers that were not reviewed.
    recalibration : Recalibration
    reviewed : tuple of ReviewedNumber
        Numbers that were reviewed before.
    n_unmatched : int
        Given reviews that the run has no number for.
    sha256 : str
        Hash of the numbers of the run.
    """

    declaration: Declaration
    stage: int
    choice: AcceptedChoice
    population: npt.NDArray[np.int64]
    recalibration: Recalibration
    reviewed: tuple[ReviewedNumber, ...]
    n_unmatched: int
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON, without the numbers."""
        return {
            **vars(self.declaration),
            "stage": self.stage,
            "n_population": len(self.population),
            "min_confidence": self.choice.min_confidence,
            "slope": self.recalibration.slope,
            "offset": self.recalibration.offset,
            "n_calibration": self.recalibration.n_numbers,
            "estimated_risk": self.choice.estimated_risk,
            "sizes": [size.to_dict() for size in self.choice.sizes],
            "size": self.choice.size.to_dict(),
        }


def propose_stage(
    run: NumbersRun,
    declaration: Declaration | None = None,
    *,
    allowed: int | None = None,
    min_confidence: float | None = None,
    reviews: Sequence[Review] = (),
    again: bool = False,
) -> Proposal:
    """Choose threshold and sample size of the next stage of a run's audit; nothing is written.

    Parameters
    ----------
    run : NumbersRun
    declaration : Declaration, optional
        Needed for the first stage; later ones follow it.
    allowed : int, optional
        Maximum number of wrong numbers in the sample; by default that of the smallest sample that
        passes with a probability of 80 % if the estimated risk is right.
    min_confidence : float in [0, 1], optional
        Accept the numbers with at least this confidence, as the run has it; by default all until
        their estimated risk is a third of the tested one.
    reviews : sequence of Review
        Numbers of the run that were reviewed before. They are corrected, recalibrate the
        confidences, and are not drawn.
    again : bool, default=False
        Whether a new audit begins after one that has ended.

    Raises
    ------
    DataError
        If the last stage is open, or has passed, or was the last one declared; or if no threshold
        has a low enough estimated risk.
    OptionError
        If the first stage has no declaration, or a later one has another.
    """
    declared, last = check_next_stage(run.path, again=again)
    declaration = _agree(declaration, declared)
    earlier = {each.row: each for each in earlier_reviews(run.path)}
    numbers = load_numbers(run, {review.key for review in reviews})
    matched, n_unmatched = match_reviews(reviews, numbers, declaration.compare)
    reviewed = earlier | {each.row: each for each in matched}
    recalibration = fit_reviewed(list(reviewed.values()))
    is_new = ~np.isin(numbers.rows, list(reviewed))
    choice = choose_accepted(
        numbers.confidence[is_new],
        recalibration,
        declaration,
        allowed=allowed,
        min_confidence=min_confidence,
        above=None if last is None else last.min_confidence,
    )
    return Proposal(
        declaration=declaration,
        stage=1 if last is None else last.stage + 1,
        choice=choice,
        population=numbers.rows[is_new][choice.is_accepted],
        recalibration=recalibration,
        reviewed=tuple(sorted(reviewed.values(), key=lambda each: each.row)),
        n_unmatched=n_unmatched,
        sha256=numbers.sha256,
    )


def _agree(given: Declaration | None, declared: Declaration | None) -> Declaration:
    """Return the declaration of the audit; a later stage cannot change that of the first."""
    if declared is None:
        if given is None:
            raise OptionError("the first stage needs the error rate to test; give --max-error")
        return given
    if given not in (None, declared):
        raise OptionError(
            "a later stage tests what the first one declared; leave out --max-error, --confidence, "
            "--stages, --double and --compare"
        )
    return declared
