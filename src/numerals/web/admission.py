"""Middleware that applies the limits of a route: body size, queue, and time to receive the body."""

import asyncio
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from numerals.web.error_responses import BusyError, response_from_exception
from numerals.web.request_body import BodyReceiver, body_too_large, read_body, replay
from numerals.web.route_limits import QUICK_WAIT, find_limits
from numerals.web.settings import Settings
from numerals.web.work_queue import QueueTicket, WorkQueue


class Admission:
    """Middleware that applies the table of route limits before routing.

    A queued request holds its ticket until its response starts. A client that does not read the
    response therefore holds a connection, but no place in a queue.

    Parameters
    ----------
    app : ASGI application
    settings : Settings
    queues : mapping of str to WorkQueue
        By the queue names in the table.
    """

    def __init__(self, app: ASGIApp, settings: Settings, queues: Mapping[str, WorkQueue]) -> None:
        self._app, self._settings, self._queues = app, settings, queues

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request to the app, or respond with an error."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _ResponseSender(send)
        try:
            await self._admit(scope, receive, response)
        except HTTPException as error:
            if response.has_started:
                raise
            await response_from_exception(error)(scope, receive, send)
        except ClientDisconnect:  # nobody would receive a response
            return
        except asyncio.CancelledError:
            # The service is shutting down, and the grace period is over.
            if response.has_started:
                raise
            if task := asyncio.current_task():
                task.uncancel()
            busy = BusyError("the service is shutting down; try again later")
            await response_from_exception(busy)(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive, response: "_ResponseSender") -> None:
        headers = Headers(scope=scope)
        limits = find_limits(scope["method"], scope["path"])
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        max_body = limits.max_body(media_type, self._settings)
        if _content_length(headers) > max_body:
            raise body_too_large(max_body)
        body: Receive = BodyReceiver(receive, max_body, self._settings.receive_timeout)
        if limits.queue is None:
            await self._app(scope, body, response)
            return
        async with self._queues[limits.queue].ticket() as ticket:
            if not (limits.has_pictures or limits.has_files):
                # Small bodies are read before the turn, so that slow clients do not block others.
                body = replay(await read_body(body), receive)
            if limits.queue == "quick":
                await ticket.wait_for_turn(QUICK_WAIT)
            scope["numerals.ticket"] = response.ticket = ticket
            await self._app(scope, body, response)


class _ResponseSender:
    """An ASGI send callable that releases the ticket when the response starts."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.ticket: QueueTicket | None = None
        self.has_started = False

    async def __call__(self, message: Message) -> None:
        self.has_started = True
        if self.ticket is not None:
            self.ticket.release()
        await self._send(message)


def _content_length(headers: Headers) -> int:
    """Return the announced length of the body; 0 if it is not a number, which uvicorn rejects."""
    text = headers.get("content-length", "0")
    return int(text[:18]) if text.isascii() and text.isdigit() else 0
