"""Batches: files that are read with the same options. Create, list, pause and delete them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from numerals.errors import BatchStateError, NotStoredError, StoreError
from numerals.store.batch_counts import ITEM_FAILED, ITEM_WAITING, BatchCounts, count_batch
from numerals.store.column_types import json_value
from numerals.store.database import read_transaction, write_transaction
from numerals.store.keyed_requests import KEY_DAYS, KeyedRequest, key_reused
from numerals.store.row_checks import check_id
from numerals.store.schema import ANSWER_CHANGES, BATCHES, ITEMS, LINES, READINGS
from numerals.store.store import Store
from numerals.store.timestamps import days_ago, now

_DELETED_AT_ONCE = 50  # items in one transaction, so that others can write in between


@dataclass(frozen=True)
class Batch:
    """A batch without its counts.

    Attributes
    ----------
    id : int
    name : str
    created_at : str
        Time, ISO 8601 in UTC.
    options : dict
        JSON values: how the files are read.
    templates : tuple of str
        Names of the templates of forms; empty for files that are not forms.
    is_paused : bool
    watch : str, optional
        Path of the folder whose files are added.
    version : int
        Grows with each change of the batch, of its items, and of answers to their lines.
    """

    id: int
    name: str
    created_at: str
    options: dict[str, Any]
    templates: tuple[str, ...]
    is_paused: bool
    watch: str | None
    version: int


class Batches:
    """The batches of a store. Threads may share it.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._engine = store.engine

    def create(
        self,
        name: str,
        options: Mapping[str, Any],
        templates: Sequence[str] = (),
        *,
        watch: str | None = None,
        request: KeyedRequest | None = None,
    ) -> int:
        """Create a batch; return its id.

        A repeated request, or a watched folder that has a batch, returns the id of that batch.

        Raises
        ------
        KeyReusedError
            If the key of `request` belongs to a request with other content.
        """
        with write_transaction(self._engine) as connection:
            found = _find_request(connection, request) or _find_watch(connection, watch)
            if found is not None:
                return found
            row = {
                "name": name,
                "created_at": now(),
                "options": json.dumps(dict(options)),
                "templates": json.dumps(list(templates), ensure_ascii=False),
                "is_paused": 0,
                "is_deleted": 0,
                "watch": watch,
                "request_key": None if request is None else _request_key(request),
                "version": 1,
            }
            insert = BATCHES.insert().values(row).returning(BATCHES.c.id)
            return int(connection.execute(insert).scalar_one())

    def get(self, batch_id: int) -> Batch:
        """Return a batch.

        Raises
        ------
        NotStoredError
            If it does not exist.
        """
        with read_transaction(self._engine) as connection:
            return load_batch(connection, batch_id)

    def list_all(self) -> list[Batch]:
        """Return all batches, newest first."""
        with read_transaction(self._engine) as connection:
            rows = connection.execute(
                select(BATCHES).where(BATCHES.c.is_deleted == 0).order_by(BATCHES.c.id.desc())
            ).all()
        return [_to_batch(row) for row in rows]

    def versions(self) -> dict[int, int]:
        """Return the version of each batch, by id."""
        with read_transaction(self._engine) as connection:
            rows = connection.execute(
                select(BATCHES.c.id, BATCHES.c.version).where(BATCHES.c.is_deleted == 0)
            )
            return {row.id: row.version for row in rows}

    def counts(self, batch_ids: Sequence[int]) -> dict[int, BatchCounts]:
        """Return the counts of some batches, by id."""
        with read_transaction(self._engine) as connection:
            return {batch_id: count_batch(connection, batch_id) for batch_id in batch_ids}

    def rename(self, batch_id: int, name: str) -> None:
        """Rename a batch."""
        self._update(batch_id, {"name": name})

    def is_deleted(self, batch_id: int) -> bool:
        """Return whether a batch does not exist any more."""
        return batch_id not in self.versions()

    def is_paused(self, batch_id: int) -> bool:
        """Return whether a batch is paused, or does not exist any more."""
        with read_transaction(self._engine) as connection:
            is_running = (BATCHES.c.id == batch_id) & (BATCHES.c.is_paused == 0)
            return connection.execute(select(BATCHES.c.id).where(is_running)).first() is None

    def set_paused(self, batch_id: int, is_paused: bool) -> None:
        """Pause a batch, whose files are then not read, or resume it."""
        self._update(batch_id, {"is_paused": int(is_paused)})

    def read_again(
        self,
        batch_id: int,
        options: Mapping[str, Any],
        templates: Sequence[str],
        *,
        only_failed: bool = False,
    ) -> None:
        """Let the files of a batch be read with other options.

        The readings stay until they are replaced; `numerals.store.item_readings` keeps the answers.

        Raises
        ------
        BatchStateError
            If the files were deleted.
        """
        with write_transaction(self._engine) as connection:
            load_batch(connection, batch_id)
            in_batch = ITEMS.c.batch_id == batch_id
            selected = in_batch & (ITEMS.c.state == ITEM_FAILED) if only_failed else in_batch
            n_missing = connection.execute(
                select(func.count()).select_from(ITEMS).where(selected, ITEMS.c.has_file == 0)
            ).scalar_one()
            if n_missing:
                raise BatchStateError(
                    f"{n_missing} files of this batch cannot be read again: their pictures were "
                    "deleted; add the files to a new batch"
                )
            items = select(ITEMS.c.id).where(in_batch)
            connection.execute(ANSWER_CHANGES.delete().where(ANSWER_CHANGES.c.item_id.in_(items)))
            again = {"state": ITEM_WAITING, "n_read": 0, "error": None}
            connection.execute(
                update(ITEMS).where(selected).values(**again, attempt=ITEMS.c.attempt + 1)
            )
            values = {
                "options": json.dumps(dict(options)),
                "templates": json.dumps(list(templates), ensure_ascii=False),
                "is_paused": 0,
            }
            _update_batch(connection, batch_id, values)

    def mark_deleted(self, batch_id: int) -> None:
        """Hide a batch, whose contents `delete_contents` then deletes."""
        self._update(batch_id, {"is_deleted": 1, "request_key": None, "watch": None})

    def deleted_ids(self) -> list[int]:
        """Return the ids of the batches whose deletion is not complete."""
        with read_transaction(self._engine) as connection:
            return list(
                connection.execute(select(BATCHES.c.id).where(BATCHES.c.is_deleted == 1)).scalars()
            )

    def delete_contents(self, batch_id: int) -> None:
        """Delete a hidden batch with its items, readings, crops and answers."""
        some_items = (
            select(ITEMS.c.id, ITEMS.c.reading_id)
            .where(ITEMS.c.batch_id == batch_id)
            .limit(_DELETED_AT_ONCE)
        )
        while True:
            with write_transaction(self._engine) as connection:
                rows = connection.execute(some_items).all()
                if not rows:
                    connection.execute(BATCHES.delete().where(BATCHES.c.id == batch_id))
                    return
                delete_items(connection, [(row.id, row.reading_id) for row in rows])

    def _update(self, batch_id: int, values: Mapping[str, Any]) -> None:
        with write_transaction(self._engine) as connection:
            load_batch(connection, batch_id)
            _update_batch(connection, batch_id, values)


def _request_key(request: KeyedRequest) -> str:
    return f"{request.key}\n{request.fingerprint}"  # a key is one line


def _find_request(connection: Connection, request: KeyedRequest | None) -> int | None:
    """Return the batch that a request created; its key is free again after `KEY_DAYS`."""
    if request is None:
        return None
    has_key = BATCHES.c.request_key.startswith(f"{request.key}\n", autoescape=True)
    is_expired = BATCHES.c.created_at < days_ago(KEY_DAYS)
    connection.execute(update(BATCHES).where(has_key, is_expired).values(request_key=None))
    row = connection.execute(
        select(BATCHES.c.id, BATCHES.c.request_key).where(has_key, BATCHES.c.is_deleted == 0)
    ).first()
    if row is None:
        return None
    if row.request_key != _request_key(request):
        raise key_reused(request)
    return int(row.id)


def _find_watch(connection: Connection, watch: str | None) -> int | None:
    """Return the batch of a watched folder."""
    if watch is None:
        return None
    is_of_folder = (BATCHES.c.watch == watch) & (BATCHES.c.is_deleted == 0)
    found = connection.execute(select(BATCHES.c.id).where(is_of_folder)).scalar()
    return None if found is None else int(found)


def load_batch(connection: Connection, batch_id: int) -> Batch:
    """Return a batch.

    Raises
    ------
    NotStoredError
        If it does not exist, or is being deleted.
    """
    check_id("batch", batch_id)
    row = connection.execute(
        select(BATCHES).where(BATCHES.c.id == batch_id, BATCHES.c.is_deleted == 0)
    ).first()
    if row is None:
        raise NotStoredError(f"there is no batch {batch_id}; it may have been deleted")
    return _to_batch(row)


def delete_items(connection: Connection, items: Sequence[tuple[int, int | None]]) -> None:
    """Delete items, given by their ids and those of their readings."""
    readings = [reading_id for _, reading_id in items if reading_id is not None]
    connection.execute(READINGS.delete().where(READINGS.c.id.in_(readings)))
    connection.execute(ITEMS.delete().where(ITEMS.c.id.in_([item_id for item_id, _ in items])))


def count_change(connection: Connection, batch_id: int) -> None:
    """Increase the version of a batch."""
    _update_batch(connection, batch_id, {})


def count_answer(connection: Connection, line_id: int) -> None:
    """Increase the version of the batch that a line belongs to, if any."""
    reading = select(LINES.c.reading_id).where(LINES.c.id == line_id).scalar_subquery()
    batch = select(ITEMS.c.batch_id).where(ITEMS.c.reading_id == reading)
    connection.execute(
        update(BATCHES).where(BATCHES.c.id.in_(batch)).values(version=BATCHES.c.version + 1)
    )


def _update_batch(connection: Connection, batch_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(
        update(BATCHES)
        .where(BATCHES.c.id == batch_id)
        .values(**values, version=BATCHES.c.version + 1)
    )


def _to_batch(row: Row[Any]) -> Batch:
    try:
        options, templates = json_value(row.options), json_value(row.templates)
        return Batch(
            row.id,
            row.name,
            row.created_at,
            dict(options),
            tuple(str(name) for name in templates),
            bool(row.is_paused),
            row.watch,
            row.version,
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise StoreError(
            f"batch {row.id} of the store is damaged (its options are not as numerals writes "
            "them); restore the store from a backup, or delete the batch"
        ) from error
