"""The items of a batch: files that are added once, read by one worker at a time, and deleted."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, select, update

from numerals.errors import NotStoredError
from numerals.store.batch_counts import ITEM_DONE, ITEM_FAILED, ITEM_READING, ITEM_WAITING
from numerals.store.batches import Batch, count_change, delete_items, load_batch
from numerals.store.database import read_transaction, write_transaction
from numerals.store.item_readings import replace_pages
from numerals.store.page_entries import PageEntry
from numerals.store.row_checks import check_id
from numerals.store.schema import BATCHES, ITEMS
from numerals.store.store import Store
from numerals.store.timestamps import now


@dataclass(frozen=True)
class Item:
    """A file of a batch.

    Attributes
    ----------
    id, batch_id : int
    name : str
        Name of the file, with folders.
    sha256 : str
        Of its content, hexadecimal.
    size : int, bytes
    state : {"waiting", "reading", "done", "failed"}
    attempt : int
        How often it was to be read again.
    n_pages : int, optional
        None until its first page was decoded.
    n_read : int
        Pages that were read in this attempt.
    error : str, optional
        Why it, or one of its pages, could not be read.
    reading_id : int, optional
    has_file : bool
        Whether its content is stored.
    """

    id: int
    batch_id: int
    name: str
    sha256: str
    size: int
    state: str
    attempt: int
    n_pages: int | None
    n_read: int
    error: str | None
    reading_id: int | None
    has_file: bool


@dataclass(frozen=True)
class NewItem:
    """A file to add: its name, the SHA-256 of its content, and its size in bytes."""

    name: str
    sha256: str
    size: int


class BatchItems:
    """The items of all batches of a store. Threads may share it.

    Parameters
    ----------
    store : Store
    on_read : callable, optional
        Called with a connection and the id of a batch after one of its items was read or failed,
        in the transaction that stores this.
    """

    def __init__(
        self, store: Store, on_read: Callable[[Connection, int], None] | None = None
    ) -> None:
        self._engine = store.engine
        self._on_read = on_read or (lambda connection, batch_id: None)
        # A store that keeps no pixels forgets the file when its last page was read.
        self._after_reading = {"has_file": 0} if store.keep == "nothing" else {}

    def add(self, batch_id: int, files: Sequence[NewItem]) -> list[tuple[Item, bool]]:
        """Add files to a batch; return the item of each, and whether it is new.

        A file with the name and content of another one is not added again.

        Raises
        ------
        NotStoredError
            If the batch does not exist.
        """
        with write_transaction(self._engine) as connection:
            load_batch(connection, batch_id)
            added = [_add(connection, batch_id, file) for file in files]
            if any(is_new for _, is_new in added):
                count_change(connection, batch_id)
            return added

    def get(self, batch_id: int, item_id: int) -> Item:
        """Return an item.

        Raises
        ------
        NotStoredError
            If the batch has no such item.
        """
        with read_transaction(self._engine) as connection:
            return load_item(connection, batch_id, item_id)

    def claim(self, last_batch: int = 0) -> tuple[Item, Batch] | None:
        """Take a waiting item to read, and set its state to ``reading``; None if there is none.

        Parameters
        ----------
        last_batch : int
            Id of the batch whose item was taken last: batches take turns.
        """
        waiting = exists().where(ITEMS.c.batch_id == BATCHES.c.id, ITEMS.c.state == ITEM_WAITING)
        batches = select(BATCHES.c.id).where(
            waiting, BATCHES.c.is_paused == 0, BATCHES.c.is_deleted == 0
        )
        turn = (BATCHES.c.id > last_batch).desc()
        with read_transaction(self._engine) as connection:
            # Looking first keeps idle services from taking the lock of writers.
            if connection.execute(batches.limit(1)).first() is None:
                return None
        with write_transaction(self._engine) as connection:
            batch_id = connection.execute(batches.order_by(turn, BATCHES.c.id).limit(1)).scalar()
            if batch_id is None:
                return None
            row = connection.execute(
                select_items()
                .where(ITEMS.c.batch_id == batch_id, ITEMS.c.state == ITEM_WAITING)
                .order_by(ITEMS.c.id)
                .limit(1)
            ).one()
            _set_state(connection, row.id, ITEM_READING)
            count_change(connection, batch_id)
            return to_item(row), load_batch(connection, batch_id)

    def release(self, item: Item) -> None:
        """Let a claimed item wait again, unless it was deleted or is to be read again."""
        with write_transaction(self._engine) as connection:
            if _is_current(connection, item):
                _set_state(connection, item.id, ITEM_WAITING)
                count_change(connection, item.batch_id)

    def release_all(self) -> int:
        """Let all items in state ``reading`` wait again; return their number."""
        with write_transaction(self._engine) as connection:
            return connection.execute(
                update(ITEMS).where(ITEMS.c.state == ITEM_READING).values(state=ITEM_WAITING)
            ).rowcount

    def fail(self, item: Item, error: str) -> bool:
        """Set the state of a claimed item to ``failed``; see `store_pages` for the result."""
        with write_transaction(self._engine) as connection:
            if not _is_current(connection, item):
                return False
            _set_state(connection, item.id, ITEM_FAILED, error=error, **self._after_reading)
            count_change(connection, item.batch_id)
            self._on_read(connection, item.batch_id)
            return True

    def store_pages(
        self, item: Item, pages: Sequence[PageEntry], n_pages: int, model: str
    ) -> Item | None:
        """Store pages of a claimed item, and its state once all pages are read.

        Pages of an earlier attempt are replaced; answers of reviewers stay.

        Parameters
        ----------
        item : Item
            As it was claimed.
        pages : sequence of PageEntry
            The next pages, with an error for those that could not be read.
        n_pages : int
            Number of pages of the file.
        model : str
            Name of the model.

        Returns
        -------
        Item or None
            The item as it is now. None if it was deleted or is to be read again: nothing is stored.
        """
        with write_transaction(self._engine) as connection:
            current = _current(connection, item)
            if current is None:
                return None
            reading_id = replace_pages(
                connection,
                current.reading_id,
                pages,
                source=item.name,
                model=model,
                item_id=item.id if item.attempt else None,
            )
            n_read = current.n_read + len(pages)
            errors = [f"page {p.page.number}: {p.error}" for p in pages if p.error is not None]
            error = _join_errors(current.error, errors, n_pages)
            is_complete = n_read >= n_pages
            state = ITEM_READING if not is_complete else ITEM_FAILED if error else ITEM_DONE
            _set_state(
                connection,
                item.id,
                state,
                reading_id=reading_id,
                n_pages=n_pages,
                n_read=n_read,
                error=error,
                **(self._after_reading if is_complete else {}),
            )
            count_change(connection, item.batch_id)
            if is_complete:
                self._on_read(connection, item.batch_id)
            return load_item(connection, item.batch_id, item.id)

    def delete(self, batch_id: int, item_id: int) -> Item:
        """Delete an item with its reading, crops and answers; return it."""
        with write_transaction(self._engine) as connection:
            item = load_item(connection, batch_id, item_id)
            delete_items(connection, [(item.id, item.reading_id)])
            count_change(connection, batch_id)
            return item

    def has_content(self, batch_id: int, sha256: str) -> bool:
        """Return whether an item of a batch has this content stored."""
        with read_transaction(self._engine) as connection:
            condition = (
                (ITEMS.c.batch_id == batch_id)
                & (ITEMS.c.sha256 == sha256)
                & (ITEMS.c.has_file == 1)
            )
            return connection.execute(select(ITEMS.c.id).where(condition)).first() is not None

    def contents(self, batch_id: int) -> set[str]:
        """Return the SHA-256 of each stored file of a batch."""
        with read_transaction(self._engine) as connection:
            return set(
                connection.execute(
                    select(ITEMS.c.sha256).where(
                        ITEMS.c.batch_id == batch_id, ITEMS.c.has_file == 1
                    )
                ).scalars()
            )


def load_item(connection: Connection, batch_id: int, item_id: int) -> Item:
    """Return an item of a batch.

    Raises
    ------
    NotStoredError
        If the batch has no such item.
    """
    check_id("file", item_id)
    load_batch(connection, batch_id)
    row = connection.execute(
        select_items().where(ITEMS.c.id == item_id, ITEMS.c.batch_id == batch_id)
    ).first()
    if row is None:
        raise NotStoredError(f"batch {batch_id} has no file {item_id}; it may have been deleted")
    return to_item(row)


def sort_key(name: str) -> str:
    """Return a text that sorts as `numerals.images.natural_key` does.

    Examples
    --------
    >>> sorted(["10.jpg", "2.jpg", "B.jpg", "a.jpg"], key=sort_key)
    ['2.jpg', '10.jpg', 'a.jpg', 'B.jpg']
    """

    def with_length(match: re.Match[str]) -> str:
        number = match[0].lstrip("0")
        return f"{len(number):03}{number}"

    return re.sub("[0-9]+", with_length, name.casefold())


def select_items() -> Select[Any]:
    """Return the query for the columns that `to_item` needs."""
    names = (field for field in Item.__dataclass_fields__)
    return select(*(ITEMS.c[name] for name in names))


def to_item(row: Row[Any]) -> Item:
    """Return the item for a row of `select_items`."""
    values = dict(row._mapping)
    return Item(**{**values, "has_file": bool(row.has_file)})


def _add(connection: Connection, batch_id: int, file: NewItem) -> tuple[Item, bool]:
    found = connection.execute(
        select_items().where(
            ITEMS.c.batch_id == batch_id, ITEMS.c.sha256 == file.sha256, ITEMS.c.name == file.name
        )
    ).first()
    if found is not None:
        return to_item(found), False
    row = {
        "batch_id": batch_id,
        "name": file.name,
        "sort_name": sort_key(file.name),
        "sha256": file.sha256,
        "size": file.size,
        "added_at": now(),
        "state": ITEM_WAITING,
        "attempt": 0,
        "n_pages": None,
        "n_read": 0,
        "error": None,
        "reading_id": None,
        "has_file": 1,
    }
    item_id = connection.execute(ITEMS.insert().values(row).returning(ITEMS.c.id)).scalar_one()
    return load_item(connection, batch_id, int(item_id)), True


def _current(connection: Connection, item: Item) -> Item | None:
    """Return a claimed item as it is now; None if it was deleted or is to be read again."""
    row = connection.execute(select_items().where(ITEMS.c.id == item.id).with_for_update()).first()
    if row is None or row.attempt != item.attempt or row.state != ITEM_READING:
        return None
    is_deleted = connection.execute(
        select(func.count())
        .select_from(BATCHES)
        .where(BATCHES.c.id == item.batch_id, BATCHES.c.is_deleted == 1)
    ).scalar_one()
    return None if is_deleted else to_item(row)


def _is_current(connection: Connection, item: Item) -> bool:
    return _current(connection, item) is not None


def _set_state(connection: Connection, item_id: int, state: str, **values: Any) -> None:
    connection.execute(update(ITEMS).where(ITEMS.c.id == item_id).values(state=state, **values))


_MAX_ERROR = 1000  # characters


def _join_errors(before: str | None, errors: Sequence[str], n_pages: int) -> str | None:
    if n_pages == 1:
        errors = [error.partition(": ")[2] for error in errors]
    joined = "; ".join(([before] if before else []) + list(errors))
    if not joined:
        return None
    return joined if len(joined) <= _MAX_ERROR else joined[: _MAX_ERROR - 3] + "..."
