"""The blind review of an audit by several reviewers at the same time."""

import threading
from pathlib import Path
from time import monotonic
from typing import Any

from numerals.audit.answers import SETTLED, SampleItem
from numerals.audit.stage import open_stage
from numerals.errors import NotStoredError

RESERVED_SECONDS = 600.0
"""Seconds for which an item that a reviewer sees is not shown to another one."""


class BlindReview:
    """The sample of a run's audit, shown to reviewers without its readings. Threads may share it.

    Parameters
    ----------
    run_path : str
        Folder of the run.

    Raises
    ------
    DataError
        If the run has no audit, or its plan is damaged.
    """

    def __init__(self, run_path: str) -> None:
        self.stage = open_stage(run_path)
        self.name = Path(run_path).resolve().name
        self._lock = threading.Lock()
        self._reserved: dict[str, tuple[str, float]] = {}  # item id -> reviewer, until when

    def progress(self, reviewer: str) -> dict[str, Any]:
        """Return counts, and the next item for a reviewer, as JSON values.

        Parameters
        ----------
        reviewer : str
            A name, `SETTLED`, or empty for the counts alone.
        """
        with self._lock:
            decided, unanswered, disputed = self.stage.decide()
            waiting = self.stage.waiting_items(reviewer) if reviewer else []
            item = self._reserve(waiting, reviewer)
            own = self.stage.answers(reviewer) if reviewer else {}
            return {
                "run": self.name,
                "stage": self.stage.plan.stage,
                "total": self.stage.plan.n,
                "decided": len(decided),
                "unanswered": len(unanswered),
                "disputed": len(disputed),
                "own": len(own),
                "waiting": len(waiting),
                "double": self.stage.plan.double,
                "closed": self.stage.is_closed,
                "next": None if item is None else self._describe(item, reviewer),
            }

    def item(self, item_id: str, reviewer: str) -> dict[str, Any]:
        """Return an item and the reviewer's own answer to it.

        Raises
        ------
        NotStoredError
            If there is no such item.
        """
        return self._describe(self._find(item_id), reviewer)

    def crop_path(self, item_id: str) -> Path:
        """Return the PNG of an item.

        Raises
        ------
        NotStoredError
            If there is no such item, or its picture could not be cut.
        """
        path = self.stage.crop_path(self._find(item_id).id)
        if path is None:
            raise NotStoredError(
                f"there is no picture of number {item_id}; look it up in the original file"
            )
        return path

    def record(self, item_id: str, reviewer: str, text: str) -> dict[str, Any]:
        """Add an answer, and return the progress; errors as of `Stage.record`."""
        item = self._find(item_id)
        with self._lock:
            self.stage.record(item.id, reviewer, text)
            self._reserved.pop(item.id, None)
        return self.progress(reviewer)

    def _reserve(self, waiting: list[SampleItem], reviewer: str) -> SampleItem | None:
        """Return the first item that no other reviewer sees, or else the first one."""
        if self.stage.plan.double:  # each item is for two reviewers
            return next(iter(waiting), None)
        now = monotonic()
        for item in waiting:
            owner, until = self._reserved.get(item.id, (reviewer, 0.0))
            if owner == reviewer or until < now:
                self._reserved[item.id] = (reviewer, now + RESERVED_SECONDS)
                return item
        return next(iter(waiting), None)

    def _find(self, item_id: str) -> SampleItem:
        for item in self.stage.plan.items:
            if item.id == item_id:
                return item
        raise NotStoredError(f"there is no number {item_id[:20]!r} in this sample")

    def _describe(self, item: SampleItem, reviewer: str) -> dict[str, Any]:
        """Return an item as JSON values; with `SETTLED`, also the answers that differ."""
        answers = self.stage.all_answers()
        given = {name: each[item.id] for name, each in answers.items() if item.id in each}
        place = {
            name: value
            for name in ("page", "line", "table", "row", "column", "field")
            if (value := getattr(item, name)) is not None
        }
        has_crop = self.stage.crop_path(item.id) is not None
        others = sorted(set(given.values())) if reviewer == SETTLED else []
        return {
            "id": item.id,
            "file": item.file,
            "place": place,
            "box": item.box,
            "crop": f"/v1/audit/items/{item.id}/crop" if has_crop else None,
            "answer": given.get(reviewer),
            "others": others,
        }
