"""``numerals serve``: graceful shutdown, and errors at the start."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("fastapi", reason="needs numerals[web]")
pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.cli.app import app
from numerals.errors import StoreError
from numerals.web import Settings, create_app

# A real server whose readings are delayed by some seconds.
SERVE = """
import os, threading, time
from numerals.reading import Reader
read = Reader.read_picture
def read_slowly(self, picture):
    time.sleep(float(os.environ["SECONDS"]))
    return read(self, picture)
Reader.read_picture = read_slowly
import numerals.web.server, numerals.web.application
numerals.web.server.SHUTDOWN_GRACE = 1
numerals.web.application.SHUTDOWN_TIMEOUT = 0.5
from numerals.cli.app import main
main()
"""


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a server whose readings take some seconds."""
    processes = []

    def start_server(seconds: float):
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", "0"],
            stderr=subprocess.PIPE,
            env=os.environ | {"NUMERALS_HOME": str(tmp_path), "SECONDS": str(seconds)},
        )
        processes.append(process)
        port = int(process.stderr.readline().split()[1].rpartition(b":")[2])
        address = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(f"{address}/healthz", timeout=60).close()
        return process, port

    yield start_server
    for process in processes:
        process.kill()
        process.wait(60)
        process.stderr.close()


def post_picture(port: int) -> socket.socket:
    """Send a picture; return the connection for reading the response."""
    ink = np.full((100, 100), 250, np.uint8)
    cv2.line(ink, (50, 25), (50, 75), 10, 6)
    picture = bytes(cv2.imencode(".png", ink)[1])
    head = f"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(picture)}\r\n\r\n"
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.sendall(head.encode() + picture)
    time.sleep(0.5)  # the reading has started by now
    return client


def received(client: socket.socket) -> bytes:
    found = b""
    with client:
        while part := client.recv(65536):
            found += part
    return found


def test_requests_in_flight_are_completed(start, tmp_path):
    process, port = start(seconds=0.9)
    with post_picture(port) as client:
        process.send_signal(signal.SIGTERM)
        assert received(client).startswith(b"HTTP/1.1 200")
    assert process.wait(30) == -signal.SIGTERM
    assert b"Traceback" not in process.stderr.read()
    with sqlite3.connect(tmp_path / "store.db") as store:
        assert store.execute("SELECT count(*) FROM readings").fetchone() == (1,)
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    assert not (tmp_path / "store.db-wal").exists(), "the store was not closed"


def test_request_beyond_the_grace_period_gets_503(start):
    process, port = start(seconds=60)
    with post_picture(port) as client:
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        answer = received(client)
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"the service is shutting down" in answer
    assert process.wait(30) == 130
    assert time.monotonic() - started < 10
    assert b"Traceback" not in process.stderr.read()


def test_unwritable_stores_are_reported(tmp_path):
    """`main` prints these errors as one line and exits with code 2."""
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "text.db").write_text("no database, but a text that is long enough" * 99)
    for url in (
        f"sqlite:///{tmp_path}/file/store.db",
        "sqlite:////proc/numerals/store.db",
        f"sqlite:///{tmp_path}",
        f"sqlite:///{tmp_path}/text.db",
    ):
        with pytest.raises(StoreError, match="store"):
            create_app(Settings(store=url))


@pytest.mark.parametrize("origin", ["*", "example.org", "https://example.org/page", "http://["])
def test_invalid_origins_are_reported(origin):
    result = CliRunner().invoke(app, ["serve", "--port", "0", "--allow-origin", origin])
    assert result.exit_code == 2
    assert "--allow-origin" in result.output
