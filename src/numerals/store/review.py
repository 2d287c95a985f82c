"""Lines that people answer: confirm, correct, skip, undo; and what the answers come to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from numerals.errors import NothingToUndoError, NotStoredError
from numerals.store.clock import now
from numerals.store.tables import CHANGES, LINES, READINGS

WAITING, CONFIRMED, CORRECTED, SKIPPED = "waiting", "confirmed", "corrected", "skipped"
_STATE_AFTER = {"confirm": CONFIRMED, "correct": CORRECTED, "skip": SKIPPED}
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


@dataclass(frozen=True)
class Change:
    """What somebody did to a line: `kind` is confirm, correct, skip or undo."""

    id: int
    line_id: int
    at: str
    by: str
    kind: str
    before: str
    after: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "id": str(self.id),
            "line_id": str(self.line_id),
            "at": self.at,
            "by": self.by,
            "kind": self.kind,
            "from": self.before,
            "to": self.after,
        }


def present(read: str, changes: Sequence[Change]) -> tuple[str, str]:
    """Return the state and the answer that a line's changes come to.

    An undo takes back the last change that was not taken back yet.

    Examples
    --------
    >>> made = Change(1, 1, "2026-11-23", "ann", "correct", "17", "11")
    >>> present("17", [made])
    ('corrected', '11')
    """
    standing: list[tuple[str, str]] = [(WAITING, read)]
    for change in changes:
        if change.kind == "undo":
            standing.pop()
        else:
            standing.append((_STATE_AFTER[change.kind], change.after))
    return standing[-1]


def answer_line(connection: Connection, line_id: int, text: str, by: str) -> None:
    """Confirm a line (`text` is what was read) or correct it; the same answer twice is one."""
    line = _locked(connection, line_id)
    kind = "confirm" if text == line.text else "correct"
    if (line.state, line.answer) == (_STATE_AFTER[kind], text):
        return
    _record(connection, line, kind, text, by, _STATE_AFTER[kind])


def skip_line(connection: Connection, line_id: int, by: str) -> None:
    """Take a line off the queue without an answer."""
    line = _locked(connection, line_id)
    if line.state != SKIPPED:
        _record(connection, line, "skip", line.answer, by, SKIPPED)


def undo_line(connection: Connection, line_id: int, by: str) -> None:
    """Take back the last change that was not taken back yet.

    Raises
    ------
    NothingToUndoError
        If there is none.
    """
    line = _locked(connection, line_id)
    changes = changes_of(connection, line_id)
    undone = sum(change.kind == "undo" for change in changes)
    if len(changes) == 2 * undone:
        raise NothingToUndoError(f"line {line_id}: nobody has changed it, or all is undone")
    undo = Change(0, line_id, "", by, "undo", line.answer, "")
    state, answer = present(line.text, [*changes, undo])
    _record(connection, line, "undo", answer, by, state)


def changes_of(connection: Connection, line_id: int) -> list[Change]:
    """Return all that was ever done to a line, the oldest first."""
    rows = connection.execute(
        select(CHANGES).where(CHANGES.c.line_id == line_id).order_by(CHANGES.c.id)
    )
    return [to_change(row) for row in rows]


def to_change(row: Row[Any]) -> Change:
    """Return a row of the changes as what it means."""
    found = row._mapping
    return Change(
        found["id"],
        found["line_id"],
        found["at"],
        found["by"],
        found["kind"],
        found["from"],
        found["to"],
    )


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
    return int(n_waiting.scalar_one()), [_to_item(row) for row in found]


def find_item(connection: Connection, line_id: int) -> Item:
    """Return a line as it is now.

    Raises
    ------
    NotStoredError
        If there is none of that number.
    """
    check_id("line", line_id)
    row = connection.execute(_items().where(LINES.c.id == line_id)).first()
    if row is None:
        raise NotStoredError(f"there is no line {line_id}")
    return _to_item(row)


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


def _to_item(row: Row[Any]) -> Item:
    return Item(
        row.id,
        row.reading_id,
        row.answer,
        row.confidence,
        tuple((each["text"], each["confidence"]) for each in json.loads(row.alternatives)),
        row.text,
        row.state,
        row.source,
        row.read_at,
        bool(row.has_crop),
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
