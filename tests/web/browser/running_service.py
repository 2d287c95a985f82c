"""A `numerals serve` process, and a monitor of the pages that it serves."""

import subprocess
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from served import serve_command, wait_until_up

CHECK_TIMEOUT = 60_000  # ms; test machines may be busy


@contextmanager
def run_server(folder: Path, *options: str):
    """Run the service on a free port; yield its address and its log."""
    port, command = serve_command(*options)
    log = folder / "log.txt"
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(address, process, log)
        yield address, log
    finally:
        process.terminate()
        process.wait(timeout=30)


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
        assert not unexpected, f"the console shows {unexpected}"
        assert not self.foreign_requests, f"requests to other hosts: {self.foreign_requests}"
