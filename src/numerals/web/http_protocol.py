"""uvicorn's HTTP protocol with timeouts for slow clients."""

import asyncio
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

STALL_TIMEOUT = 30.0
"""Seconds after which a connection is closed if the client reads no more of its response."""
LINGER_TIMEOUT = 5.0
"""Seconds for which the rest of a rejected body is received and discarded."""
MAX_CONNECTIONS = 512
"""Maximum number of concurrent requests; uvicorn responds 503 to further ones."""


class TimeoutProtocol(H11Protocol):
    """A connection that closes if a request's head does not arrive or its response is not read.

    `numerals.web.request_body` limits the time for bodies.

    Parameters
    ----------
    head_timeout : float, seconds
        Maximum time from the start of the connection, or the first byte of a request, to the end
        of the request's head. The same limit applies to the rest of a body after its response.
    """

    def __init__(self, *args: Any, head_timeout: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timeout = head_timeout
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._lingers = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start waiting for a request."""
        lingering = _LingeringTransport(transport, self._may_close)
        super().connection_made(lingering)  # type: ignore[arg-type]
        self._update_head_timer()

    def data_received(self, data: bytes) -> None:
        """Process a chunk of a request."""
        if self._lingers:
            return
        super().data_received(data)
        self._update_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel all timers."""
        super().connection_lost(exc)
        for timer in (self._head_timer, self._stall_timer):
            if timer is not None:
                timer.cancel()

    def pause_writing(self) -> None:
        """Start waiting for the client to read the response."""
        super().pause_writing()
        self._await_progress(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Stop waiting: the client has read the response."""
        super().resume_writing()
        if self._stall_timer is not None:
            self._stall_timer.cancel()

    def _update_head_timer(self) -> None:
        is_responding = self.cycle is not None and not self.cycle.response_complete
        if is_responding and self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        elif not is_responding and self._head_timer is None:
            self._head_timer = self.loop.call_later(self._head_timeout, self._on_head_timeout)

    def _on_head_timeout(self) -> None:
        self._head_timer = None
        # If a whole request has arrived and been handled meanwhile, the connection is idle, and
        # uvicorn closes it.
        if self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self.transport.abort()

    def _may_close(self) -> bool:
        """Return whether to close at once; a client that still sends would miss the response."""
        self._lingers = self._lingers or self.conn.their_state is h11.SEND_BODY
        return not self._lingers

    def _await_progress(self, n_unsent: int) -> None:
        def check() -> None:
            n_unsent_now = self.transport.get_write_buffer_size()
            if n_unsent_now >= n_unsent:
                self.transport.abort()
            else:
                self._await_progress(n_unsent_now)

        self._stall_timer = self.loop.call_later(STALL_TIMEOUT, check)


class _LingeringTransport:
    """A transport whose `close` first sends the buffered data and waits for the client.

    If a connection is closed while the client sends, the system resets it and the response is lost.
    """

    def __init__(self, transport: asyncio.Transport, may_close: Callable[[], bool]) -> None:
        self._transport, self._may_close = transport, may_close
        self._is_closing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Return whether the transport is closing."""
        return self._is_closing or self._transport.is_closing()

    def close(self) -> None:
        """Close the connection once the client has sent everything, or after a timeout."""
        if self._is_closing or self._transport.is_closing() or self._may_close():
            self._transport.close()
            return
        self._is_closing = True
        self._transport.write_eof()
        self._transport.resume_reading()
        asyncio.get_running_loop().call_later(LINGER_TIMEOUT, self._transport.abort)
