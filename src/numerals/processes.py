"""Processes that work for this one, which alone heeds Ctrl-C and ends them."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker


@contextmanager
def spawn_pool(
    n_processes: int, initializer: Callable[[], None] | None = None
) -> Iterator[ProcessPoolExecutor]:
    """Open a pool of processes that do not heed Ctrl-C, and are ended when anything goes wrong.

    A terminal sends SIGINT to all processes: one that still loads Python's modules would print a
    traceback.

    Parameters
    ----------
    n_processes : int
    initializer : callable, optional
        Called in each process.

    Yields
    ------
    ProcessPoolExecutor
        Its processes are started already.
    """
    resource_tracker.ensure_running()  # it would unblock SIGINT if it was started in the block
    pool = ProcessPoolExecutor(n_processes, get_context("spawn"), initializer=initializer)
    try:
        with _interrupts_blocked():
            for _ in range(n_processes):
                pool.submit(os.getpid)  # a process is started for each task while none is idle
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT; processes that are started in the block inherit that, and this one gets it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
