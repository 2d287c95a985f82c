"""What people did to a line, the oldest first, and what it comes to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from numerals.errors import StoreError
from numerals.store.schema import CHANGES

WAITING, CONFIRMED, CORRECTED, SKIPPED = "waiting", "confirmed", "corrected", "skipped"
STATE_AFTER = {"confirm": CONFIRMED, "correct": CORRECTED, "skip": SKIPPED}
STATES = (WAITING, *STATE_AFTER.values())


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


def standing_changes(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that were not taken back, the oldest first.

    An undo takes back the last change that was not taken back yet.
    """
    standing: list[Change] = []
    for change in changes:
        if change.kind != "undo":
            standing.append(change)
        elif standing:
            standing.pop()
    return standing


def present(read: str, changes: Sequence[Change]) -> tuple[str, str]:
    """Return the state and the answer that a line's changes come to.

    Examples
    --------
    >>> made = Change(1, 1, "2026-11-23", "ann", "correct", "17", "11")
    >>> present("17", [made])
    ('corrected', '11')
    """
    standing = standing_changes(changes)
    return (STATE_AFTER[standing[-1].kind], standing[-1].after) if standing else (WAITING, read)


def changes_of(connection: Connection, line_id: int) -> list[Change]:
    """Return all that was ever done to a line, the oldest first."""
    return changes_by_line(connection, [line_id])[line_id]


def changes_by_line(connection: Connection, line_ids: Sequence[int]) -> dict[int, list[Change]]:
    """Return all that was ever done to some lines, each by its number, the oldest first."""
    found: dict[int, list[Change]] = defaultdict(list)
    if line_ids:
        rows = connection.execute(
            select(CHANGES).where(CHANGES.c.line_id.in_(line_ids)).order_by(CHANGES.c.id)
        )
        for row in rows:
            found[row.line_id].append(to_change(row))
    return found


def to_change(row: Row[Any]) -> Change:
    """Return a row of the changes as what it means."""
    found = row._mapping
    if found["kind"] not in (*STATE_AFTER, "undo"):
        raise StoreError(
            f"change {found['id']} of line {found['line_id']} is damaged (its kind is "
            f"{found['kind'][:40]!r}); restore the store from a backup, or delete the reading that "
            "the line belongs to: numerals store list, numerals store delete --id N"
        )
    return Change(
        found["id"],
        found["line_id"],
        found["at"],
        found["by"],
        found["kind"],
        found["from"],
        found["to"],
    )
