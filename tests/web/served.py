"""Requests for tests of the service, and checks of its responses."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import cv2
import numpy as np

from numerals.data.idx import write_idx
from numerals.synthesis.font_glyphs import load_font_glyphs

FONT = 40


def digit_rows(text: str) -> list[list[list[int]]]:
    """Return digits as JSON bodies contain them: rows of pixels, ink bright."""
    glyphs, characters = load_font_glyphs()
    return [glyphs[FONT, characters.index(c)].tolist() for c in text]


def picture_of(text: str) -> np.ndarray:
    """Return a picture of a number, dark on white."""
    parts = [cv2.resize(np.array(rows, np.uint8), (56, 56)) for rows in digit_rows(text)]
    ink = np.pad(np.hstack(parts), 40)
    return (245 - ink.astype(np.float32) * 0.8).astype(np.uint8)


def encoded(text: str, suffix: str = ".png") -> bytes:
    """Return an encoded picture of a number."""
    return bytes(cv2.imencode(suffix, picture_of(text))[1])


def failure_of(answer, status: int) -> str:
    """Return the message of an error response; check its status and form."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(error) == {"code", "message"}
    return error["message"]


def call_raw(client, method: str, path: str, headers, body=b"", *, receive=None, send=None):
    """Call the app with raw headers; return status, headers and body of the response.

    Unexpected exceptions propagate. `receive` and `send` may observe the messages.
    """
    sent: list[dict] = []

    messages = [{"type": "http.disconnect"}, {"type": "http.request", "body": body}]

    async def receive_body():
        return messages.pop() if len(messages) > 1 else messages[0]

    async def record(message):
        sent.append(message)
        if send:
            await send(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": headers,
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "server": ("testserver", 80),
        "client": ("testclient", 1),
    }
    client.portal.call(client.app, scope, receive or receive_body, record)
    response_headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], response_headers, b"".join(each.get("body", b"") for each in sent[1:])


def write_small_mnist(folder: Path) -> None:
    """Write a data set named mnist with digits of some fonts."""
    glyphs, characters = load_font_glyphs()
    (folder / "mnist").mkdir()
    columns = [characters.index(c) for c in "0123456789"]
    for name, fonts in (("train", range(12)), ("t10k", range(FONT, FONT + 4))):
        images = np.concatenate([glyphs[font, columns] for font in fonts])
        labels = np.tile(np.arange(10, dtype=np.uint8), len(fonts))
        write_idx(folder / "mnist" / f"{name}-images-idx3-ubyte.gz", images)
        write_idx(folder / "mnist" / f"{name}-labels-idx1-ubyte.gz", labels)


def serve_command(*options: str) -> tuple[int, list[str]]:
    """Return a free port, and the command that serves on it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "from numerals.cli.app import main; main()"
    return port, [sys.executable, "-c", code, "serve", "--port", str(port), *options]


@contextlib.contextmanager
def server_process(*options: str, home: Path):
    """Start ``numerals serve`` on a free port; yield the process and its address."""
    port, command = serve_command(*options)
    environment = os.environ | {"NUMERALS_HOME": str(home), "NUMERALS_DATA": str(home)}
    log = home / f"log-{port}.txt"
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address, process, log)
        yield process, address
    finally:
        process.kill()
        process.wait(timeout=60)


def wait_until_up(address: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(1200):
        assert process.poll() is None, f"the server ended:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=30):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
