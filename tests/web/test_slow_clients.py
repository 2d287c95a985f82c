"""Slow and silent clients of a real server are disconnected in time."""

import asyncio
import socket
import threading
import time

import pytest
from served import encoded

from numerals.web import Settings, create_app
from numerals.web.server import make_server

TIMEOUT = 0.6
"""Seconds, instead of the default of ten."""
SLACK = 8
"""Seconds of tolerance for a busy machine; less than the default timeout of ten."""


@pytest.fixture(scope="module")
def address(home):
    """Start a server in a thread; return its address."""
    settings = Settings(receive_timeout=TIMEOUT, n_threads=1, max_waiting=2, timeout=20)
    server = make_server(create_app(settings), settings)
    listener = socket.create_server(("127.0.0.1", 0))
    # Only the main thread can handle signals.
    serve = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listener])), name="server"
    )
    serve.start()
    yield listener.getsockname()
    server.should_exit = True
    serve.join(60)
    listener.close()
    assert not serve.is_alive()


def head(path: str, length: int, *more: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}", *more, "", ""]
    return "\r\n".join(lines).encode()


def converse(address, *parts: bytes, pause: float = 0.0, repeat: int = 1) -> tuple[bytes, float]:
    """Send parts slowly; return the whole response and the duration in seconds."""
    started = time.monotonic()
    with socket.create_connection(address, timeout=20) as client:
        try:
            for part in parts * repeat:
                client.sendall(part)
                time.sleep(pause)
        except ConnectionError:
            pass
        client.settimeout(20)
        found = b""
        try:
            while received := client.recv(65536):
                found += received
        except ConnectionError:
            pass
    return found, time.monotonic() - started


def responds(address) -> bool:
    answer, seconds = converse(
        address, b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    return answer.startswith(b"HTTP/1.1 200") and seconds < SLACK


@pytest.mark.parametrize(
    "start",
    [b"", b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nX: ", b"GET / HTTP/1.1\r\n"],
    ids=["nothing", "half a head", "a line"],
)
def test_incomplete_head_is_disconnected(address, start):
    answer, seconds = converse(address, start)
    assert answer == b""
    assert TIMEOUT * 0.9 < seconds < TIMEOUT + SLACK


def test_trickling_head_is_disconnected(address):
    answer, seconds = converse(address, b"GET / HTTP/1.1\r\n", *[b"X-A: b\r\n"] * 40, pause=0.05)
    assert answer == b""
    assert seconds < TIMEOUT + SLACK


@pytest.mark.parametrize("path", ["/v1/read", "/v1/digits", "/v1/corrections", "/v1/review/1"])
def test_missing_body_gets_408(address, path):
    answer, seconds = converse(address, head(path, 5000) + b"{")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"took_too_long"' in answer
    assert b"received 1 bytes" in answer
    assert b"connection: close" in answer.lower()
    assert seconds < TIMEOUT + SLACK


def test_trickling_body_gets_408(address):
    answer, seconds = converse(address, head("/v1/read", 5000), *[b"x"] * 60, pause=0.03)
    assert answer.startswith(b"HTTP/1.1 408") or not answer
    assert seconds < TIMEOUT + SLACK


def test_large_body_over_a_slow_connection_is_accepted(address):
    """It takes longer than the timeout, but arrives at more than 16 KiB per second."""
    picture = encoded("417") + bytes(60_000)
    size = len(picture) // 8 + 1
    parts = [picture[at : at + size] for at in range(0, len(picture), size)]
    started = head("/v1/read?keep=false", len(picture), "Connection: close")
    answer, seconds = converse(address, started, *parts, pause=0.15)
    assert seconds > TIMEOUT * 1.5
    assert b'"text":"417"' in answer.replace(b" ", b"")


def test_disconnected_clients_free_their_places(address):
    for _ in range(8):
        with socket.create_connection(address) as client:
            client.sendall(head("/v1/read", 5000) + b"x" * 100)
    # The queue has three places, and all were taken.
    deadline = time.monotonic() + 5
    sent = head("/v1/read", 1, "Connection: close") + b"x"
    while (answer := converse(address, sent)[0]).startswith(b"HTTP/1.1 503"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.startswith(b"HTTP/1.1 415")


@pytest.mark.parametrize("path", ["/v1/corrections", "/v1/nothing"])
def test_client_that_sends_too_much_gets_the_response(address, path):
    sent = head(path, 20_000_000), *[b"x" * 1_000_000] * 20
    answer, seconds = converse(address, *sent)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"8 KiB" in answer
    assert seconds < SLACK


def test_rejected_body_is_cut_off_after_the_linger_timeout(address, monkeypatch):
    monkeypatch.setattr("numerals.web.http_protocol.LINGER_TIMEOUT", TIMEOUT)
    started = time.monotonic()
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(head("/v1/corrections", 10_000_000))
        with pytest.raises(ConnectionError):
            while time.monotonic() < started + 20:
                client.sendall(b"x" * 100)
                time.sleep(0.03)
    assert TIMEOUT * 0.9 < time.monotonic() - started < TIMEOUT + SLACK


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\xff\xfe\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1 and more\r\nHost: a\r\n\r\n",
        b"POST /v1/read HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/read HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /v1/read HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 400_000,
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
    ],
)
def test_invalid_http_gets_400(address, sent):
    answer, _ = converse(address, sent)
    assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 415", b""), answer[:300]
    assert responds(address)
