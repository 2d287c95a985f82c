"""Receive the body of a request with limits on its size and time."""

import asyncio
import io
from time import monotonic

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from numerals.web.route_limits import MIN_BODY_RATE, format_size


class BodyReceiver:
    """An ASGI receive callable that raises 413 or 408 for bodies that are too large or too slow.

    Parameters
    ----------
    receive : ASGI receive callable
    max_body : int, bytes
    timeout : float, seconds
        Time to receive the body. It grows by one second for each `MIN_BODY_RATE` bytes received, so
        that a large body over a slow connection is accepted and a trickling one is not.
    """

    def __init__(self, receive: Receive, max_body: int, timeout: float) -> None:
        self._receive, self._max_body, self._timeout = receive, max_body, timeout
        self._n_received, self._is_complete = 0, False
        self._started: float | None = None

    async def __call__(self) -> Message:
        """Return the next message: a chunk of the body, later those of the server."""
        if self._is_complete:
            return await self._receive()
        started = self._started = self._started or monotonic()
        deadline = started + self._timeout + self._n_received / MIN_BODY_RATE
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, deadline - monotonic()))
        except TimeoutError:
            raise self._too_slow() from None
        if message["type"] == "http.request":
            self._n_received += len(message.get("body", b""))
            self._is_complete = not message.get("more_body", False)
            if self._n_received > self._max_body:
                raise body_too_large(self._max_body)
        return message

    def _too_slow(self) -> HTTPException:
        return HTTPException(
            408,
            f"the body did not arrive in time: received {self._n_received:,} bytes; send it within "
            f"{self._timeout:g} seconds, or at {format_size(MIN_BODY_RATE)} per second",
            {"Connection": "close"},
        )


async def read_body(receive: Receive) -> bytes:
    """Return the whole body; `io.BytesIO` returns it without a second copy in memory.

    Raises
    ------
    ClientDisconnect
        If the connection ends before the body.
    """
    content = io.BytesIO()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        content.write(message.get("body", b""))
        if not message.get("more_body", False):
            return content.getvalue()


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a receive callable that first returns a body that was read before."""
    is_replayed = False

    async def replaying_receive() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replaying_receive


def body_too_large(max_body: int) -> HTTPException:
    """Return the error for a body that exceeds the limit (413)."""
    return HTTPException(
        413,
        f"the body is larger than the {format_size(max_body)} allowed here; send less, save the "
        "picture smaller, or split it",
        {"Connection": "close"},
    )
