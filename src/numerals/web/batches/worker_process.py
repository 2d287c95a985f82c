"""One process that reads, and that ends with its service, its time limit, or a crash."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import TypeVar

from numerals.batch.read_units import set_up_worker
from numerals.processes import spawn_pool

_NICENESS = 5  # of 19: somebody waits for the pictures that the service itself reads

T = TypeVar("T")
A = TypeVar("A")


class WorkerCrashError(Exception):
    """The process ended while it was working."""


class WorkerTimeoutError(Exception):
    """The work took too long; its process was killed."""


class WorkerProcess:
    """A process that runs one function at a time. One thread uses it; any may kill it."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._pool: ProcessPoolExecutor | None = None

    def run(self, function: Callable[[A], T], argument: A, timeout: float) -> T:
        """Run a function in the process, which is started if there is none.

        Parameters
        ----------
        function : callable
            It and its argument can be pickled.
        argument : object
        timeout : float, seconds

        Raises
        ------
        WorkerCrashError
            If the process ends; the next call starts another one.
        WorkerTimeoutError
            If it takes longer than `timeout`.
        """
        if self._pool is None:
            self._pool = self._stack.enter_context(spawn_pool(1, set_up_process))
        try:
            return self._pool.submit(function, argument).result(timeout)
        except TimeoutError:
            self.kill()
            self.close()
            raise WorkerTimeoutError from None
        except BrokenExecutor as error:
            self.close()
            raise WorkerCrashError from error

    def kill(self) -> None:
        """Kill the process: a running call raises WorkerCrashError."""
        pool = self._pool
        for process in list(((pool and pool._processes) or {}).values()):
            process.kill()

    def close(self) -> None:
        """End the process after its work."""
        self._stack.close()
        self._pool = None


def set_up_process() -> None:
    """Use one thread and a low priority, and end with the parent process, however that ends."""
    set_up_worker()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent.sentinel,), daemon=True).start()


def _exit_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # the service was killed; nobody waits for this result
