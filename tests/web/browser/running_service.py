"""A `numerals serve` process, and a monitor of the pages that it serves."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

CHECK_TIMEOUT = 60_000  # ms; test machines may be busy


@contextmanager
def run_server(folder: Path, *options: str):
    """Run the service on a free port; yield its address and its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "from numerals.cli.app import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", str(port), *options]
    log = folder / "log.txt"
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process, log)
        yield address, log
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_up(address: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, f"the server ended:\n{log.read_text()}"
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


class PageMonitor:
    """Records console errors, including CSP violations, and requests to other hosts."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.messages: list[str] = []
        self.foreign_requests: list[str] = []
        self.expected = ""  # part of the messages that a test causes

    def attach(self, page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.messages.append(f"exception: {error}"))
        page.on("request", self._on_request)

    def _on_console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.messages.append(message.text)

    def _on_request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.foreign_requests.append(request.url)

    def check(self) -> None:
        unexpected = [
            text for text in self.messages if not self.expected or self.expected not in text
        ]
        assert unexpected == []
        assert self.foreign_requests == []
