"""What is stored, as whole readings: listed, taken out, removed for good."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, true

from numerals.errors import NotStoredError, StoreError
from numerals.store.changes import WAITING, changes_by_line
from numerals.store.column_types import json_value
from numerals.store.database import outside_transactions, reading, writing
from numerals.store.review import check_id, damaged
from numerals.store.schema import LINES, METADATA, PAGES, READINGS
from numerals.store.store import Store


@dataclass(frozen=True)
class Selection:
    """Which readings are meant; all by default.

    Attributes
    ----------
    ids : sequence of int, optional
        Those of these numbers.
    before : str, optional
        Those of before this time, as `numerals.store.clock.moment` writes it.
    """

    ids: Sequence[int] | None = None
    before: str | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on the table of readings."""
        condition: ColumnElement[bool] = true()
        if self.ids is not None:
            condition &= READINGS.c.id.in_(self.ids)
        if self.before is not None:
            condition &= READINGS.c.read_at < self.before
        return condition


@dataclass(frozen=True)
class StoredReading:
    """A reading, and how much is kept with it; `n_bytes` are those of pictures."""

    id: int
    read_at: str
    source: str
    model: str
    script: str
    n_pages: int
    n_lines: int
    n_answered: int
    n_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON."""
        return {
            "id": str(self.id),
            "read_at": self.read_at,
            "source": self.source,
            "model": self.model,
            "script": self.script,
            "pages": self.n_pages,
            "lines": self.n_lines,
            "answered": self.n_answered,
            "picture_bytes": self.n_bytes,
        }


def list_readings(
    store: Store, selection: Selection | None = None, limit: int | None = None
) -> list[StoredReading]:
    """Return the readings that are meant, the newest first.

    Raises
    ------
    NotStoredError
        If one that is named by its number is not there.
    """
    selection = selection or Selection()
    with reading(store.engine) as connection:
        _check_ids(connection, selection)
        rows = connection.execute(_listing(selection).limit(limit)).all()
    return [StoredReading(*row) for row in rows]


def export_readings(store: Store, selection: Selection | None = None) -> Iterator[dict[str, Any]]:
    """Yield all that is stored of the readings that are meant, the oldest first.

    Each has ``pages`` and ``lines``; pictures are bytes, under ``picture`` and ``crop``.
    """
    found = list_readings(store, selection)
    for each in reversed(found):
        with reading(store.engine) as connection:
            pages = connection.execute(
                select(PAGES).where(PAGES.c.reading_id == each.id).order_by(PAGES.c.number)
            ).all()
            lines = connection.execute(
                select(LINES)
                .where(LINES.c.reading_id == each.id)
                .order_by(LINES.c.page, LINES.c.number)
            ).all()
            changes = changes_by_line(connection, [line.id for line in lines])
        yield {
            **each.to_dict(),
            "pages": [_page_dict(page) for page in pages],
            "lines": [
                {**_line_dict(line), "changes": [c.to_dict() for c in changes[line.id]]}
                for line in lines
            ],
        }


def delete_readings(store: Store, selection: Selection) -> int:
    """Remove readings with their lines, pictures, answers and history; return how many.

    What they took up in the file is overwritten (SQLite); `compact` makes the file smaller, and is
    what removes them from PostgreSQL's files.

    Raises
    ------
    NotStoredError
        If one that is named by its number is not there: then nothing is removed.
    """
    with writing(store.engine) as connection:
        _check_ids(connection, selection)
        return connection.execute(READINGS.delete().where(selection.condition)).rowcount


def compact(store: Store) -> None:
    """Write the database anew without what was removed, its write-ahead log included.

    Raises
    ------
    StoreError
        If another program has the store open and does not let go of it.
    """
    with outside_transactions(store.engine) as connection:
        if connection.dialect.name == "postgresql":
            for table in METADATA.sorted_tables:
                connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
            return
        connection.exec_driver_sql("VACUUM")
        is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    if is_busy:
        raise StoreError(
            "the store is being read by another program, so that its write-ahead log (-wal) still "
            "holds old pages; run numerals store compact once that has ended"
        )


def _listing(selection: Selection) -> Any:
    kept = READINGS.c

    def of_lines(what: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Any:
        return select(what).where(LINES.c.reading_id == kept.id, *conditions).scalar_subquery()

    def of_pages(what: ColumnElement[Any]) -> Any:
        return select(what).where(PAGES.c.reading_id == kept.id).scalar_subquery()

    crops = func.coalesce(func.sum(func.length(LINES.c.crop)), 0)
    pictures = func.coalesce(func.sum(func.length(PAGES.c.picture)), 0)
    return (
        select(
            kept.id,
            kept.read_at,
            kept.source,
            kept.model,
            kept.script,
            of_pages(func.count()),
            of_lines(func.count()),
            of_lines(func.count(), LINES.c.state != WAITING),
            of_lines(crops) + of_pages(pictures),
        )
        .where(selection.condition)
        .order_by(kept.id.desc())
    )


def _check_ids(connection: Connection, selection: Selection) -> None:
    if selection.ids is None:
        return
    for number in selection.ids:
        check_id("reading", number)
    found = set(
        connection.execute(select(READINGS.c.id).where(READINGS.c.id.in_(selection.ids))).scalars()
    )
    missing = [str(number) for number in selection.ids if number not in found]
    if missing:
        named = ", ".join(missing[:5])
        raise NotStoredError(f"there is no reading {named}; numerals store list shows them")


def _page_dict(row: Row[Any]) -> dict[str, Any]:
    return {
        "page": row.number,
        "width": row.width,
        "height": row.height,
        "picture": None if row.picture is None else bytes(row.picture),
    }


def _line_dict(row: Row[Any]) -> dict[str, Any]:
    try:
        return {
            "id": str(row.id),
            "page": row.page,
            "line": row.number,
            "read": row.text,
            "confidence": row.confidence,
            "state": row.state,
            "text": row.answer,
            "box": json_value(row.box),
            "digits": json_value(row.digits),
            "alternatives": json_value(row.alternatives),
            "crop": None if row.crop is None else bytes(row.crop),
        }
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged(row, "its box, digits or other readings") from error
