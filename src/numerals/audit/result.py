"""The result of a stage: what its answers show about all accepted numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numerals.audit.answers import ILLEGIBLE, SETTLED, is_right, now, special_answer
from numerals.audit.earlier import FAILED, PASSED
from numerals.audit.plan import AuditPlan
from numerals.audit.planning import Proposal, propose_stage
from numerals.audit.population import NumbersRun, check_same_numbers, load_rows
from numerals.audit.reviewed import ReviewedNumber
from numerals.audit.sample_files import check_spreadsheet_damage, read_answer_file
from numerals.audit.sample_size import max_wrong, remaining_wrong_bound
from numerals.audit.stage import STAGE_RESULT_FILE, Stage, open_stage
from numerals.errors import DataError
from numerals.files import file_sha256
from numerals.output.number_rows import NumberRow

OPEN = "open"
"""The result of a stage that has not been reviewed completely."""


@dataclass(frozen=True)
class AuditResult:
    """The result of the latest stage of an audit.

    Attributes
    ----------
    status : {"open", "passed", "failed"}
    plan : AuditPlan
    n_answered : int
        Numbers of the sample with a decided answer.
    n_wrong : int or None
        How many of them were wrong; None while the stage is open, so that reviewers cannot aim.
    n_illegible : int or None
        How many of the wrong ones were answered by no number.
    bound_wrong : int or None
        Upper bound of the accepted numbers that are still wrong after the corrections; None if
        the sample was not reviewed completely.
    is_certain_to_fail : bool
        Whether an open stage has more wrong numbers than it allows.
    unanswered, disputed : tuple of str
        Items that need an answer, or a decision between two.
    reviewed : tuple of ReviewedNumber
        The answered numbers of a closed stage.
    decided_at : str
        ISO 8601, UTC; empty while the stage is open.
    answers_sha256 : dict of str to str
        Hashes of the files of answers when the stage was closed.
    """

    status: str
    plan: AuditPlan
    n_answered: int
    n_wrong: int | None = None
    n_illegible: int | None = None
    bound_wrong: int | None = None
    is_certain_to_fail: bool = False
    unanswered: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    reviewed: tuple[ReviewedNumber, ...] = ()
    decided_at: str = ""
    answers_sha256: Mapping[str, str] | None = None

    @property
    def passed(self) -> bool:
        """Whether the statement holds with the declared confidence."""
        return self.status == PASSED

    @property
    def bound(self) -> float | None:
        """Upper bound of the error rate of the accepted numbers, with the declared confidence."""
        if self.bound_wrong is None:
            return None
        return self.bound_wrong / self.plan.n_population

    @property
    def max_wrong(self) -> int:
        """How many accepted numbers may be wrong by the statement."""
        return max_wrong(self.plan.n_population, self.plan.max_error)

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON, without the answers."""
        return {
            "status": self.status,
            "n_answered": self.n_answered,
            "n_wrong": self.n_wrong,
            "n_illegible": self.n_illegible,
            "bound_wrong": self.bound_wrong,
            "bound": self.bound,
            "is_certain_to_fail": self.is_certain_to_fail,
            "unanswered": list(self.unanswered),
            "disputed": list(self.disputed),
            "decided_at": self.decided_at,
            "plan": self.plan.to_dict(),
        }


def audit_result(
    run: NumbersRun, *, stop: bool = False, disputed_are_wrong: bool = False
) -> AuditResult:
    """Compute the result of the latest stage of a run's audit, and close the stage.

    After that, its answers cannot change: otherwise they could be changed until it passes.

    Parameters
    ----------
    run : NumbersRun
    stop : bool, default=False
        End a stage as failed that has more wrong numbers than it allows, though some of its
        sample is not reviewed. Such a stage shows no bound.
    disputed_are_wrong : bool, default=False
        Answer the numbers whose two answers differ as illegible.

    Returns
    -------
    AuditResult
        Open, if answers are missing.

    Raises
    ------
    DataError
        If there is no audit, the run has changed since, or `stop` is not possible.
    """
    stage = open_stage(run.path)
    stored = stage.result()
    if stored is not None:
        return _from_stored(stage, stored)
    rows = _load_sample_rows(run, stage.plan)
    if disputed_are_wrong:
        disputed = stage.decide()[2]
        stage.record_all(SETTLED, dict.fromkeys(disputed, ILLEGIBLE))
    result = _evaluate(stage, rows)
    if stop and not result.is_certain_to_fail:
        raise DataError(
            f"{stage.path}: has not more wrong numbers than the {stage.plan.allowed} that it "
            "allows, so that it may still pass; review the rest"
        )
    is_complete = not result.unanswered and not result.disputed
    if is_complete or stop:
        result = _close(stage, result, is_complete)
    return result


def import_answers(run: NumbersRun, path: Path, reviewer: str, *, as_typed: bool = False) -> int:
    """Record the answers of a filled-in sample.

    Parameters
    ----------
    run : NumbersRun
    path : Path
        CSV or XLSX.
    reviewer : str
    as_typed : bool, default=False
        Whether to skip the check for answers that a spreadsheet has changed.

    Returns
    -------
    int
        Number of answers that are new or differ from those before.

    Raises
    ------
    DataError
        If the file cannot be read, has items that the sample does not have, or a spreadsheet has
        changed its answers.
    """
    stage = open_stage(run.path)
    answers = read_answer_file(path, stage.ids)
    if not as_typed:
        rows = _load_sample_rows(run, stage.plan)
        readings = {
            item.id: rows[position].text or ""
            for item, position in zip(stage.plan.items, stage.plan.rows, strict=True)
        }
        check_spreadsheet_damage(path, answers, readings)
    before = stage.answers(reviewer)
    changed = {i: text for i, text in answers.items() if before.get(i) != text}
    if changed:
        stage.record_all(reviewer, changed)
    return len(changed)


def propose_next_stage(run: NumbersRun, result: AuditResult) -> Proposal | str:
    """Return what the next stage, or a new audit, would be after a failed one.

    Returns
    -------
    Proposal or str
        The reason, if no stage is possible.
    """
    is_last = result.plan.stage == result.plan.stages
    declaration = result.plan.declaration if is_last else None
    try:
        return propose_stage(run, declaration, again=is_last)
    except DataError as error:
        return str(error)


def _load_sample_rows(run: NumbersRun, plan: AuditPlan) -> dict[int, NumberRow]:
    rows, sha256 = load_rows(run, plan.rows)
    check_same_numbers(run.path, plan.run_sha256, sha256)
    return rows


def _evaluate(stage: Stage, rows: Mapping[int, NumberRow]) -> AuditResult:
    """Return the result of an open stage with the answers it has."""
    plan = stage.plan
    decided, unanswered, disputed = stage.decide()
    reviewed = tuple(
        ReviewedNumber(
            position,
            rows[position].confidence or 0.0,
            is_right(rows[position].text or "", decided[item.id], plan.compare),
            decided[item.id],
        )
        for item, position in zip(plan.items, plan.rows, strict=True)
        if item.id in decided
    )
    n_wrong = sum(not each.is_right for each in reviewed)
    return AuditResult(
        OPEN,
        plan,
        len(reviewed),
        is_certain_to_fail=n_wrong > plan.allowed,
        unanswered=tuple(unanswered),
        disputed=tuple(disputed),
        reviewed=reviewed,
    )


def _close(stage: Stage, result: AuditResult, is_complete: bool) -> AuditResult:
    plan = stage.plan
    n_wrong = sum(not each.is_right for each in result.reviewed)
    bound = remaining_wrong_bound(plan.n_population, plan.n, n_wrong, plan.stage_delta)
    closed = replace(
        result,
        status=PASSED if is_complete and n_wrong <= plan.allowed else FAILED,
        n_wrong=n_wrong,
        n_illegible=sum(special_answer(each.answer) is not None for each in result.reviewed),
        bound_wrong=bound if is_complete else None,
        is_certain_to_fail=False,
        decided_at=now(),
        answers_sha256=_hash_answers(stage),
    )
    stored = closed.to_dict() | {"answers_sha256": closed.answers_sha256}
    del stored["plan"]
    stage.close(stored | {"reviewed": [vars(each) for each in closed.reviewed]})
    return closed


def _from_stored(stage: Stage, stored: Mapping[str, Any]) -> AuditResult:
    values = dict(stored)
    del values["bound"]
    try:
        for name in ("unanswered", "disputed"):
            values[name] = tuple(values[name])
        values["reviewed"] = tuple(ReviewedNumber(**each) for each in values["reviewed"])
        result = AuditResult(plan=stage.plan, **values)
        is_few = int(result.n_wrong or 0) <= stage.plan.allowed
        if result.passed != (result.bound is not None and is_few):
            raise ValueError(f"{result.status} with {result.n_wrong} wrong numbers")
    except (KeyError, TypeError, ValueError) as error:
        path = stage.path / STAGE_RESULT_FILE
        raise DataError(f"{path}: is damaged ({error}); restore it from a backup") from error
    return result


def _hash_answers(stage: Stage) -> dict[str, str]:
    return {path.name: file_sha256(path) for path in sorted(stage.path.glob("answers-*.jsonl"))}
