"""One stage of an audit on disk: its sample, pictures, and the answers of its reviewers."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from numerals.audit.answers import (
    SETTLED,
    SampleItem,
    append_answers,
    check_answer,
    check_reviewer,
    decide_answers,
    load_answers,
)
from numerals.audit.crops import CROPS_FOLDER, load_missing
from numerals.audit.plan import AuditPlan, load_plan
from numerals.errors import DataError
from numerals.files import report_write_errors, write_atomic

AUDIT_FOLDER = "audit"
"""Folder of the audit in that of the run."""
STAGE_RESULT_FILE = "result.json"

_STAGE_NAME = re.compile(r"stage-(\d+)")
_ANSWERS_NAME = re.compile(r"answers-(.+)\.jsonl")


class Stage:
    """One stage of an audit.

    Parameters
    ----------
    path : Path
        Its folder, such as ``RUN/audit/stage-1``.

    Attributes
    ----------
    path : Path
    plan : AuditPlan

    Raises
    ------
    DataError
        If its plan is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plan: AuditPlan = load_plan(path)

    def items(self) -> list[SampleItem]:
        """Return the numbers of the sample, in the order of the draw, without readings."""
        return list(self.plan.items)

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the items."""
        return [item.id for item in self.plan.items]

    def crop_path(self, item_id: str) -> Path | None:
        """Return the PNG of an item, or None if its picture could not be cut."""
        path = self.path / CROPS_FOLDER / f"{self._check_id(item_id)}.png"
        return path if path.is_file() else None

    def missing_crops(self) -> dict[str, str]:
        """Return why pictures could not be cut, by item id."""
        return load_missing(self.path)

    @property
    def reviewers(self) -> list[str]:
        """The names of those who have answered, sorted; `SETTLED` is not one of them."""
        return sorted(name for name in self._answer_files() if name != SETTLED)

    def answers(self, reviewer: str) -> dict[str, str]:
        """Return the answers of a reviewer by item id; of several to one item, the last one."""
        return load_answers(self._answers_path(reviewer))

    def all_answers(self) -> dict[str, dict[str, str]]:
        """Return the answers of all reviewers by name, those of `SETTLED` included."""
        return {name: load_answers(path) for name, path in self._answer_files().items()}

    def record(self, item_id: str, reviewer: str, text: str) -> None:
        """Add an answer; it is on the disk when this returns.

        Parameters
        ----------
        item_id : str
        reviewer : str
            A name, or `SETTLED` to decide between two different answers.
        text : str
            The number as written, `ILLEGIBLE`, or `NOTHING`.

        Raises
        ------
        OptionError
            If the name or the text is not valid.
        DataError
            If there is no such item, the result of the stage is already known, or the file cannot
            be written.
        """
        self.record_all(reviewer, {item_id: text})

    def record_all(self, reviewer: str, answers: Mapping[str, str]) -> None:
        """Add answers by item id; parameters and errors as of `record`."""
        checked = {self._check_id(i): check_answer(text) for i, text in answers.items()}
        path = self._answers_path(reviewer)
        if self.is_closed:
            raise DataError(
                f"{self.path}: the result of this stage is known, so its answers cannot change"
            )
        with report_write_errors(path):
            append_answers(path, checked)

    def next_item(self, reviewer: str) -> SampleItem | None:
        """Return the next item for a reviewer, in the order of the draw.

        `SETTLED` gets the items whose answers differ. In an audit that is not double-keyed, items
        that others have answered are skipped.

        Returns
        -------
        SampleItem or None
            None if nothing is left.
        """
        return next(iter(self.waiting_items(reviewer)), None)

    def waiting_items(self, reviewer: str) -> list[SampleItem]:
        """Return all items that `next_item` would return one after the other."""
        waiting = set(self._waiting_ids(reviewer))
        return [item for item in self.plan.items if item.id in waiting]

    def decide(self) -> tuple[dict[str, str], list[str], list[str]]:
        """Return the decided answers, and the ids of unanswered and disputed items.

        See `numerals.audit.answers.decide_answers`.
        """
        return decide_answers(
            self.all_answers(), self.ids, double=self.plan.double, compare=self.plan.compare
        )

    @property
    def is_closed(self) -> bool:
        """Whether the result of the stage is known; its answers cannot change any more."""
        return (self.path / STAGE_RESULT_FILE).exists()

    def result(self) -> dict[str, Any] | None:
        """Return the result of a closed stage, as `close` wrote it."""
        path = self.path / STAGE_RESULT_FILE
        if not path.exists():
            return None
        try:
            result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            _check_result(result)
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(f"{path}: is damaged ({error}); restore it from a backup") from error
        return result

    def close(self, result: Mapping[str, Any]) -> None:
        """Write the result of the stage, after which its answers cannot change."""
        path = self.path / STAGE_RESULT_FILE
        with report_write_errors(path):
            write_atomic(path, json.dumps(result, indent=1, ensure_ascii=False) + "\n")

    def _waiting_ids(self, reviewer: str) -> list[str]:
        _, unanswered, disputed = self.decide()
        if reviewer == SETTLED:
            return disputed
        own = self.answers(reviewer)
        return [item_id for item_id in unanswered if item_id not in own]

    def _check_id(self, item_id: str) -> str:
        if item_id not in self._id_set:
            raise DataError(
                f"{self.path}: there is no item {item_id!r} in this sample, expected "
                f"{self.ids[0]} to {self.ids[-1]}"
            )
        return item_id

    @cached_property
    def _id_set(self) -> frozenset[str]:
        return frozenset(self.ids)

    def _answers_path(self, reviewer: str) -> Path:
        return self.path / f"answers-{check_reviewer(reviewer)}.jsonl"

    def _answer_files(self) -> dict[str, Path]:
        return {
            match[1]: path
            for path in sorted(self.path.iterdir())
            if (match := _ANSWERS_NAME.fullmatch(path.name))
        }


def _check_result(result: dict[str, Any]) -> None:
    """Raise ValueError, TypeError or KeyError for a result that `close` did not write."""
    if result["status"] not in ("passed", "failed") or not isinstance(result["decided_at"], str):
        raise ValueError(f"status {result['status']!r}, decided at {result['decided_at']!r}")
    for each in result["reviewed"]:
        for name, expected in (("row", int), ("confidence", float), ("answer", str)):
            if not isinstance(each[name], expected):
                raise ValueError(f"the {name} {each[name]!r} of a reviewed number")
    n_wrong = sum(not each["is_right"] for each in result["reviewed"])
    if result["n_wrong"] != n_wrong:
        raise ValueError(f"n_wrong is {result['n_wrong']!r}, but {n_wrong} answers are wrong")
    result["bound"]


def stage_folders(run_path: str | Path) -> list[Path]:
    """Return the folders of the stages of a run's audit, the first one first."""
    return list(_iter_stages(Path(run_path) / AUDIT_FOLDER))


def open_stage(run_path: str | Path) -> Stage:
    """Open the latest stage of a run's audit.

    Parameters
    ----------
    run_path : str or Path
        The folder of the run.

    Returns
    -------
    Stage

    Raises
    ------
    DataError
        If the run has no audit, or its plan is damaged.
    """
    folders = stage_folders(run_path)
    if not folders:
        raise DataError(
            f"{run_path}: has no audit; plan one: numerals audit plan {run_path} --max-error 0.5%"
        )
    return Stage(folders[-1])


def _iter_stages(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    numbered = {
        int(match[1]): path
        for path in folder.iterdir()
        if (match := _STAGE_NAME.fullmatch(path.name)) and path.is_dir()
    }
    for number in sorted(numbered):
        yield numbered[number]
