"""Work that takes time: some threads, a bounded queue before them, a time limit."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar

from starlette.exceptions import HTTPException

from numerals.web.failures import BusyError

T = TypeVar("T")


class Place:
    """One request's place in the queue: it may be used until its time is over."""

    def __init__(self, pool: ThreadPoolExecutor, deadline: float) -> None:
        self._pool, self.deadline = pool, deadline
        self.running: Future[Any] | None = None

    def check(self) -> None:
        """Raise 408 once the time is over; long work calls this between its steps."""
        if monotonic() > self.deadline:
            raise _too_long()

    async def wait_for(self, awaitable: Any) -> Any:
        """Wait for something such as the body, but not beyond the time."""
        try:
            return await asyncio.wait_for(awaitable, max(0.0, self.deadline - monotonic()))
        except TimeoutError:
            raise _too_long() from None

    async def run(self, call: Callable[..., T], *arguments: Any) -> T:
        """Run a function in a thread and return what it returns.

        Raises
        ------
        BusyError
            If no thread was free in time.
        HTTPException
            408 if one was, but it took too long: it may go on in its thread until it checks.
        """
        self.check()
        began = False

        def begin() -> T:
            nonlocal began
            began = True
            return call(*arguments)

        self.running = self._pool.submit(begin)
        try:
            result: T = await self.wait_for(asyncio.wrap_future(self.running))
        except HTTPException:
            if began:
                raise
            raise BusyError("no thread became free in time; try again later") from None
        return result


class WorkQueue:
    """Threads that read, and a bound to how many requests may wait for them.

    Bodies are counted as well: a request has its place before its body is read, so that what is
    held in memory is bounded.

    Parameters
    ----------
    n_threads : int
    n_waiting : int
    timeout : float, seconds
        From getting a place to the answer.
    """

    def __init__(self, n_threads: int, n_waiting: int, timeout: float) -> None:
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="numerals-read")
        self._room, self._timeout = n_threads + n_waiting, timeout
        self._n_threads = n_threads
        self._taken, self._lock = 0, threading.Lock()

    @property
    def n_waiting(self) -> int:
        """How many requests have a place but no thread."""
        return max(0, self._taken - self._n_threads)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Place]:
        """Take a place in the queue.

        Raises
        ------
        BusyError
            If all are taken.
        """
        with self._lock:
            if self._taken >= self._room:
                raise BusyError(
                    f"{self._room} requests are being answered or wait already; try again later"
                )
            self._taken += 1
        place = Place(self._pool, monotonic() + self._timeout)
        try:
            yield place
        finally:
            # Work that ran out of time goes on in its thread: its place is free when it ends.
            if place.running is None or place.running.done():
                self._leave()
            else:
                place.running.add_done_callback(lambda _: self._leave())

    def _leave(self) -> None:
        with self._lock:
            self._taken -= 1

    def close(self) -> None:
        """End the threads; what waits is not begun."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _too_long() -> HTTPException:
    return HTTPException(408, "it took longer than is allowed; send a smaller picture, or less")
