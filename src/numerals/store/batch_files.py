"""The files of batches, in a folder beside the store that only the user may read.

A file is named by the SHA-256 of its content, in the folder of its batch; a thumbnail has the
suffix ``.jpg``. A file exists before its item, and is deleted after it. What a crash leaves between
the two is deleted by `BatchFiles.clean`.
"""

import contextlib
import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import URL, select, update

from numerals.errors import BatchStateError, NotStoredError, StoreError
from numerals.files import PRIVATE_FILE, PRIVATE_FOLDER, atomic_file
from numerals.models.user_folder import user_folder
from numerals.printable import printable
from numerals.private_files import make_private_folder
from numerals.store.batch_counts import ITEM_READING, ITEM_WAITING
from numerals.store.batch_items import BatchItems, Item, NewItem
from numerals.store.batches import Batches, count_change, load_batch
from numerals.store.database import write_transaction
from numerals.store.schema import ITEMS, LINES, PAGES, READINGS
from numerals.store.store import Store
from numerals.store.timestamps import days_ago
from numerals.store.urls import sqlite_path

_LOG = logging.getLogger("numerals.store")
_DEFAULT_NAME = "store.db"  # of the store in the user's data folder
_UPLOADS = "uploads"  # folder of bodies that are being received


def data_folder(url: URL) -> Path:
    """Return the folder beside a store: that of the SQLite file, or the user's data folder."""
    path = sqlite_path(url)
    return user_folder().absolute() if path is None else path.parent


def batch_folder(url: URL) -> Path:
    """Return the folder of a store's batches.

    Stores with the same `data_folder` have different ones, because `BatchFiles.clean` deletes the
    files that its store does not know.
    """
    path = sqlite_path(url)
    if path is not None:
        return path.with_name("batches" if path.name == _DEFAULT_NAME else f"{path.name}-batches")
    if url.get_backend_name() == "sqlite":
        return data_folder(url) / "memory-batches"
    place = f"{url.host or url.query.get('host', '')}:{url.port or ''}/{url.database}"
    return data_folder(url) / f"batches-{hashlib.sha256(place.encode()).hexdigest()[:12]}"


class BatchFiles:
    """The files of all batches of a store. Threads may share it.

    Parameters
    ----------
    store : Store

    Attributes
    ----------
    folder : Path
        As in `batch_folder`.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._batches, self._items = Batches(store), BatchItems(store)
        self.folder = batch_folder(store.engine.url)
        self._lock = threading.Lock()  # between placing a file and inserting its item

    def path(self, item: Item) -> Path:
        """Return the path of an item's content.

        Raises
        ------
        NotStoredError
            If the content was deleted.
        """
        path = self._path(item.batch_id, item.sha256)
        if not item.has_file or not path.is_file():
            raise NotStoredError(f"the picture of {item.name} is not stored any more")
        return path

    def thumbnail_path(self, item: Item) -> Path:
        """Return the path of an item's thumbnail, whether or not it exists."""
        return self._path(item.batch_id, item.sha256).with_suffix(".jpg")

    @contextlib.contextmanager
    def receive(self) -> Iterator[Path]:
        """Yield a new private folder for the files of one request; it is deleted at the end.

        Raises
        ------
        StoreError
            If the disk is full, or the folder cannot be written.
        """
        folder = self.make_folder()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def make_folder(self) -> Path:
        """Return a new private folder; `clean` deletes it if the caller does not."""
        with _report_disk_errors():
            parent = self.folder / _UPLOADS
            make_private_folder(parent)
            folder = parent / os.urandom(8).hex()
            folder.mkdir(mode=PRIVATE_FOLDER)
            return folder

    def add(self, batch_id: int, files: Sequence[tuple[NewItem, Path]]) -> list[tuple[Item, bool]]:
        """Add files to a batch: their content is on the disk when this returns.

        Parameters
        ----------
        batch_id : int
        files : sequence of (NewItem, Path)
            The items, and the files to move.

        Returns
        -------
        list of (Item, bool)
            The item of each file, and whether it is new.

        Raises
        ------
        NotStoredError
            If the batch does not exist.
        StoreError
            If the disk is full.
        """
        with _report_disk_errors(), self._lock:
            self._batches.get(batch_id)
            make_private_folder(self.folder / str(batch_id))
            for new, path in files:
                self._place(batch_id, new, path)
            try:
                return self._items.add(batch_id, [new for new, _ in files])
            except BaseException:
                for new, _ in files:
                    self._remove_unused(batch_id, new.sha256)
                raise

    def write_thumbnail(self, item: Item, content: bytes) -> None:
        """Store a thumbnail, JPEG, unless the item was deleted meanwhile."""
        with _report_disk_errors(), self._lock:
            if self._items.has_content(item.batch_id, item.sha256):
                with atomic_file(self.thumbnail_path(item), PRIVATE_FILE) as temporary:
                    temporary.write_bytes(content)

    def delete_item(self, batch_id: int, item_id: int) -> None:
        """Delete an item with its reading and its file."""
        with self._lock:
            item = self._items.delete(batch_id, item_id)
            self._remove_unused(batch_id, item.sha256)

    def delete_batch(self, batch_id: int) -> None:
        """Delete a batch with its readings and files."""
        self._batches.mark_deleted(batch_id)
        self._finish_deletion(batch_id)

    def delete_pictures(self, batch_id: int) -> None:
        """Delete the files and crops of a batch; numbers and answers stay.

        Raises
        ------
        BatchStateError
            If files are waiting or being read.
        """
        items = select(ITEMS.c.id).where(ITEMS.c.batch_id == batch_id)
        with write_transaction(self._store.engine) as connection:
            load_batch(connection, batch_id)
            is_open = ITEMS.c.state.in_((ITEM_WAITING, ITEM_READING))
            if connection.execute(items.where(is_open).limit(1)).first():
                raise BatchStateError(
                    "files of this batch are waiting or being read; delete the pictures after "
                    "that, or delete the whole batch"
                )
            readings = select(ITEMS.c.reading_id).where(ITEMS.c.batch_id == batch_id)
            for table, column in ((LINES, LINES.c.crop), (PAGES, PAGES.c.picture)):
                connection.execute(
                    update(table)
                    .where(table.c.reading_id.in_(readings), column.is_not(None))
                    .values({column.name: None})
                )
            connection.execute(update(ITEMS).where(ITEMS.c.batch_id == batch_id).values(has_file=0))
            count_change(connection, batch_id)
        self.remove_unused([batch_id])

    def discard(self, item: Item) -> None:
        """Delete the content of an item if the store keeps no pixels of it."""
        with self._lock:
            self._remove_unused(item.batch_id, item.sha256)

    def prune(self, keep_days: int | None = None) -> int:
        """Delete the files of items that were read before some days; return their number.

        Parameters
        ----------
        keep_days : int, optional
            By default that of the store; nothing is deleted if that is None.
        """
        days = self._store.keep_days if keep_days is None else keep_days
        if days is None:
            return 0
        old_readings = select(READINGS.c.id).where(READINGS.c.read_at < days_ago(days))
        is_old = ITEMS.c.reading_id.in_(old_readings) & (ITEMS.c.has_file == 1)
        is_read = ITEMS.c.state.not_in((ITEM_WAITING, ITEM_READING))
        with write_transaction(self._store.engine) as connection:
            found = select(ITEMS.c.id, ITEMS.c.batch_id).where(is_old, is_read)
            rows = connection.execute(found).all()
            connection.execute(update(ITEMS).where(is_old, is_read).values(has_file=0))
        self.remove_unused({row.batch_id for row in rows})
        return len(rows)

    def remove_unused(self, batch_ids: Iterable[int]) -> None:
        """Delete the files of some batches that no item has."""
        with self._lock:
            for batch_id in batch_ids:
                self._remove_unknown(batch_id)

    def clean(self) -> None:
        """Finish interrupted deletions, and delete files that no item has."""
        for batch_id in self._batches.deleted_ids():
            self._finish_deletion(batch_id)
        if not self.folder.is_dir():
            return
        with self._lock:
            known = {str(batch_id) for batch_id in self._batches.versions()}
            for entry in list(self.folder.iterdir()):
                if entry.name in known:
                    self._remove_unknown(int(entry.name))
                elif entry.is_dir() and (entry.name.isdigit() or entry.name == _UPLOADS):
                    _remove_folder(entry)

    def _finish_deletion(self, batch_id: int) -> None:
        with self._lock:
            _remove_folder(self.folder / str(batch_id))
        self._batches.delete_contents(batch_id)

    def _path(self, batch_id: int, sha256: str) -> Path:
        return self.folder / str(batch_id) / sha256

    def _place(self, batch_id: int, new: NewItem, source: Path) -> None:
        target = self._path(batch_id, new.sha256)
        if target.is_file() and target.stat().st_size == new.size:
            return
        with atomic_file(target, PRIVATE_FILE) as temporary:
            source.replace(temporary)

    def _remove_unused(self, batch_id: int, sha256: str) -> None:
        try:
            is_used = self._items.has_content(batch_id, sha256)
        except StoreError:
            return  # `clean` deletes it later
        if not is_used:
            path = self._path(batch_id, sha256)
            for each in (path, path.with_suffix(".jpg")):
                _remove_file(each)

    def _remove_unknown(self, batch_id: int) -> None:
        folder = self.folder / str(batch_id)
        contents = self._items.contents(batch_id)
        if folder.is_dir():
            for path in list(folder.iterdir()):
                if path.name.partition(".")[0] not in contents:
                    _remove_file(path)


def _remove_file(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _LOG.error("%s: cannot be deleted (%s)", printable(str(path)), error.strerror or error)


def _remove_folder(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        _LOG.error("%s: cannot be deleted completely; delete it yourself", printable(str(path)))


@contextlib.contextmanager
def _report_disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(
            f"the files of batches cannot be stored ({reason}); check the disk of the store, and "
            "that it is not full"
        ) from error
