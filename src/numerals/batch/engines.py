"""Where shards are read: processes of this machine, or a Dask cluster."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    wait,
)
from typing import Protocol, TypeVar

from numerals.batch.read_units import set_up_worker
from numerals.errors import RunError
from numerals.processes import spawn_pool

Task = TypeVar("Task")
Result = TypeVar("Result")

MAX_FAILED_STARTS = 2
"""Process pools in a row that may break before they complete a task."""
CHECK_SECONDS = 5.0
"""Interval at which an executor is checked while no task is completed."""


class WorkerDied(Exception):
    """The process that ran a task ended: it was killed, or the memory was exhausted."""


class Engine(Protocol):
    """Runs functions in other processes."""

    def n_workers(self) -> int:
        """Return the number of tasks that run at the same time; it may change."""

    def map_unordered(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Generator[tuple[Task, Result | WorkerDied], None, None]:
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
    ) -> Generator[tuple[Task, Result | WorkerDied], None, None]:
        """Yield each task with its result; a pool that broke is replaced by a new one.

        It is not known which process of a pool died: all tasks in progress yield `WorkerDied`.
        """
        remaining = iter(tasks)
        n_failed_starts = 0
        while n_failed_starts <= MAX_FAILED_STARTS:
            running: dict[Future[Result], Task] = {}
            n_failed_starts += 1
            with spawn_pool(self._n_processes, set_up_worker) as pool:
                try:
                    for done in complete_tasks(pool, function, remaining, running, self.n_workers):
                        yield done
                        n_failed_starts = 0
                    return
                except BrokenExecutor:
                    pass
            for task in running.values():
                yield task, WorkerDied()
        raise RunError(
            "the worker processes end before they complete anything: they are killed, or the "
            "memory is exhausted; use fewer processes (--jobs), then run the same command again "
            "to continue"
        )

    def run_alone(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Run one task in a new process."""
        with spawn_pool(1, set_up_worker) as pool:
            try:
                return pool.submit(function, task).result()
            except BrokenExecutor as error:
                raise WorkerDied from error


def complete_tasks(
    executor: Executor,
    function: Callable[[Task], Result],
    tasks: Iterator[Task],
    running: dict[Future[Result], Task],
    limit: Callable[[], int],
    died: tuple[type[Exception], ...] = (),
    check: Callable[[], None] = lambda: None,
) -> Generator[tuple[Task, Result | WorkerDied], None, None]:
    """Run tasks in an executor, a bounded number at a time, and yield them as they complete.

    Parameters
    ----------
    executor : Executor
    function : callable
    tasks : iterator
        Consumed lazily.
    running : dict
        Empty; when an exception is raised, it holds the tasks that have not been completed.
    limit : callable
        Returns the number of workers; twice as many tasks are in progress.
    died : tuple of exception types
        Those by which the executor says that the workers of one task died.
    check : callable, optional
        Called every `CHECK_SECONDS` while nothing is completed; raises an error if nothing will be.
    """
    for task in tasks:
        try:
            running[executor.submit(function, task)] = task
        except BrokenExecutor:
            running[Future()] = task
            raise
        if len(running) >= 2 * limit():
            yield from _pop_completed(running, died, check)
    while running:
        yield from _pop_completed(running, died, check)


def _pop_completed(
    running: dict[Future[Result], Task],
    died: tuple[type[Exception], ...],
    check: Callable[[], None],
) -> Generator[tuple[Task, Result | WorkerDied], None, None]:
    while not (done := wait(running, CHECK_SECONDS, return_when=FIRST_COMPLETED).done):
        check()
    for future in done:
        outcome: Result | WorkerDied
        try:
            outcome = future.result()
        except died:
            outcome = WorkerDied()
        yield running.pop(future), outcome
