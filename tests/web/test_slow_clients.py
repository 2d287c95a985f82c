"""A real server on a socket: what comes too slowly, or not at all, is dropped in time."""

import asyncio
import socket
import threading
import time

import pytest
from served import encoded

from numerals.web import Settings, create_app
from numerals.web.server import make_server

TIMEOUT = 0.6
"""Seconds, in place of the ten that are usual."""
SLACK = 8
"""Seconds that a machine may need which does other work too; less than the ten."""


@pytest.fixture(scope="module")
def address(home):
    """Start a server in a thread; return where it listens."""
    settings = Settings(receive_timeout=TIMEOUT, n_threads=1, n_waiting=2, timeout=20)
    server = make_server(create_app(settings), settings)
    listener = socket.create_server(("127.0.0.1", 0))
    # Signals are for the main thread alone.
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
    """Send parts slowly; return all that came back until the connection ended, and seconds."""
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


def is_well(address) -> bool:
    answer, seconds = converse(
        address, b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    return answer.startswith(b"HTTP/1.1 200") and seconds < SLACK


@pytest.mark.parametrize(
    "begun",
    [b"", b"POST /v1/read HTTP/1.1\r\nHost: localhost\r\nX: ", b"GET / HTTP/1.1\r\n"],
    ids=["nothing", "half a head", "a line"],
)
def test_a_head_that_does_not_end_is_dropped(address, begun):
    answer, seconds = converse(address, begun)
    assert answer == b""
    assert TIMEOUT * 0.9 < seconds < TIMEOUT + SLACK


def test_a_head_that_trickles_is_dropped(address):
    answer, seconds = converse(address, b"GET / HTTP/1.1\r\n", *[b"X-A: b\r\n"] * 40, pause=0.05)
    assert answer == b""
    assert seconds < TIMEOUT + SLACK


@pytest.mark.parametrize("path", ["/v1/read", "/v1/digits", "/v1/corrections", "/v1/review/1"])
def test_a_body_that_does_not_come_is_told(address, path):
    answer, seconds = converse(address, head(path, 5000) + b"{")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"took_too_long"' in answer
    assert b"1 bytes of it came" in answer
    assert b"connection: close" in answer.lower()
    assert seconds < TIMEOUT + SLACK


def test_a_body_that_trickles_is_told(address):
    answer, seconds = converse(address, head("/v1/read", 5000), *[b"x"] * 60, pause=0.03)
    assert answer.startswith(b"HTTP/1.1 408") or not answer
    assert seconds < TIMEOUT + SLACK


def test_a_large_body_over_a_slow_line_is_taken(address):
    """It takes longer than the timeout, but comes at more than 16 KiB a second."""
    picture = encoded("417") + bytes(60_000)
    size = len(picture) // 8 + 1
    parts = [picture[at : at + size] for at in range(0, len(picture), size)]
    started = head("/v1/read?keep=false", len(picture), "Connection: close")
    answer, seconds = converse(address, started, *parts, pause=0.15)
    assert seconds > TIMEOUT * 1.5
    assert b'"text":"417"' in answer.replace(b" ", b"")


def test_clients_that_vanish_give_their_places_back(address):
    for _ in range(8):
        with socket.create_connection(address) as client:
            client.sendall(head("/v1/read", 5000) + b"x" * 100)
    # Three places there are, and all were taken.
    deadline = time.monotonic() + 5
    sent = head("/v1/read", 1, "Connection: close") + b"x"
    while (answer := converse(address, sent)[0]).startswith(b"HTTP/1.1 503"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.startswith(b"HTTP/1.1 415")


@pytest.mark.parametrize("path", ["/v1/corrections", "/v1/nothing"])
def test_a_client_that_sends_too_much_sees_the_answer(address, path):
    sent = head(path, 20_000_000), *[b"x" * 1_000_000] * 20
    answer, seconds = converse(address, *sent)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"8 KiB" in answer
    assert seconds < SLACK


def test_a_body_that_goes_on_after_it_was_refused_is_cut_off(address, monkeypatch):
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
def test_what_is_no_http_is_a_bad_request(address, sent):
    answer, _ = converse(address, sent)
    assert answer[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 415", b""), answer[:300]
    assert is_well(address)
