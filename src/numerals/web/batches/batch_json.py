"""Batches, items and lines as JSON values."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from numerals.store.batch_counts import BatchCounts
from numerals.store.batch_listing import ItemEntry
from numerals.store.batches import Batch, Batches
from numerals.store.changes import CORRECTED, WAITING, Change
from numerals.store.column_types import json_value
from numerals.store.row_checks import damaged_line
from numerals.web.batches.batch_runner import BatchRunner
from numerals.web.batches.form_relations import check_form


def summarize(
    batches: Batches, runner: BatchRunner, batch_ids: Sequence[int] | None = None
) -> list[dict[str, Any]]:
    """Return batches with their counts, newest first; by default all of them."""
    found = [
        batch for batch in batches.list_all() if batch_ids is None or batch.id in set(batch_ids)
    ]
    counts = batches.counts([batch.id for batch in found])
    return [
        batch_to_dict(
            batch,
            counts[batch.id],
            None if batch.is_paused else runner.seconds_left(batch.id, counts[batch.id].n_unread),
        )
        for batch in found
    ]


def batch_to_dict(batch: Batch, counts: BatchCounts, seconds_left: int | None) -> dict[str, Any]:
    """Return a batch as a JSON value."""
    return {
        "id": str(batch.id),
        "name": batch.name,
        "created_at": batch.created_at,
        "state": _state(batch, counts),
        "files": counts.files,
        "waiting": counts.waiting,
        "reading": counts.reading,
        "done": counts.done,
        "failed": counts.failed,
        "pages": counts.n_pages,
        "pages_left": counts.n_unread,
        "lines": counts.n_lines,
        "to_review": counts.n_to_review,
        "corrected": counts.n_corrected,
        "changes": counts.n_changes,
        "seconds_left": seconds_left,
        "bytes": counts.n_bytes,
        "options": batch.options,
        "templates": list(batch.templates),
        "watch": batch.watch,
        "version": str(batch.version),
    }


def _state(batch: Batch, counts: BatchCounts) -> str:
    if batch.is_paused:
        return "paused"
    if counts.reading:
        return "reading"
    return "waiting" if counts.waiting else "done"


def entry_to_dict(entry: ItemEntry) -> dict[str, Any]:
    """Return an item with its lines as a JSON value."""
    item = entry.item
    forms = {page.number: json_value(page.form) for page in entry.pages if page.form}
    templates = [str(form["template"]) for form in forms.values()]
    place = f"/v1/batches/{item.batch_id}/items/{item.id}"
    lines = entry.lines
    return {
        "id": str(item.id),
        "name": item.name,
        "state": item.state,
        "error": item.error,
        "pages": item.n_pages,
        "pages_read": item.n_read,
        "size": item.size,
        "template": templates[0] if templates else None,
        "reading_id": None if item.reading_id is None else str(item.reading_id),
        "has_picture": item.has_file,
        "thumbnail": f"{place}/thumbnail" if item.has_file else None,
        "to_review": sum(line.state == WAITING and line.uncertain != 0 for line in lines),
        "corrected": sum(line.state == CORRECTED for line in lines),
        "relations": _relations(forms, lines),
        "rows": [line_to_dict(line, item.attempt) for line in lines],
        "more_rows": entry.n_lines - len(lines),
    }


def line_to_dict(line: Row[Any], attempt: int) -> dict[str, Any]:
    """Return a line as a JSON value.

    Parameters
    ----------
    line : Row
        As in `ItemEntry`.
    attempt : int
        How often the file was to be read again: browsers cache the crop of each attempt.
    """
    return {
        "line_id": str(line.id),
        "page": line.page,
        "line": line.number,
        "field": line.field,
        "table": line.table_number,
        "row": line.row_number,
        "column": line.column_number,
        "text": line.answer,
        "read": line.text,
        "confidence": round(line.confidence, 4),
        "state": line.state,
        "accepted": None if line.accepted is None else bool(line.accepted),
        "uncertain": line.state == WAITING and line.uncertain != 0,
        "changed": bool(line.changed),
        "printed": bool(line.printed),
        "note": line.note,
        "box": _parsed(line, "box"),
        "crop": f"/v1/review/{line.id}/crop?v={attempt}" if line.has_crop else None,
    }


def line_details(
    line: Row[Any], changes: Sequence[Change], change: Change | None
) -> dict[str, Any]:
    """Return what a review needs of a line, in addition to `line_to_dict`.

    Parameters
    ----------
    line : Row
        With the column ``digits``.
    changes : sequence of Change
        All changes of the line, oldest first.
    change : Change, optional
        The change that an undo would revert.
    """
    return {
        "alternatives": _parsed(line, "alternatives"),
        "digits": _parsed(line, "digits"),
        "version": str(changes[-1].id if changes else 0),
        "change": None if change is None else str(change.id),
        "by": changes[-1].by if changes else "",
    }


def page_to_dict(page: Row[Any]) -> dict[str, Any]:
    """Return a page as a JSON value."""
    return {
        "page": page.number,
        "width": page.width,
        "height": page.height,
        "turn": page.turn,
        "error": page.error,
    }


def answer_change_to_dict(change: Row[Any]) -> dict[str, Any]:
    """Return an answer that changed when its file was read again as a JSON value."""
    kind = "new" if change.before is None else "gone" if change.after is None else "changed"
    return {
        "item": str(change.item_id),
        "name": change.name,
        "line_id": None if change.line_id is None else str(change.line_id),
        "page": change.page,
        "line": change.number,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "kind": kind,
        "confidence": round(change.confidence, 4),
    }


def _relations(forms: Mapping[int, Any], lines: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return whether the relations of the forms hold for the answers as they are now."""
    found = []
    for page, form in forms.items():
        texts = {line.field: line.answer for line in lines if line.page == page and line.field}
        found += [{**result.to_dict(), "page": page} for result in check_form(form, texts)]
    return found


def _parsed(line: Row[Any], column: str) -> Any:
    try:
        return json_value(line._mapping[column])
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged_line(line, f"its {column}") from error
