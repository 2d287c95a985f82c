"""Process pools that end on Ctrl-C, and with the process that started them."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import wait
from threading import Thread


@contextmanager
def spawn_pool(
    n_processes: int, initializer: Callable[[], None] | None = None
) -> Iterator[ProcessPoolExecutor]:
    """Start a pool of processes that ignore Ctrl-C, and terminate them when the block raises.

    A terminal sends SIGINT to all processes of a command. Without this, a process that is still
    importing modules would print a traceback.

    Parameters
    ----------
    n_processes : int
    initializer : callable, optional
        Called in each process.

    Yields
    ------
    ProcessPoolExecutor
        A pool whose processes have been started.
    """
    resource_tracker.ensure_running()  # starting it within the block would unblock SIGINT
    start = partial(_start_process, initializer)
    pool = ProcessPoolExecutor(n_processes, get_context("spawn"), initializer=start)
    try:
        with _interrupts_blocked():
            for _ in range(n_processes):
                pool.submit(os.getpid)  # each task starts a process while none is idle
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _start_process(initializer: Callable[[], None] | None) -> None:
    """End this process when its parent was killed: it would wait for tasks forever."""
    parent = parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        Thread(target=lambda: (wait([sentinel]), os._exit(1)), daemon=True).start()
    if initializer is not None:
        initializer()


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT in this process during the block, and for good in processes started in it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
