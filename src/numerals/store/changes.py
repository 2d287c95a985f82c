"""The append-only log of the changes of lines, as rows and as `Change`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from numerals.errors import StoreError
from numerals.store.schema import CHANGES, LINES

WAITING, CONFIRMED, CORRECTED, SKIPPED = "waiting", "confirmed", "corrected", "skipped"
STATE_AFTER = {"confirm": CONFIRMED, "correct": CORRECTED, "skip": SKIPPED}
"""State of a line after a change of each kind; an undo restores the state before."""
STATES = (WAITING, *STATE_AFTER.values())
UNDO = "undo"


@dataclass(frozen=True)
class Change:
    """One change of a line.

    Attributes
    ----------
    id, line_id : int
    at : str
        Time, ISO 8601 in UTC.
    by : str
        Name that the reviewer gave; may be empty.
    kind : {"confirm", "correct", "skip", "undo"}
    before, after : str
        Text of the line before and after the change.
    """

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


def changes_of_line(connection: Connection, line_id: int) -> list[Change]:
    """Return all changes of one line, oldest first."""
    return changes_by_line(connection, [line_id])[line_id]


def changes_by_line(connection: Connection, line_ids: Sequence[int]) -> dict[int, list[Change]]:
    """Return all changes of some lines, keyed by line id, oldest first."""
    return _changes_where(connection, CHANGES.c.line_id.in_(line_ids))


def changes_of_reading(connection: Connection, reading_id: int) -> dict[int, list[Change]]:
    """Return all changes of the lines of a reading, keyed by line id, oldest first."""
    # A PDF of 2000 pages may have more lines than a statement may have parameters.
    lines = select(LINES.c.id).where(LINES.c.reading_id == reading_id)
    return _changes_where(connection, CHANGES.c.line_id.in_(lines))


def _changes_where(
    connection: Connection, condition: ColumnElement[bool]
) -> dict[int, list[Change]]:
    changes: dict[int, list[Change]] = defaultdict(list)
    for row in connection.execute(select(CHANGES).where(condition).order_by(CHANGES.c.id)):
        changes[row.line_id].append(to_change(row))
    return changes


def to_change(row: Row[Any]) -> Change:
    """Return a row of the table of changes as a `Change`.

    Raises
    ------
    StoreError
        If its kind is unknown.
    """
    columns = row._mapping
    if columns["kind"] not in (*STATE_AFTER, UNDO):
        raise StoreError(
            f"change {columns['id']} of line {columns['line_id']} is damaged (its kind is "
            f"{columns['kind'][:40]!r}); restore the store from a backup, or delete the reading "
            "that contains the line: numerals store list, numerals store delete --id N"
        )
    return Change(
        columns["id"],
        columns["line_id"],
        columns["at"],
        columns["by"],
        columns["kind"],
        columns["from"],
        columns["to"],
    )
