"""The service on a socket, until it is told to end."""

import logging
import os
import socket
import sys
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI

from numerals.web.http_protocol import MAX_CONNECTIONS, TimeoutProtocol
from numerals.web.settings import Settings
from numerals.web.state import State

END_GRACE = 10
"""Seconds that requests in flight have left when the service is told to end."""


def make_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Return uvicorn's server, with the timeouts of ours."""
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # clients are told
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
        timeout_graceful_shutdown=END_GRACE,
    )
    return uvicorn.Server(config)


def run_until_stopped(app: FastAPI, listener: socket.socket, settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Requests in flight have `END_GRACE` seconds, and threads `numerals.web.application.END_TIMEOUT`
    more; a thread that works even then is ended with the process. The store is closed before.
    """
    state: State = app.state.numerals
    try:
        make_server(app, settings).run(sockets=[listener])
    except KeyboardInterrupt:
        if state.is_idle():
            raise
        # Python would wait for the threads, however long they take.
        print("numerals: interrupted", file=sys.stderr, flush=True)
        os._exit(130)
