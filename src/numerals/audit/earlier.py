"""What happened before a stage: earlier stages, their answers, and earlier audits of the run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numerals.audit.plan import AuditPlan, Declaration
from numerals.audit.reviewed import ReviewedNumber, load_reviewed
from numerals.audit.stage import AUDIT_FOLDER, Stage, stage_folders
from numerals.errors import DataError
from numerals.files import report_write_errors

PASSED, FAILED = "passed", "failed"
"""The results of a closed stage."""

_EARLIER_NAME = re.compile(r"earlier-(\d+)")


def check_next_stage(
    run_path: str | Path, *, again: bool
) -> tuple[Declaration | None, AuditPlan | None]:
    """Check that a run's audit may have another stage.

    Parameters
    ----------
    run_path : str or Path
    again : bool
        Whether a new audit is asked for.

    Returns
    -------
    declaration : Declaration or None
        What the stages have declared; None if a new audit begins.
    plan : AuditPlan or None
        That of the last stage.

    Raises
    ------
    DataError
        If the last stage is open, or has passed, or is the last one that was declared.
    """
    folders = stage_folders(run_path)
    if not folders:
        return None, None
    stage = Stage(folders[-1])
    plan, result = stage.plan, stage.result()
    if result is None:
        raise DataError(
            f"{stage.path}: this stage is open; review its {plan.n} numbers, then see numerals "
            f"audit result {run_path} (--stop ends a stage that can only fail)"
        )
    if again:
        return None, None
    if result["status"] == PASSED:
        raise DataError(
            f"{run_path}: its audit has passed, see {AUDIT_FOLDER}/certificate.html; --again "
            "declares a new audit, and its certificate lists this one"
        )
    if plan.stage == plan.stages:
        raise DataError(
            f"{run_path}: all {plan.stages} declared stages have failed. To draw samples until one "
            "passes would prove nothing, so this audit has ended. What it has shown stands in "
            f"{AUDIT_FOLDER}/certificate.html. Allowed: use that bound; review all accepted "
            "numbers; or declare a new audit with --again, for a larger error or more stages. Its "
            "certificate lists this one"
        )
    return plan.declaration, plan


def earlier_reviews(run_path: str | Path) -> Iterator[ReviewedNumber]:
    """Yield the numbers that closed stages have reviewed, oldest first, those of earlier audits
    and those that were given to them included.
    """  # noqa: D205
    for folder in [*_earlier_stage_folders(run_path), *stage_folders(run_path)]:
        stage = Stage(folder)
        result = stage.result()
        if result is None:
            continue
        yield from load_reviewed(folder)
        for each in result["reviewed"]:
            yield ReviewedNumber(**each)


def earlier_audits(run_path: str | Path) -> list[dict[str, Any]]:
    """Return what the stages of earlier audits of the run declared, and their results."""
    return [
        _describe(Stage(folder), audit)
        for audit, path in enumerate(_earlier_folders(run_path), start=1)
        for folder in stage_folders(path)
    ]


def earlier_stages(run_path: str | Path) -> list[dict[str, Any]]:
    """Return the results of the stages of the present audit before the last one."""
    return [_describe(Stage(folder), 0) for folder in stage_folders(run_path)[:-1]]


def archive_audit(run_path: str | Path) -> None:
    """Move the files of a run's audit, if there are any, to a folder ``earlier-N`` of its own."""
    folder = Path(run_path) / AUDIT_FOLDER
    files = [path for path in folder.iterdir() if not _EARLIER_NAME.fullmatch(path.name)]
    if not files:
        return
    target = folder / f"earlier-{len(_earlier_folders(run_path)) + 1}" / AUDIT_FOLDER
    with report_write_errors(target):
        target.mkdir(parents=True)
        for path in files:
            path.rename(target / path.name)


def _earlier_folders(run_path: str | Path) -> list[Path]:
    folder = Path(run_path) / AUDIT_FOLDER
    if not folder.is_dir():
        return []
    numbered = {
        int(match[1]): path
        for path in folder.iterdir()
        if (match := _EARLIER_NAME.fullmatch(path.name))
    }
    return [numbered[number] for number in sorted(numbered)]


def _earlier_stage_folders(run_path: str | Path) -> list[Path]:
    return [folder for path in _earlier_folders(run_path) for folder in stage_folders(path)]


def _describe(stage: Stage, audit: int) -> dict[str, Any]:
    result = stage.result() or {}
    keys = ("status", "n_wrong", "bound")
    return {"audit": audit} | stage.plan.to_dict() | {key: result.get(key) for key in keys}
