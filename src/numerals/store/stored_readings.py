"""List, export and delete whole readings of a store, and compact its database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, true

from numerals.errors import NotStoredError, StoreError
from numerals.store.batch_files import BatchFiles
from numerals.store.batches import Batches, count_change
from numerals.store.changes import WAITING, changes_of_reading
from numerals.store.column_types import json_value
from numerals.store.database import outside_transaction, read_transaction, write_transaction
from numerals.store.keyed_answers import keyed_answers_of_reading
from numerals.store.row_checks import check_id, damaged_line
from numerals.store.schema import ITEMS, LINES, METADATA, PAGES, READINGS
from numerals.store.store import Store

_MAX_NAMED = 5  # missing ids in a message


@dataclass(frozen=True)
class Selection:
    """A selection of readings; by default all of them.

    Attributes
    ----------
    ids : sequence of int, optional
        Only readings with these ids.
    before : str, optional
        Only readings from before this time, in the format of `numerals.store.timestamps`.
    """

    ids: Sequence[int] | None = None
    before: str | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """The selection as an SQL condition on the table of readings."""
        condition: ColumnElement[bool] = true()
        if self.ids is not None:
            condition &= READINGS.c.id.in_(self.ids)
        if self.before is not None:
            condition &= READINGS.c.read_at < self.before
        return condition


@dataclass(frozen=True)
class StoredReading:
    """A stored reading with its counts.

    Attributes
    ----------
    id : int
    read_at : str
        Time, ISO 8601 in UTC.
    source, model, script : str
    n_pages, n_lines : int
    n_answered : int
        Lines that were confirmed, corrected or skipped.
    n_bytes : int
        Size of the stored pictures.
    """

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
    """Return the selected readings, newest first.

    Parameters
    ----------
    store : Store
    selection : Selection, optional
    limit : int, optional
        Maximum number of readings.

    Returns
    -------
    list of StoredReading

    Raises
    ------
    NotStoredError
        If a selected id does not exist.
    """
    selection = selection or Selection()
    with read_transaction(store.engine) as connection:
        _check_ids(connection, selection)
        rows = connection.execute(_select_readings(selection).limit(limit)).all()
    return [StoredReading(*row) for row in rows]


def export_readings(store: Store, selection: Selection | None = None) -> Iterator[dict[str, Any]]:
    """Yield all data of the selected readings, oldest first.

    Each reading has ``pages`` and ``lines``; their pictures are bytes (PNG) or None, under
    ``picture`` and ``crop``. Each line has its ``changes``, and the ``keyed_answers`` of double
    keying.

    Raises
    ------
    NotStoredError
        If a selected id does not exist.
    StoreError
        If a row is damaged.
    """
    for entry in reversed(list_readings(store, selection)):
        with read_transaction(store.engine) as connection:
            pages = connection.execute(
                select(PAGES).where(PAGES.c.reading_id == entry.id).order_by(PAGES.c.number)
            ).all()
            lines = connection.execute(
                select(LINES)
                .where(LINES.c.reading_id == entry.id)
                .order_by(LINES.c.page, LINES.c.number)
            ).all()
            changes = changes_of_reading(connection, entry.id)
            keyed = keyed_answers_of_reading(connection, entry.id)
        yield {
            **entry.to_dict(),
            "pages": [_page_dict(page) for page in pages],
            "lines": [
                {
                    **_line_dict(line),
                    "changes": [change.to_dict() for change in changes[line.id]],
                    "keyed_answers": [answer.to_dict() for answer in keyed[line.id]],
                }
                for line in lines
            ],
        }


def delete_readings(store: Store, selection: Selection) -> int:
    """Delete readings with their pages, lines, pictures, answers and changes.

    Files of batches are deleted with their readings; without a restriction, all batches are.

    SQLite overwrites the deleted content. `compact` reduces the size of the file; on PostgreSQL
    only `compact` removes the content from the files.

    Parameters
    ----------
    store : Store
    selection : Selection

    Returns
    -------
    int
        Number of deleted readings.

    Raises
    ------
    NotStoredError
        If a selected id does not exist; nothing is deleted then.
    """
    with write_transaction(store.engine) as connection:
        _check_ids(connection, selection)
        readings = select(READINGS.c.id).where(selection.condition)
        in_batches = ITEMS.c.reading_id.in_(readings)
        batch_ids = set(connection.execute(select(ITEMS.c.batch_id).where(in_batches)).scalars())
        connection.execute(ITEMS.delete().where(in_batches))
        for batch_id in batch_ids:
            count_change(connection, batch_id)
        n_deleted = connection.execute(READINGS.delete().where(selection.condition)).rowcount
    files = BatchFiles(store)
    files.remove_unused(batch_ids)
    if selection == Selection():
        for batch in Batches(store).list_all():
            files.delete_batch(batch.id)
    return n_deleted


def compact(store: Store) -> None:
    """Rewrite the database without deleted content, including SQLite's write-ahead log.

    Raises
    ------
    StoreError
        If another program keeps reading from the store.
    """
    with outside_transaction(store.engine) as connection:
        if connection.dialect.name == "postgresql":
            for table in METADATA.sorted_tables:
                connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
            return
        connection.exec_driver_sql("VACUUM")
        is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    if is_busy:
        raise StoreError(
            "another program is reading from the store, so its write-ahead log (-wal) still "
            "contains old pages; run numerals store compact after that program has ended"
        )


def _select_readings(selection: Selection) -> Select[Any]:
    def from_lines(value: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Any:
        return (
            select(value).where(LINES.c.reading_id == READINGS.c.id, *conditions).scalar_subquery()
        )

    def from_pages(value: ColumnElement[Any]) -> Any:
        return select(value).where(PAGES.c.reading_id == READINGS.c.id).scalar_subquery()

    crop_bytes = func.coalesce(func.sum(func.length(LINES.c.crop)), 0)
    picture_bytes = func.coalesce(func.sum(func.length(PAGES.c.picture)), 0)
    return (
        select(
            READINGS.c.id,
            READINGS.c.read_at,
            READINGS.c.source,
            READINGS.c.model,
            READINGS.c.script,
            from_pages(func.count()),
            from_lines(func.count()),
            from_lines(func.count(), LINES.c.state != WAITING),
            from_lines(crop_bytes) + from_pages(picture_bytes),
        )
        .where(selection.condition)
        .order_by(READINGS.c.id.desc())
    )


def _check_ids(connection: Connection, selection: Selection) -> None:
    if selection.ids is None:
        return
    for number in selection.ids:
        check_id("reading", number)
    stored_ids = set(
        connection.execute(select(READINGS.c.id).where(READINGS.c.id.in_(selection.ids))).scalars()
    )
    missing = [str(number) for number in selection.ids if number not in stored_ids]
    if missing:
        raise NotStoredError(
            f"there is no reading {', '.join(missing[:_MAX_NAMED])}; see the ids in numerals store "
            "list"
        )


def _page_dict(row: Row[Any]) -> dict[str, Any]:
    return {
        "page": row.number,
        "width": row.width,
        "height": row.height,
        "turn": row.turn,
        "error": row.error,
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
            "field": row.field,
            "note": row.note,
            "table": row.table_number,
            "row": row.row_number,
            "column": row.column_number,
            "accepted": None if row.accepted is None else bool(row.accepted),
            "digits": json_value(row.digits),
            "alternatives": json_value(row.alternatives),
            "crop": None if row.crop is None else bytes(row.crop),
        }
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged_line(row, "its box, digits or alternatives") from error
