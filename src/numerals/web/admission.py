"""A request's way in: its limits, its place in a queue, its body in time."""

import asyncio
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from numerals.web.error_responses import BusyError, response_from_exception
from numerals.web.request_body import BodyReceiver, body_too_large, read_body, replay
from numerals.web.route_limits import QUICK_WAIT, limits_of
from numerals.web.settings import Settings
from numerals.web.work_queue import QueueTicket, WorkQueue


class Admission:
    """Middleware: applies the table of limits before a route is looked for.

    A request that works has its place until its answer begins: a client that does not read the
    answer holds a connection, and nothing else.

    Parameters
    ----------
    app : ASGI application
    settings : Settings
    queues : mapping of str to WorkQueue
        By the names that the table uses.
    """

    def __init__(self, app: ASGIApp, settings: Settings, queues: Mapping[str, WorkQueue]) -> None:
        self._app, self._settings, self._queues = app, settings, queues

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the app answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            await self._admit(scope, receive, answer)
        except HTTPException as error:
            if answer.has_begun:
                raise
            await response_from_exception(error)(scope, receive, send)
        except ClientDisconnect:  # nobody is there to be answered
            return
        except asyncio.CancelledError:
            # The service ends and has waited long enough for this one.
            if answer.has_begun:
                raise
            if task := asyncio.current_task():
                task.uncancel()
            await response_from_exception(BusyError("the service ends; try again later"))(
                scope, receive, send
            )

    async def _admit(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        headers = Headers(scope=scope)
        limits = limits_of(scope["method"], scope["path"])
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        max_body = limits.max_body(kind, self._settings)
        if _length(headers) > max_body:
            raise body_too_large(max_body)
        intake: Receive = BodyReceiver(receive, max_body, self._settings.receive_timeout)
        if limits.queue is None:
            await self._app(scope, intake, answer)
            return
        async with self._queues[limits.queue].place() as place:
            if not limits.has_pictures:
                # A few kB, read before the turn: who sends them slowly holds up nobody.
                intake = replay(await read_body(intake), receive)
            if limits.queue == "quick":
                await place.take_turn(QUICK_WAIT)
            scope["numerals.place"] = answer.place = place
            await self._app(scope, intake, answer)


class _Answer:
    """ASGI's send; gives the place back when the answer begins."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.place: QueueTicket | None = None
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        self.has_begun = True
        if self.place is not None:
            self.place.leave()
        await self._send(message)


def _length(headers: Headers) -> int:
    """Return how long the body is said to be; the server refuses what is no number."""
    told = headers.get("content-length", "0")
    return int(told[:18]) if told.isascii() and told.isdigit() else 0
