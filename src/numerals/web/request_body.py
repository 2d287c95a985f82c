"""A request's body as it arrives: so many bytes, and not too slowly."""

import asyncio
import io
from time import monotonic

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from numerals.web.route_limits import MIN_RATE, size


class BodyReceiver:
    """Receives a body; whatever reads it sees 413 or 408 once it is too large or too slow.

    Parameters
    ----------
    receive : ASGI's receive
    max_body : int, bytes
    timeout : float, seconds
        Within which the body must arrive; it has one second more for each `MIN_RATE` bytes that
        have arrived, so that a large body over a slow line is taken, and a trickle is not.
    """

    def __init__(self, receive: Receive, max_body: int, timeout: float) -> None:
        self._receive, self._max_body, self._timeout = receive, max_body, timeout
        self._received, self._is_whole = 0, False
        self._started: float | None = None

    async def __call__(self) -> Message:
        """Return the next part of the body; afterwards, whatever the server has to say."""
        if self._is_whole:
            return await self._receive()
        started = self._started = self._started or monotonic()
        due = started + self._timeout + self._received / MIN_RATE
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, due - monotonic()))
        except TimeoutError:
            raise HTTPException(408, self._told_too_slow(), {"Connection": "close"}) from None
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._received > self._max_body:
                raise body_too_large(self._max_body)
        return message

    def _told_too_slow(self) -> str:
        return (
            f"the body did not arrive in time: {self._received:,} bytes of it came; send it within "
            f"{self._timeout:g} seconds, or at {size(MIN_RATE)} a second"
        )


async def read_body(receive: Receive) -> bytes:
    """Return the whole body; it is held once, as `io.BytesIO` gives its bytes without a copy.

    Raises
    ------
    ClientDisconnect
        If the connection ends before it does.
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
    """Return a receive that gives a body which was read already, and then goes on."""
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def body_too_large(max_body: int) -> HTTPException:
    """Return the failure that tells of a body beyond a limit."""
    return HTTPException(
        413,
        f"more than {size(max_body)} are not taken here; send less, save a picture smaller, or "
        "split it",
        {"Connection": "close"},
    )
