"""Connections that do not wait for ever for the other side: uvicorn's, with timeouts of ours."""

import asyncio
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

STALL_TIMEOUT = 30.0
"""Seconds within which a client must take some more of an answer that waits for it."""
LINGER_TIMEOUT = 5.0
"""Seconds for which the rest of a body that was refused is taken, and dropped."""
MAX_CONNECTIONS = 512
"""More requests at the same time than this are answered 503 by the server itself."""


class TimeoutProtocol(H11Protocol):
    """A connection that ends when a request's head does not come, or its answer is not taken.

    Bodies are awaited by `numerals.web.request_body`.

    Parameters
    ----------
    head_timeout : float, seconds
        From the first byte of a request, or the connection's begin, to the end of its head. What
        still comes of a body after its answer has as long.
    """

    def __init__(self, *args: Any, head_timeout: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timeout = head_timeout
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self._lingers = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(_LingeringTransport(transport, self._may_close))  # type: ignore[arg-type]
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take some more of a request."""
        if self._lingers:
            return
        super().data_received(data)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End all waiting."""
        super().connection_lost(exc)
        for timer in (self._head_timer, self._stall_timer):
            if timer is not None:
                timer.cancel()

    def pause_writing(self) -> None:
        """Begin to wait for the client to take an answer."""
        super().pause_writing()
        self._await_progress(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """End waiting: it took it."""
        super().resume_writing()
        if self._stall_timer is not None:
            self._stall_timer.cancel()

    def _await_head(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        elif not is_answering and self._head_timer is None:
            self._head_timer = self.loop.call_later(self._head_timeout, self._drop_late_head)

    def _drop_late_head(self) -> None:
        self._head_timer = None
        # A request may have come whole in the meantime, and been answered: then it is uvicorn
        # that ends an idle connection.
        if self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self.transport.abort()

    def _may_close(self) -> bool:
        """Whether a connection may end at once: a client that still sends would see no answer."""
        self._lingers = self._lingers or self.conn.their_state is h11.SEND_BODY
        return not self._lingers

    def _await_progress(self, left: int) -> None:
        def check() -> None:
            now_left = self.transport.get_write_buffer_size()
            if now_left >= left:
                self.transport.abort()
            else:
                self._await_progress(now_left)

        self._stall_timer = self.loop.call_later(STALL_TIMEOUT, check)


class _LingeringTransport:
    """A transport that first sends what is to be sent, and waits for the client, when it is closed.

    Closing while a client sends makes the system reset the connection, and the answer is lost.
    """

    def __init__(self, transport: asyncio.Transport, may_close: Callable[[], bool]) -> None:
        self._transport, self._may_close = transport, may_close
        self._is_closing = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether nothing is to be sent any more."""
        return self._is_closing or self._transport.is_closing()

    def close(self) -> None:
        """End the connection, once the client has sent all or some seconds are over."""
        if self._is_closing or self._transport.is_closing() or self._may_close():
            self._transport.close()
            return
        self._is_closing = True
        self._transport.write_eof()
        self._transport.resume_reading()
        asyncio.get_running_loop().call_later(LINGER_TIMEOUT, self._transport.abort)
