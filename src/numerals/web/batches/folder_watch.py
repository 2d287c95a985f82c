"""Watch a folder: files that appear in it are added to a batch.

The folder is polled. Scanners write to network drives, on which the events of the operating system
do not arrive.
"""

import hashlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from numerals.errors import NumeralsError
from numerals.images.folder_walk import walk_folders
from numerals.printable import printable
from numerals.private_files import open_private_file
from numerals.store.batch_files import BatchFiles
from numerals.store.batch_items import NewItem
from numerals.store.batches import Batches
from numerals.web.batches.batch_options import BatchOptions
from numerals.web.batches.uploaded_files import clean_path, skip_reason

_LOG = logging.getLogger("numerals.web")

POLL_INTERVAL = 2.0
"""Seconds between two looks at the folder. A file is complete if it did not change in between."""
_CHUNK = 1 << 20  # bytes that are copied at once
_SNIFFED = 1024  # bytes that show the format of a file

Stamp = tuple[int, int]  # size, and time of the last change in nanoseconds


class FolderWatch:
    """A thread that adds the pictures of a folder and its subfolders to one batch.

    Parameters
    ----------
    folder : Path
    batches : Batches
    files : BatchFiles
    on_added : callable
        Called after files were added.
    """

    def __init__(
        self, folder: Path, batches: Batches, files: BatchFiles, on_added: Callable[[], None]
    ) -> None:
        self._folder = folder.absolute()
        self._batches, self._files, self._on_added = batches, files, on_added
        self._seen: dict[Path, Stamp] = {}
        self._handled: dict[Path, Stamp] = {}
        self._batch_id: int | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="numerals-watch", daemon=True)

    def start(self) -> None:
        """Start watching."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopping.set()

    def _run(self) -> None:
        last_error = ""
        while not self._stopping.is_set():
            try:
                self.poll()
                last_error = ""
            except (OSError, NumeralsError) as error:
                if str(error) != last_error:  # once, not every two seconds
                    last_error = str(error)
                    _LOG.error(
                        "watching %s: %s", printable(str(self._folder)), printable(str(error))
                    )
            except Exception:
                _LOG.exception("watching %s", printable(str(self._folder)))
            self._stopping.wait(POLL_INTERVAL)

    def poll(self) -> int:
        """Add the files that did not change since the last call; return their number."""
        found = self._list_files()
        complete = [
            path
            for path, stamp in found.items()
            if self._seen.get(path) == stamp != self._handled.get(path) and stamp[0] > 0
        ]
        self._seen = found
        self._handled = {path: s for path, s in self._handled.items() if path in found}
        n_added = 0
        for path in complete:
            if self._stopping.is_set():
                break
            n_added += self._add(path)
            self._handled[path] = found[path]
        if n_added:
            self._on_added()
        return n_added

    def _list_files(self) -> dict[Path, Stamp]:
        found = {}
        for folder, names in walk_folders(str(self._folder)):
            for name in names:
                path = Path(folder, name)
                try:
                    status = path.stat()
                except OSError:  # renamed or deleted meanwhile
                    continue
                found[path] = (status.st_size, status.st_mtime_ns)
        return found

    def _add(self, path: Path) -> int:
        name = clean_path(path.relative_to(self._folder).as_posix())
        try:
            with path.open("rb") as source:
                if skip_reason(name, source.read(_SNIFFED)):
                    return 0
                source.seek(0)
                with self._files.receive() as folder:
                    copy = folder / "0"
                    digest, size = hashlib.sha256(), 0
                    with open_private_file(copy) as stream:
                        while chunk := source.read(_CHUNK):
                            digest.update(chunk)
                            size += len(chunk)
                            stream.write(chunk)
                    new = NewItem(name, digest.hexdigest(), size)
                    [(_, is_new)] = self._files.add(self._batch(), [(new, copy)])
                    return int(is_new)
        except FileNotFoundError:
            return 0

    def _batch(self) -> int:
        """Return the id of the folder's batch, which is created with the first file."""
        if self._batch_id is None or self._batches.is_deleted(self._batch_id):
            name = self._folder.name or str(self._folder)
            options = BatchOptions().model_dump()
            self._batch_id = self._batches.create(name, options, watch=str(self._folder))
        return self._batch_id
