"""Plan a stage of an audit: threshold, sample size, and the draw."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.audit.answers import SampleItem, now
from numerals.audit.crops import CROPS_FOLDER, load_missing, write_crops
from numerals.audit.earlier import archive_audit, check_next_stage, earlier_reviews
from numerals.audit.plan import AuditPlan, Declaration, write_plan
from numerals.audit.population import NumbersRun, check_same_numbers, load_numbers, load_rows
from numerals.audit.recalibration import RISK_MARGIN, Recalibration, choose_threshold
from numerals.audit.reviewed import (
    Review,
    ReviewedNumber,
    fit_reviewed,
    match_reviews,
    write_reviewed,
)
from numerals.audit.sample_files import write_sample_csv, write_sample_xlsx
from numerals.audit.sample_size import SampleSize, choose_size, sample_sizes, size_for
from numerals.audit.stage import AUDIT_FOLDER
from numerals.errors import OptionError
from numerals.files import atomic_folder
from numerals.output.number_rows import NumberRow

Progress = Callable[[Iterable[str], int, str], Iterator[str]]
"""Passes items on and shows how many of them are done: items, their number, what is done."""

_MIN_ID_DIGITS = 4
_SEED_BITS = 32


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
    above: float | None = None,
) -> AcceptedChoice:
    """Choose the threshold and the sample size of a stage.

    Parameters
    ----------
    confidence : ndarray of float64, shape (n_numbers,)
        Of the numbers that can be accepted and were not reviewed.
    recalibration : Recalibration
    declaration : Declaration
    allowed : int, optional
        As of `propose_stage`.
    above : float, optional
        Threshold of the stage before.

    Raises
    ------
    DataError
        If no threshold has a low enough estimated risk.
    """
    max_risk = declaration.max_error / RISK_MARGIN
    threshold = choose_threshold(confidence, recalibration, max_risk, above=above)
    is_accepted = confidence >= threshold
    risk = float((1 - recalibration(confidence[is_accepted])).mean())
    test = (int(is_accepted.sum()), declaration.max_error, declaration.stage_delta, risk)
    sizes = tuple(sample_sizes(*test))
    size = choose_size(sizes) if allowed is None else size_for(*test, allowed)
    return AcceptedChoice(threshold, is_accepted, risk, sizes, size)


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


def draw_stage(
    run: NumbersRun,
    proposal: Proposal,
    *,
    seed: int | None = None,
    pictures: Sequence[Path] = (),
    resolution: float = 200,
    progress: Progress | None = None,
) -> AuditPlan:
    """Draw the sample of a proposal and write the folder of its stage.

    The sample is ``numpy.random.default_rng(seed).choice(n_population, n, replace=False)``: indices
    of the population in the order of the run.

    Parameters
    ----------
    run : NumbersRun
    proposal : Proposal
    seed : int, optional
        By default a random one.
    pictures : sequence of Path
        Folders of the original files, if they are not where they were read.
    resolution : float, dots per inch
        At which the pages of PDF files were rendered.
    progress : callable, optional
        Shows how many pictures have been cut.

    Raises
    ------
    DataError
        If the run has changed since the proposal, or the folder cannot be written.
    """
    seed = secrets.randbits(_SEED_BITS) if seed is None else seed
    n_population = len(proposal.population)
    order = np.random.default_rng(seed).choice(n_population, proposal.choice.size.n, replace=False)
    positions = proposal.population[order].tolist()
    rows, sha256 = load_rows(run, positions)
    check_same_numbers(run.path, proposal.sha256, sha256)
    plan = _make_plan(proposal, seed, positions, rows)
    folder = Path(run.path) / AUDIT_FOLDER
    folder.mkdir(exist_ok=True)
    if plan.stage == 1:
        archive_audit(run.path)
    with atomic_folder(folder / f"stage-{plan.stage}") as stage:
        write_plan(plan, stage)
        write_reviewed(proposal.reviewed, stage)
        folders = [*pictures, Path(run.path).absolute().parent]
        crops = write_crops(stage, plan.items, pictures=folders, resolution=resolution)
        for _ in crops if progress is None else progress(crops, plan.n, "pictures"):
            pass
        _write_tables(stage, plan)
    return plan


def plan_audit(
    run: NumbersRun,
    declaration: Declaration | None = None,
    *,
    allowed: int | None = None,
    reviews: Sequence[Review] = (),
    again: bool = False,
    seed: int | None = None,
    pictures: Sequence[Path] = (),
    resolution: float = 200,
    progress: Progress | None = None,
) -> AuditPlan:
    """Plan the next stage of a run's audit, draw its sample, and write its folder.

    See `propose_stage` and `draw_stage` for the parameters and errors.

    Returns
    -------
    AuditPlan
    """
    proposal = propose_stage(run, declaration, allowed=allowed, reviews=reviews, again=again)
    return draw_stage(
        run, proposal, seed=seed, pictures=pictures, resolution=resolution, progress=progress
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


def _make_plan(
    proposal: Proposal, seed: int, positions: list[int], rows: dict[int, NumberRow]
) -> AuditPlan:
    width = max(_MIN_ID_DIGITS, len(str(len(positions))))
    declaration, choice = proposal.declaration, proposal.choice
    return AuditPlan(
        max_error=declaration.max_error,
        delta=declaration.delta,
        stages=declaration.stages,
        stage=proposal.stage,
        n=choice.size.n,
        allowed=choice.size.allowed,
        power=choice.size.power,
        min_confidence=choice.min_confidence,
        slope=proposal.recalibration.slope,
        offset=proposal.recalibration.offset,
        n_calibration=proposal.recalibration.n_numbers,
        estimated_risk=choice.estimated_risk,
        n_population=len(proposal.population),
        n_reviewed=sum(each.is_legible for each in proposal.reviewed),
        seed=seed,
        double=declaration.double,
        compare=declaration.compare,
        run_sha256=proposal.sha256,
        created=now(),
        items=tuple(
            _to_item(f"{number:0{width}d}", rows[position])
            for number, position in enumerate(positions, start=1)
        ),
        rows=tuple(positions),
    )


def _to_item(item_id: str, row: NumberRow) -> SampleItem:
    place = (row.page, row.line, row.table, row.row, row.column, row.field, row.box)
    return SampleItem(item_id, row.file, *place)


def _write_tables(stage: Path, plan: AuditPlan) -> None:
    write_sample_csv(stage, plan.items)
    missing = load_missing(stage)
    crops = {
        item.id: stage / CROPS_FOLDER / f"{item.id}.png"
        for item in plan.items
        if item.id not in missing
    }
    write_sample_xlsx(stage, plan.items, crops)
