"""A bounded queue of requests in front of a thread pool, with a time limit per request."""

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
    """The place of one request in a queue, valid until its deadline.

    Parameters
    ----------
    queue : WorkQueue
    deadline : float, seconds
        As of `time.monotonic`.
    """

    def __init__(self, queue: "WorkQueue", deadline: float) -> None:
        self._queue, self.deadline = queue, deadline
        self.future: Future[Any] | None = None
        self._is_valid, self._has_turn = True, False

    def check(self) -> None:
        """Raise 408 after the deadline. Long work calls this between its steps."""
        if monotonic() > self.deadline:
            raise _timed_out()

    async def wait_for(self, awaitable: Any) -> Any:
        """Return the result of an awaitable; raise 408 at the deadline."""
        try:
            return await asyncio.wait_for(awaitable, max(0.0, self.deadline - monotonic()))
        except TimeoutError:
            raise _timed_out() from None

    async def run(self, call: Callable[..., T], *arguments: Any) -> T:
        """Run a function in a thread of the queue and return its result.

        Raises
        ------
        BusyError
            If no thread became free in time, or the machine cannot start one.
        WorkFailedError
            If the function raised an unexpected exception.
        HTTPException
            408 if the function took too long. It keeps running until it calls `check`.
        """
        self.check()
        has_started = False

        def start() -> T:
            nonlocal has_started
            has_started = True
            return _call_translating_errors(call, *arguments)

        self.future = self._queue.submit(start)
        try:
            result: T = await self.wait_for(asyncio.wrap_future(self.future))
        except HTTPException:
            if has_started:
                raise
            raise BusyError("no thread became free in time; try again later") from None
        return result

    async def wait_for_turn(self, seconds: float) -> None:
        """Wait until fewer requests are being handled than the queue has threads.

        Raises
        ------
        BusyError
            If that takes longer than `seconds`.
        """
        try:
            await asyncio.wait_for(self._queue.turns.acquire(), seconds)
        except TimeoutError:
            raise BusyError(
                f"the requests before this one took longer than {seconds:g} seconds; another "
                "process may have locked the store; try again later"
            ) from None
        self._has_turn = True

    def release(self) -> None:
        """Give up the place in the queue; a place with running work is freed when the work ends."""
        if not self._is_valid:
            return
        self._is_valid = False
        if self._has_turn:
            self._queue.turns.release()
        if self.future is None:
            self._queue.free_place()
        else:
            self.future.add_done_callback(lambda _: self._queue.free_place())


class WorkQueue:
    """A thread pool with a limited number of waiting requests.

    A request takes its place before its body is received, so that the limit also bounds the memory
    for bodies.

    Parameters
    ----------
    n_threads : int
    max_waiting : int
        Maximum number of requests that wait for a thread.
    timeout : float, seconds
        Maximum time from taking a place to the response.
    """

    def __init__(self, n_threads: int, max_waiting: int, timeout: float) -> None:
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix="numerals-read")
        self._capacity, self._timeout = n_threads + max_waiting, timeout
        self._n_threads = n_threads
        self._n_taken, self._lock = 0, threading.Lock()
        self.turns = asyncio.Semaphore(n_threads)
        self._running: set[Future[Any]] = set()

    @property
    def n_waiting(self) -> int:
        """Number of requests that have a place but no thread."""
        return max(0, self._n_taken - self._n_threads)

    @property
    def is_working(self) -> bool:
        """Whether a thread is working."""
        return bool(self._running)

    @asynccontextmanager
    async def ticket(self) -> AsyncIterator[QueueTicket]:
        """Take a place in the queue for the block.

        Raises
        ------
        BusyError
            If the queue is full.
        """
        with self._lock:
            if self._n_taken >= self._capacity:
                raise BusyError(
                    f"the service is handling {self._capacity} requests already; try again later"
                )
            self._n_taken += 1
        ticket = QueueTicket(self, monotonic() + self._timeout)
        try:
            yield ticket
        finally:
            ticket.release()

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """Run a function in a thread.

        Raises
        ------
        BusyError
            If the service is shutting down, or the machine cannot start a thread.
        """
        try:
            future = self._pool.submit(call)
        except RuntimeError as error:
            raise BusyError(f"cannot start a thread ({error}); try again later") from error
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    def free_place(self) -> None:
        """Count a place as free."""
        with self._lock:
            self._n_taken -= 1

    def close(self, seconds: float = 0.0) -> bool:
        """Cancel waiting work; return whether running work ends within `seconds`."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        return not wait(set(self._running), seconds).not_done


def ticket_of(request: Request) -> QueueTicket:
    """Return the ticket that `Admission` took for a request."""
    ticket: QueueTicket = request.scope["numerals.ticket"]
    return ticket


def _call_translating_errors(call: Callable[..., T], *arguments: Any) -> T:
    """Call a function; translate unexpected exceptions so that only this request fails.

    In an event loop, SystemExit would end the service and StopIteration would wait forever.
    """
    try:
        return call(*arguments)
    except (NumeralsError, HTTPException):
        raise
    except MemoryError as error:
        _LOG.error("out of memory: %s", printable(str(error)))
        raise BusyError("out of memory; send a smaller picture, or try again later") from error
    except BrokenExecutor as error:
        _LOG.error("a worker process has ended: %s", printable(str(error)))
        raise BusyError(
            "the worker process of this request ended, possibly out of memory; send a smaller "
            "file, or try again later"
        ) from error
    except RecursionError as error:
        raise HTTPException(422, "the request is nested too deeply; send it flatter") from error
    except BaseException as error:
        # Not Logger.exception: the messages of libraries may quote the request's content.
        _LOG.error("a request failed\n%s", printable(traceback.format_exc(), keep="\n"))
        raise WorkFailedError(error) from error


def _timed_out() -> HTTPException:
    return HTTPException(408, "the request took too long; send a smaller picture, or less at once")
