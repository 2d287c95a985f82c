"""Run the service with uvicorn on a socket until it is stopped."""

import logging
import os
import socket
import sys
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from numerals.web.http_protocol import MAX_CONNECTIONS, TimeoutProtocol
from numerals.web.settings import Settings
from numerals.web.state import State

SHUTDOWN_GRACE = 10
"""Seconds that requests in flight have to finish when the service is stopped."""


class _Server(uvicorn.Server):
    """A server that ends the streams of events at once when it is stopped."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop the server."""
        state: State = self.config.app.state.numerals  # type: ignore[union-attr]
        if state.batches:
            state.batches.events.close()
        super().handle_exit(sig, frame)


def make_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Return a uvicorn server with the timeouts of `TimeoutProtocol`."""
    # The client gets an error response; the log need not repeat it.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    http: Any = partial(TimeoutProtocol, head_timeout=settings.receive_timeout)
    config = uvicorn.Config(
        app,
        http=http,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=SHUTDOWN_GRACE,
    )
    return _Server(config)


def run_until_stopped(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Requests in flight have `SHUTDOWN_GRACE` seconds to finish, and their threads
    `numerals.web.application.SHUTDOWN_TIMEOUT` more. The store is closed. Threads that still work
    then end with the process.
    """
    state: State = app.state.numerals
    try:
        make_server(app, settings).run(sockets=[listener])
    except KeyboardInterrupt:
        if state.is_idle():
            raise
        # The interpreter would wait for the threads without a limit.
        print("numerals: interrupted", file=sys.stderr, flush=True)
        os._exit(130)
