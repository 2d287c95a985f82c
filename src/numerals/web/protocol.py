"""Connections that do not wait for ever for the other side: uvicorn's, with timeouts of ours."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

STALL_TIMEOUT = 30.0
"""Seconds within which a client must take some more of an answer that waits for it."""
MAX_CONNECTIONS = 512
"""More requests at the same time than this are answered 503 by the server itself."""


class ImpatientProtocol(H11Protocol):
    """A connection that ends when a request's head does not come, or its answer is not taken.

    Bodies are awaited by `numerals.web.receiving`.

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

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take some more of a request."""
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

    def _await_progress(self, left: int) -> None:
        def check() -> None:
            now_left = self.transport.get_write_buffer_size()
            if now_left >= left:
                self.transport.abort()
            else:
                self._await_progress(now_left)

        self._stall_timer = self.loop.call_later(STALL_TIMEOUT, check)
