"""The state that all routes of a service share."""

from dataclasses import dataclass

from fastapi import Request

from numerals.errors import NotStoredError
from numerals.store import Store
from numerals.web.audit_review import BlindReview
from numerals.web.background_task import BackgroundTask
from numerals.web.batches.batch_service import BatchService
from numerals.web.class_state import Classroom
from numerals.web.local_data_sets import LocalDataSets
from numerals.web.metrics import Metrics
from numerals.web.reader_cache import ReaderCache
from numerals.web.settings import Settings
from numerals.web.store_probe import StoreProbe
from numerals.web.training.training_service import TrainingService
from numerals.web.work_queue import WorkQueue


@dataclass(frozen=True)
class State:
    """Settings, models, store, queues and metrics of one service.

    There are several queues, so that short requests do not wait for long ones: `read_queue` for
    pictures, `explore_queue` for confusion matrices and data sets, `files_queue` for requests that
    add, delete or export files of batches, `picture_queue` for their pages, and `quick_queue` for
    requests to the store and for listings.
    """

    settings: Settings
    readers: ReaderCache
    store: Store | None
    read_queue: WorkQueue
    explore_queue: WorkQueue
    files_queue: WorkQueue
    picture_queue: WorkQueue
    quick_queue: WorkQueue
    store_probe: StoreProbe | None
    metrics: Metrics
    data_sets: LocalDataSets
    preload_task: BackgroundTask
    classroom: Classroom | None = None
    batches: BatchService | None = None
    training: TrainingService | None = None
    audit: BlindReview | None = None

    @property
    def queues(self) -> dict[str, WorkQueue]:
        """The queues, by their names in the table of route limits."""
        return {
            "read": self.read_queue,
            "explore": self.explore_queue,
            "files": self.files_queue,
            "pictures": self.picture_queue,
            "quick": self.quick_queue,
        }

    def is_idle(self) -> bool:
        """Return whether no worker thread is running."""
        is_working = any(queue.is_working for queue in self.queues.values())
        return not is_working and not self.preload_task.is_working


def state_of(request: Request) -> State:
    """Return the state of the service that handles a request."""
    state: State = request.app.state.numerals
    return state


def store_of(request: Request) -> Store:
    """Return the store of the service.

    Raises
    ------
    NotStoredError
        If the service has no store.
    """
    store = state_of(request).store
    if store is None:
        raise NotStoredError("this service has no store; start it without --no-store")
    return store


def batches_of(request: Request) -> BatchService:
    """Return the batches of the service.

    Raises
    ------
    NotStoredError
        If the service has no store.
    """
    store_of(request)
    batches = state_of(request).batches
    assert batches is not None
    return batches


def training_of(request: Request) -> TrainingService:
    """Return the training of the service.

    Raises
    ------
    NotStoredError
        If the service has no store.
    """
    store_of(request)
    training = state_of(request).training
    assert training is not None
    return training
