"""Read the waiting files of all batches in worker processes, one file per process at a time."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from numerals.batch.units import Unit
from numerals.errors import NotStoredError, NumeralsError, StoreError
from numerals.images import Limits
from numerals.printable import printable
from numerals.private_files import locked, make_private_folder
from numerals.store import Store
from numerals.store.batch_counts import ITEM_DONE, ITEM_FAILED, ITEM_READING
from numerals.store.batch_files import BatchFiles
from numerals.store.batch_items import BatchItems, Item
from numerals.store.batches import Batch, Batches
from numerals.store.page_entries import PageEntry
from numerals.web.batches.batch_options import BatchOptions, template_path
from numerals.web.batches.page_rate import PageRate
from numerals.web.batches.page_reading import PagesResult, PageWork, failed_page, read_pages
from numerals.web.batches.stack_rules import resolve_after_reading
from numerals.web.batches.worker_process import (
    WorkerCrashError,
    WorkerProcess,
    WorkerTimeoutError,
)

T = TypeVar("T")
_LOG = logging.getLogger("numerals.web")

PAGES_AT_ONCE = 4
"""Pages of one file that are read before they are stored."""
START_TIMEOUT = 60.0
"""Seconds for starting a process and loading its models, in addition to the time per page."""
MAX_CRASHES = 2
"""A file whose reading ended its process so often fails."""
_POLL_INTERVAL = 1.0  # seconds; items may come from another process that shares the store
_IDLE_TIMEOUT = 60.0  # seconds after which an idle process ends
_RETRY_INTERVAL = 2.0  # seconds to wait after an error of the store
_LOCK_RETRY = 5.0  # seconds between attempts to become the process that reads


@dataclass(frozen=True)
class RunnerSettings:
    """Settings of a `BatchRunner`.

    Attributes
    ----------
    n_processes : int
    limits : Limits
        Limits above which a file fails.
    page_timeout : float, seconds
        Maximum time for one page.
    templates : Path
        Folder of the templates.
    """

    n_processes: int
    limits: Limits
    page_timeout: float
    templates: Path


class BatchRunner:
    """Threads that read the waiting items of a store, each with its own process.

    Of several services that share a folder of files, one reads.

    Parameters
    ----------
    store : Store
    files : BatchFiles
    settings : RunnerSettings
    on_pages : callable, optional
        Called with the numbers of pages and lines that were read.
    """

    def __init__(
        self,
        store: Store,
        files: BatchFiles,
        settings: RunnerSettings,
        on_pages: Callable[[int, int], None] | None = None,
    ) -> None:
        self._store, self._files, self._settings = store, files, settings
        self._batches = Batches(store)
        self._items = BatchItems(store, partial(resolve_after_reading, settings.templates))
        self._on_pages = on_pages
        self._stopping = threading.Event()
        self._wake = threading.Condition()
        self._claim_lock = threading.Lock()
        self._last_batch = 0
        self._crashes: Counter[tuple[int, int]] = Counter()
        self._processes: list[WorkerProcess] = []
        self._rate = PageRate()
        self._main = threading.Thread(target=self._run, name="numerals-batches", daemon=True)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start reading."""
        self._main.start()

    def wake(self) -> None:
        """Look for waiting items now."""
        with self._wake:
            self._wake.notify_all()

    def stop(self, timeout: float) -> bool:
        """Stop reading; items that are being read wait for the next start.

        Returns
        -------
        bool
            Whether all threads ended within `timeout` seconds.
        """
        self._stopping.set()
        self.wake()
        for process in self._processes:
            process.kill()
        deadline = time.monotonic() + timeout
        for thread in (self._main, *self._threads):
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in (self._main, *self._threads))

    def seconds_left(self, batch_id: int, n_unread: int) -> int | None:
        """Return the seconds until a batch is read, at its speed; None if that is not known.

        Parameters
        ----------
        batch_id : int
        n_unread : int
            Number of its pages that are not read.
        """
        speed = self._rate.speed(batch_id)
        return None if not n_unread or not speed else max(1, round(n_unread / speed))

    def _run(self) -> None:
        folder = self._files.folder
        lock = folder.with_name(f"{folder.name}.lock")
        while not self._stopping.is_set():
            try:
                make_private_folder(lock.parent)
                with locked(lock, timeout=0):
                    self._files.clean()
                    self._items.release_all()
                    self._read_until_stopped()
                    return
            except TimeoutError:  # another service reads
                self._stopping.wait(_LOCK_RETRY)
            except (OSError, StoreError) as error:
                _LOG.error("batches: %s", printable(str(error)))
                self._stopping.wait(_LOCK_RETRY)

    def _read_until_stopped(self) -> None:
        self._processes = [WorkerProcess() for _ in range(self._settings.n_processes)]
        self._threads = [
            threading.Thread(
                target=self._work, args=(process,), name="numerals-batch-worker", daemon=True
            )
            for process in self._processes
        ]
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()

    def _work(self, process: WorkerProcess) -> None:
        idle_since = time.monotonic()
        while not self._stopping.is_set():
            try:
                claimed = self._claim()
                if claimed is None:
                    if time.monotonic() - idle_since > _IDLE_TIMEOUT:
                        process.close()
                    with self._wake:
                        self._wake.wait(_POLL_INTERVAL)
                    continue
                self._read_item(process, *claimed)
            except StoreError as error:
                _LOG.error("batches: %s", printable(str(error)))
                self._stopping.wait(_RETRY_INTERVAL)
            except Exception:
                _LOG.exception("batches: an unexpected error; the next file is read")
                self._stopping.wait(_RETRY_INTERVAL)
            idle_since = time.monotonic()
        process.close()

    def _claim(self) -> tuple[Item, Batch] | None:
        with self._claim_lock:
            claimed = self._items.claim(self._last_batch)
            if claimed:
                self._last_batch = claimed[1].id
            return claimed

    def _read_item(self, process: WorkerProcess, item: Item, batch: Batch) -> None:
        try:
            work = self._make_work(item, batch)
            self._read_all_pages(process, item, work)
        except WorkerCrashError:
            self._on_crash(item)
        except WorkerTimeoutError:
            self._retry(self._items.fail, item, "reading it took too long; split the file")
        except StoreError as error:
            if isinstance(error, NotStoredError):
                self._retry(self._items.fail, item, str(error))
                return
            # The disk or the database failed, not the file: it is read again later.
            self._retry(self._items.release, item)
            raise
        except NumeralsError as error:
            self._retry(self._items.fail, item, str(error))
        except Exception as error:
            _LOG.exception("batches: %s", printable(item.name))
            message = f"it could not be read ({type(error).__name__}); see the service's log"
            self._retry(self._items.fail, item, message)
        finally:
            if self._store.keep == "nothing":
                self._files.discard(item)

    def _make_work(self, item: Item, batch: Batch) -> PageWork:
        folder = self._settings.templates
        return PageWork(
            Unit(item.name, str(self._files.path(item))),
            BatchOptions(**batch.options).work_options(),
            tuple((name, template_path(folder, name)) for name in batch.templates),
            self._settings.limits,
            self._store.keep,
        )

    def _read_all_pages(self, process: WorkerProcess, item: Item, work: PageWork) -> None:
        current: Item | None = item
        while current is not None and current.state not in (ITEM_DONE, ITEM_FAILED):
            first = current.n_read + 1
            last = first + PAGES_AT_ONCE - 1
            if current.n_pages is not None:
                last = min(last, current.n_pages)
            unit = Unit(work.unit.name, work.unit.location, None, first, last)
            part = PageWork(unit, work.options, work.templates, work.limits, work.keep)
            timeout = START_TIMEOUT + self._settings.page_timeout * (last - first + 1)
            result = process.run(read_pages, part, timeout)
            if not result.n_pages and current.n_pages is None:
                self._retry(self._items.fail, item, result.error or "it has no pages")
                return
            pages = _with_failed_page(result, item.name, first, last)
            n_pages = result.n_pages or current.n_pages or 1
            if result.thumbnail:
                self._files.write_thumbnail(item, result.thumbnail)
            current = self._retry(self._items.store_pages, item, pages, n_pages, result.model)
            self._count(item.batch_id, pages)
            if current is not None and current.state == ITEM_READING and self._is_paused(current):
                self._items.release(current)
                return

    def _is_paused(self, item: Item) -> bool:
        return self._stopping.is_set() or self._batches.is_paused(item.batch_id)

    def _count(self, batch_id: int, pages: list[PageEntry]) -> None:
        self._rate.add(batch_id, len(pages))
        if self._on_pages is not None:
            self._on_pages(len(pages), sum(len(page.lines) for page in pages))

    def _on_crash(self, item: Item) -> None:
        """Read an item again after its process ended, or let it fail."""
        if self._stopping.is_set():
            self._items.release(item)
            return
        key = item.id, item.attempt
        self._crashes[key] += 1
        if self._crashes[key] < MAX_CRASHES:
            _LOG.warning("batches: the process ended that read %s", printable(item.name))
            self._retry(self._items.release, item)
            return
        message = (
            "the process that read it ended, probably for lack of memory; save the picture smaller"
        )
        self._retry(self._items.fail, item, message)

    def _retry(self, call: Callable[..., T], *arguments: object) -> T:
        """Call a function of the store until it is not busy: a result must not be lost."""
        while True:
            try:
                return call(*arguments)
            except NotStoredError:
                raise
            except StoreError as error:
                if self._stopping.is_set():
                    raise
                _LOG.error("batches: %s", printable(str(error)))
                self._stopping.wait(_RETRY_INTERVAL)


def _with_failed_page(result: PagesResult, name: str, first: int, last: int) -> list[PageEntry]:
    """Return the pages, and an entry for the page that could not be read after them.

    The pages after that one are read next.
    """
    pages = list(result.pages)
    n_expected = min(last, result.n_pages or last) - first + 1
    if result.error is not None and len(pages) < n_expected:
        pages.append(failed_page(name, first + len(pages), result.error))
    return pages
