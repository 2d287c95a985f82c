"""Lines that people answer: confirm, correct, skip, undo; and what the answers come to."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from numerals.errors import EditConflictError, NothingToUndoError, NotStoredError, StoreError
from numerals.store.changes import (
    SKIPPED,
    STATE_AFTER,
    STATES,
    WAITING,
    Change,
    changes_by_line,
    changes_of,
    present,
    standing_changes,
)
from numerals.store.clock import now
from numerals.store.column_types import json_value
from numerals.store.schema import CHANGES, LINES, READINGS

UNSEEN = -1
"""The version of a line of which nothing is known but that it was to be reviewed."""

_LARGEST_ID = 2**31 - 1  # PostgreSQL refuses to compare with larger ones


@dataclass(frozen=True)
class Item:
    """A line as it waits for review, or as it was answered.

    Attributes
    ----------
    id, reading_id : int
    text : str
        What it reads as now: what was read, or what somebody made of it.
    confidence : float in [0, 1]
        Of what was read.
    alternatives : tuple of (str, float)
        Other readings of the line with their probabilities.
    read : str
        What was read.
    state : {"waiting", "confirmed", "corrected", "skipped"}
    source, read_at : str
        The file, and when it was read (ISO 8601, UTC).
    has_crop : bool
        Whether its picture is kept.
    version : int
        The last change of any kind, 0 before the first: who answers says which version they saw.
    change : int, optional
        The change that an undo would take back.
    by : str
        Who made the last change.
    """

    id: int
    reading_id: int
    text: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...]
    read: str
    state: str
    source: str
    read_at: str
    has_crop: bool
    version: int = 0
    change: int | None = None
    by: str = ""

    def to_json(self) -> str:
        """Return the item as `from_json` takes it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Item":
        """Return the item that `to_json` wrote."""
        try:
            found = json_value(text)
            found["alternatives"] = tuple(tuple(each) for each in found["alternatives"])
            return cls(**found)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise StoreError(
                "the store is damaged: the answer that is kept for this request is not as numerals "
                "writes it; send the request again with another key"
            ) from error


def answer_line(
    connection: Connection, line_id: int, text: str, by: str, seen: int | None = None
) -> None:
    """Confirm a line (`text` is what was read) or correct it; the same answer twice is one.

    Parameters
    ----------
    connection : Connection
    line_id : int
    text, by : str
    seen : int, optional
        The version of the line that `by` looked at, or `UNSEEN`: see `_check_seen`.

    Raises
    ------
    EditConflictError
        If somebody answered it since.
    """
    line = _locked(connection, line_id)
    kind = "confirm" if text == line.text else "correct"
    if (line.state, line.answer) == (STATE_AFTER[kind], text):
        return
    _check_seen(connection, line, by, seen)
    _record(connection, line, kind, text, by, STATE_AFTER[kind])


def skip_line(connection: Connection, line_id: int, by: str, seen: int | None = None) -> None:
    """Take a line off the queue without an answer; `seen` as in `answer_line`."""
    line = _locked(connection, line_id)
    if line.state == SKIPPED:
        return
    _check_seen(connection, line, by, seen)
    _record(connection, line, "skip", line.answer, by, SKIPPED)


def undo_line(connection: Connection, line_id: int, by: str, change: int | None = None) -> None:
    """Take back the last change that was not taken back yet.

    Parameters
    ----------
    connection : Connection
    line_id : int
    by : str
    change : int, optional
        The change that is meant: if it is taken back already, nothing happens.

    Raises
    ------
    NothingToUndoError
        If there is none.
    NotStoredError
        If the line has no such change.
    EditConflictError
        If there are later changes than that.
    """
    line = _locked(connection, line_id)
    changes = changes_of(connection, line_id)
    standing = standing_changes(changes)
    if change is not None and change not in [each.id for each in standing]:
        if change not in [each.id for each in changes if each.kind != "undo"]:
            raise NotStoredError(f"line {line_id} has no change {change} that could be undone")
        return
    if not standing:
        raise NothingToUndoError(f"line {line_id}: nobody has changed it, or all is undone")
    if change not in (None, standing[-1].id):
        raise _conflict(connection, line_id, standing[-1])
    state, answer = present(line.text, standing[:-1])
    _record(connection, line, "undo", answer, by, state)


def waiting_items(
    connection: Connection, limit: int, below: float | None
) -> tuple[int, list[Item]]:
    """Return how many lines wait, and the first of them, the least sure first."""
    waits = [LINES.c.state == WAITING, LINES.c.crop.is_not(None)]
    if below is not None:
        waits.append(LINES.c.confidence < below)
    n_waiting = connection.execute(select(func.count()).select_from(LINES).where(*waits))
    found = connection.execute(
        _items().where(*waits).order_by(LINES.c.confidence, LINES.c.id).limit(limit)
    )
    return int(n_waiting.scalar_one()), _to_items(connection, found.all())


def find_item(connection: Connection, line_id: int) -> Item:
    """Return a line as it is now.

    Raises
    ------
    NotStoredError
        If there is none of that number.
    """
    check_id("line", line_id)
    rows = connection.execute(_items().where(LINES.c.id == line_id)).all()
    if not rows:
        raise NotStoredError(f"there is no line {line_id}")
    return _to_items(connection, rows)[0]


def check_id(what: str, number: int) -> None:
    """Raise NotStoredError for a number that no row can have."""
    if not 0 < number <= _LARGEST_ID:
        raise NotStoredError(f"there is no {what} {number}")


def _items() -> Any:
    kept = LINES.c
    return select(
        kept.id,
        kept.reading_id,
        kept.answer,
        kept.confidence,
        kept.alternatives,
        kept.text,
        kept.state,
        READINGS.c.source,
        READINGS.c.read_at,
        kept.crop.is_not(None).label("has_crop"),
    ).join(READINGS, READINGS.c.id == kept.reading_id)


def _to_items(connection: Connection, rows: Sequence[Row[Any]]) -> list[Item]:
    changes = changes_by_line(connection, [row.id for row in rows])
    return [_to_item(row, changes[row.id]) for row in rows]


def _to_item(row: Row[Any], changes: Sequence[Change]) -> Item:
    standing = standing_changes(changes)
    if row.state not in STATES:
        raise damaged(row, "its states")
    return Item(
        row.id,
        row.reading_id,
        row.answer,
        row.confidence,
        _alternatives(row),
        row.text,
        row.state,
        row.source,
        row.read_at,
        bool(row.has_crop),
        changes[-1].id if changes else 0,
        standing[-1].id if standing else None,
        changes[-1].by if changes else "",
    )


def _alternatives(row: Row[Any]) -> tuple[tuple[str, float], ...]:
    try:
        found = json_value(row.alternatives)
        return tuple((str(each["text"]), float(each["confidence"])) for each in found)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged(row, "its other readings") from error


def damaged(row: Row[Any], what: str) -> StoreError:
    """Return the error that tells of a line that holds what numerals never wrote."""
    return StoreError(
        f"line {row.id} of the store is damaged ({what} are not as numerals writes them); restore "
        "the store from a backup, or delete the reading that the line belongs to: numerals store "
        f"delete --id {row.reading_id}"
    )


def _check_seen(connection: Connection, line: Any, by: str, seen: int | None) -> None:
    """Raise EditConflictError if an answer would replace one that `by` has not seen.

    A line that waits or was skipped has no answer that could be lost. Otherwise its version must be
    the one seen; whoever names none (`UNSEEN`) may replace what they answered themselves.
    """
    if seen is None or line.state in (WAITING, SKIPPED):
        return
    changes = changes_of(connection, line.id)
    last = changes[-1]
    is_known = last.by == by if seen == UNSEEN else last.id == seen
    if not is_known:
        raise _conflict(connection, line.id, last)


def _conflict(connection: Connection, line_id: int, last: Change) -> EditConflictError:
    item = find_item(connection, line_id)
    who = last.by or "somebody"
    return EditConflictError(
        f"line {line_id} was changed meanwhile: since {last.at} it is {item.state} as "
        f"{item.text!r}, by {who}; look at it again, and send version {item.version} to replace it",
        item,
    )


def _locked(connection: Connection, line_id: int) -> Any:
    """Return a line that nobody else changes until the transaction ends."""
    check_id("line", line_id)
    columns = (LINES.c.id, LINES.c.text, LINES.c.state, LINES.c.answer)
    row = connection.execute(select(*columns).where(LINES.c.id == line_id).with_for_update())
    found = row.first()
    if found is None:
        raise NotStoredError(f"there is no line {line_id}")
    return found


def _record(connection: Connection, line: Any, kind: str, answer: str, by: str, state: str) -> None:
    """Append a change, and let the line show what the changes come to."""
    connection.execute(
        CHANGES.insert().values(
            {
                "line_id": line.id,
                "at": now(),
                "by": by,
                "kind": kind,
                "from": line.answer,
                "to": answer,
            }
        )
    )
    connection.execute(
        LINES.update().where(LINES.c.id == line.id).values(state=state, answer=answer)
    )
