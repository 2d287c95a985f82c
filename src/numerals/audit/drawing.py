"""Draw the sample of a stage, and write its folder."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path

import numpy as np

from numerals.audit.answers import SampleItem, now
from numerals.audit.crops import CROPS_FOLDER, load_missing, write_crops
from numerals.audit.earlier import archive_audit
from numerals.audit.original_files import OriginalFiles
from numerals.audit.plan import AuditPlan, Declaration, write_plan
from numerals.audit.planning import Proposal, propose_stage
from numerals.audit.population import NumbersRun, check_same_numbers, load_rows
from numerals.audit.reviewed import Review, write_reviewed
from numerals.audit.sample_files import write_sample_csv, write_sample_xlsx
from numerals.audit.stage import AUDIT_FOLDER
from numerals.files import atomic_folder
from numerals.output.number_rows import NumberRow

Progress = Callable[[Iterable[str], int, str], Iterator[str]]
"""Passes items on and shows how many of them are done: items, their number, what is done."""

_MIN_ID_DIGITS = 4
_SEED_BITS = 32


def plan_audit(
    run: NumbersRun,
    declaration: Declaration | None = None,
    *,
    allowed: int | None = None,
    min_confidence: float | None = None,
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
    proposal = propose_stage(
        run,
        declaration,
        allowed=allowed,
        min_confidence=min_confidence,
        reviews=reviews,
        again=again,
    )
    return draw_stage(
        run, proposal, seed=seed, pictures=pictures, resolution=resolution, progress=progress
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
        _write_pictures(run, plan, stage, pictures, resolution, progress)
        _write_tables(stage, plan)
    return plan


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


def _write_pictures(
    run: NumbersRun,
    plan: AuditPlan,
    stage: Path,
    folders: Sequence[Path],
    resolution: float,
    progress: Progress | None,
) -> None:
    in_run_order = [
        item for _, item in sorted(zip(plan.rows, plan.items, strict=True), key=itemgetter(0))
    ]
    files = OriginalFiles(run, (item.file for item in in_run_order), folders)
    done = write_crops(stage, in_run_order, files, resolution=resolution)
    for _ in done if progress is None else progress(done, plan.n, "pictures"):
        pass


def _write_tables(stage: Path, plan: AuditPlan) -> None:
    write_sample_csv(stage, plan.items)
    missing = load_missing(stage)
    crops = {
        item.id: stage / CROPS_FOLDER / f"{item.id}.png"
        for item in plan.items
        if item.id not in missing
    }
    write_sample_xlsx(stage, plan.items, crops)
