"""Where shards are read: processes of this machine, or a Dask cluster."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from typing import Any, Protocol, TypeVar

from numerals.batch.read_units import set_up_worker
from numerals.errors import RunError
from numerals.processes import spawn_pool

Task = TypeVar("Task")
Result = TypeVar("Result")

MAX_FAILED_STARTS = 2
"""Process pools in a row that may break before they complete a task."""


class WorkerDied(Exception):  # noqa: N818
    """The process that ran a task ended: it was killed, or the memory was exhausted."""


class Engine(Protocol):
    """Runs functions in other processes."""

    def n_workers(self) -> int:
        """Return the number of tasks that run at the same time; it may change."""

    def map_unordered(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result | WorkerDied]]:
        """Yield each task with its result, as they are completed.

        Tasks are consumed lazily: about two per worker are in progress.

        Raises
        ------
        RunError
            If the workers are lost. Exceptions of the function are raised as they are.
        """

    def run_alone(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Run one task in a process that does nothing else.

        Raises
        ------
        WorkerDied
            If the process ended.
        """


class LocalProcesses:
    """Processes of this machine.

    Parameters
    ----------
    n_processes : int
    """

    def __init__(self, n_processes: int) -> None:
        self._n_processes = n_processes

    def n_workers(self) -> int:
        """Return the number of processes."""
        return self._n_processes

    def map_unordered(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result | WorkerDied]]:
        """Yield each task with its result; a pool that broke is replaced by a new one.

        It is not known which process of a pool died: all tasks in progress yield `WorkerDied`.
        """
        remaining = iter(tasks)
        n_failed_starts = 0
        is_done = False
        while not is_done:
            n_completed = 0
            with spawn_pool(self._n_processes, set_up_worker) as pool:
                running: dict[Future[Result], Task] = {}
                try:
                    for done in _completed(pool, function, remaining, running, self.n_workers):
                        yield done
                        n_completed += 1
                    is_done = True
                except BrokenExecutor:
                    for task in running.values():
                        yield task, WorkerDied()
            n_failed_starts = 0 if n_completed else n_failed_starts + 1
            if n_failed_starts > MAX_FAILED_STARTS and not is_done:
                raise RunError(
                    "the worker processes end before they complete anything: they are killed, or "
                    "the memory is exhausted; use fewer processes (--jobs), then run the same "
                    "command again to continue"
                )

    def run_alone(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Run one task in a new process."""
        with spawn_pool(1, set_up_worker) as pool:
            try:
                return pool.submit(function, task).result()
            except BrokenExecutor as error:
                raise WorkerDied from error
