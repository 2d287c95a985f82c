"""Work that takes time: some threads, a bounded queue before them, a time limit."""

import asyncio
import logging
import threading
import traceback
from collections.abc import AsyncIterator, Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor, wait
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from numerals.errors import NumeralsError
from numerals.printable import printable
from numerals.web.error_responses import BusyError, WorkFailedError

T = TypeVar("T")
_LOG = logging.getLogger("numerals.web")


class QueueTicket:
    """One request's place in the queue: it may be used until its time is over."""

    def __init__(self, queue: "WorkQueue", deadline: float) -> None:
        self._queue, self.deadline = queue, deadline
        self.running: Future[Any] | None = None
        self._is_taken, self._has_turn = True, False

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
            If no thread was free in time, or none can be had.
        WorkFailedError
            If it raised what is neither an error of ours nor an answer.
        HTTPException
            408 if one was, but it took too long: it may go on in its thread until it checks.
        """
        self.check()
        began = False

        def begin() -> T:
            nonlocal began
            began = True
            return _translate(call, *arguments)

        self.running = self._queue.submit(begin)
        try:
            result: T = await self.wait_for(asyncio.wrap_future(self.running))
        except HTTPException:
            if began:
                raise
            raise BusyError("no thread became free in time; try again later") from None
        return result

    async def take_turn(self, seconds: float) -> None:
        """Wait until fewer requests than the queue has threads are being answered by others.

        Raises
        ------
        BusyError
            If that takes longer.
        """
        try:
            await asyncio.wait_for(self._queue.turns.acquire(), seconds)
        except TimeoutError:
            raise BusyError(
                f"the requests before this one took longer than {seconds:g} seconds, as they do "
                "while another process has locked the store; try again later"
            ) from None
        self._has_turn = True

    def leave(self) -> None:
        """Give place and turn back; work that ran out of time keeps its place until it ends."""
        if not self._is_taken:
            return
        self._is_taken = False
        if self._has_turn:
            self._queue.turns.release()
        if self.running is None:
            self._queue.give_back()
        else:
            self.running.add_done_callback(lambda _: self._queue.give_back())


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
        self.turns = asyncio.Semaphore(n_threads)
        self._running: set[Future[Any]] = set()

    @property
    def n_waiting(self) -> int:
        """How many requests have a place but no thread."""
        return max(0, self._taken - self._n_threads)

    @property
    def is_working(self) -> bool:
        """Whether a thread still does something."""
        return bool(self._running)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[QueueTicket]:
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
        place = QueueTicket(self, monotonic() + self._timeout)
        try:
            yield place
        finally:
            place.leave()

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Let a thread do something.

        Raises
        ------
        BusyError
            If the service ends, or the machine has no thread left.
        """
        try:
            running = self._pool.submit(call)
        except RuntimeError as error:
            raise BusyError(f"no thread can be had ({error}); try again later") from error
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return running

    def give_back(self) -> None:
        """Count a place as free."""
        with self._lock:
            self._taken -= 1

    def close(self, seconds: float = 0.0) -> bool:
        """End the threads; what waits is not begun. Return whether all ended within a time."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        return not wait(set(self._running), seconds).not_done


def ticket_of(request: Request) -> QueueTicket:
    """Return the place that a request was given before it came to its route."""
    place: QueueTicket = request.scope["numerals.place"]
    return place


def _translate(call: Callable[..., T], *arguments: Any) -> T:
    """Call a function; what it raises fails its own request, and nothing else.

    The event loop would end by a SystemExit, and wait for ever for a StopIteration.
    """
    try:
        return call(*arguments)
    except (NumeralsError, HTTPException):
        raise
    except MemoryError as error:
        _LOG.error("out of memory: %s", printable(str(error)))
        raise BusyError(
            "there is not enough memory for this now; send a smaller picture, or try again later"
        ) from error
    except BrokenExecutor as error:
        told = printable(str(error))
        _LOG.error("a process that worked for a request has ended: %s", told)
        raise BusyError(
            "the process that worked on this was ended, as when memory runs out; send a smaller "
            "file, or try again later"
        ) from error
    except RecursionError as error:
        raise HTTPException(422, "what was sent is nested too deeply; send it flatter") from error
    except BaseException as error:
        # Not Logger.exception: what libraries raise may quote what was sent.
        _LOG.error("a request failed\n%s", printable(traceback.format_exc(), keep="\n"))
        raise WorkFailedError(error) from error


def _too_long() -> HTTPException:
    return HTTPException(408, "it took longer than is allowed; send a smaller picture, or less")
