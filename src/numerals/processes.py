"""Process pools that end on Ctrl-C."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process, resource_tracker


@contextmanager
def spawn_pool(
    n_processes: int, initializer: Callable[[], None] | None = None
) -> Iterator[ProcessPoolExecutor]:
    """Start a pool of processes that ignore Ctrl-C, and terminate them when the block raises.

    A terminal sends SIGINT to all processes of a command. Without this, a process that is still
    importing modules would print a traceback. The processes also end if this process is killed;
    those of `ProcessPoolExecutor` would wait for its tasks for ever.

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
    pool = ProcessPoolExecutor(
        n_processes, get_context("spawn"), initializer=_set_up, initargs=(initializer,)
    )
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


def _set_up(initializer: Callable[[], None] | None) -> None:
    threading.Thread(target=_exit_with_parent, name="exit-with-parent", daemon=True).start()
    if initializer is not None:
        initializer()


def _exit_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


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
