"""Fixtures: a `numerals serve` process with its own store, and Chromium."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytest.importorskip("fastapi", reason="needs numerals[web]")

CHECK_TIMEOUT = 60_000  # ms; test machines may be busy
NAMES = ("chromium", "chromium-browser", "google-chrome")

playwright_api.expect.set_options(timeout=CHECK_TIMEOUT)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium; skip the test without one."""
    found = os.environ.get("NUMERALS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        pytest.skip("needs Chromium: apt-get install chromium, or set NUMERALS_CHROMIUM to it")
    return found


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Start the service on a free port; return its address."""
    folder = tmp_path_factory.mktemp("server")
    with run_server(folder, "--store", f"sqlite:///{folder / 'store.db'}") as (address, _):
        yield address


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


@pytest.fixture(scope="module")
def browser(chromium):
    # Module scope: the event loop of a session fixture would run during other tests.
    with playwright_api.sync_playwright() as playwright:
        # Chromium's sandbox does not start as root, which containers use.
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=CHECK_TIMEOUT
        )
        yield browser
        browser.close()


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


@pytest.fixture
def monitor(server):
    return PageMonitor(server)


@pytest.fixture
def open_page(browser, server, monitor):
    """Return a function that opens a view; the teardown checks the monitor."""
    contexts = []

    def open_view(view="draw", *, phone=False, scheme="light", motion="reduce", remembered=()):
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 800}
        context = browser.new_context(
            viewport=size,
            has_touch=phone,
            is_mobile=phone,
            color_scheme=scheme,
            reduced_motion=motion,
        )
        for key, value in dict(remembered).items():
            key, value = json.dumps(f"numerals.{key}"), json.dumps(value)
            context.add_init_script(f"localStorage.setItem({key}, {value})")
        contexts.append(context)
        context.set_default_timeout(CHECK_TIMEOUT)
        page = context.new_page()
        monitor.attach(page)
        page.goto(f"{server}/#{view}")
        page.wait_for_selector(f"body[data-ready={view}]")
        return page

    yield open_view
    for context in contexts:
        context.close()
    monitor.check()
