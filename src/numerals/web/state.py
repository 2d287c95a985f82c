"""What all routes of one service share."""

from dataclasses import dataclass

from fastapi import Request

from numerals.errors import NotStoredError
from numerals.store import Store
from numerals.web.background_task import BackgroundTask
from numerals.web.local_data_sets import LocalDataSets
from numerals.web.metrics import Metrics
from numerals.web.reader_cache import ReaderCache
from numerals.web.settings import Settings
from numerals.web.store_probe import StoreProbe
from numerals.web.work_queue import WorkQueue


@dataclass(frozen=True)
class State:
    """One service: its settings, models, store, threads, counters.

    Exploring has a queue of its own: a confusion matrix takes long, and reading must not wait. So
    has what the store and the listings answer within milliseconds.
    """

    settings: Settings
    readers: ReaderCache
    store: Store | None
    queue: WorkQueue
    explore_queue: WorkQueue
    quick_queue: WorkQueue
    probe: StoreProbe | None
    metrics: Metrics
    data_sets: LocalDataSets
    warming: BackgroundTask

    def is_idle(self) -> bool:
        """Whether no thread of its queues works, nor the one that warms."""
        working = self.queue, self.explore_queue, self.quick_queue, self.warming
        return not any(each.is_working for each in working)


def state_of(request: Request) -> State:
    """Return the service that a request came to."""
    state: State = request.app.state.numerals
    return state


def store_of(request: Request) -> Store:
    """Return the service's store.

    Raises
    ------
    NotStoredError
        If it has none.
    """
    store = state_of(request).store
    if store is None:
        raise NotStoredError("this service keeps nothing; start it without --no-store")
    return store
