"""A real server and a real browser: `numerals serve` with its own store, Debian's Chromium."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytest.importorskip("fastapi", reason="needs numerals[web]")

CHECK_TIMEOUT = 60_000  # ms; machines that run tests do other work too
NAMES = ("chromium", "chromium-browser", "google-chrome")

playwright_api.expect.set_options(timeout=CHECK_TIMEOUT)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the browser's path, or skip."""
    found = os.environ.get("NUMERALS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        pytest.skip("needs Chromium: apt-get install chromium, or set NUMERALS_CHROMIUM to it")
    return found


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Start the service on a free port; return its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    code = "from numerals.cli.app import main; main()"
    store = f"sqlite:///{folder / 'store.db'}"
    command = [sys.executable, "-c", code, "serve", "--port", str(port), "--store", store]
    log = folder / "log.txt"
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process, log)
        yield address
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
    raise AssertionError(f"the server did not come up:\n{log.read_text()}")


@pytest.fixture(scope="module")
def browser(chromium):
    # Not for the session: its event loop would still run in this thread when other tests do.
    with playwright_api.sync_playwright() as playwright:
        # Containers run as root, where Chromium's own sandbox does not start.
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=CHECK_TIMEOUT
        )
        yield browser
        browser.close()


class Watch:
    """What the browser complains of, and where it asks; violations of the CSP are among it."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.expected = ""  # part of the complaints that a test provokes

    def follow(self, page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("request", self._see)

    def _hear(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _see(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.foreign.append(request.url)

    def check(self) -> None:
        unexpected = [
            text for text in self.complaints if not self.expected or self.expected not in text
        ]
        assert unexpected == []
        assert self.foreign == []


@pytest.fixture
def watch(server):
    return Watch(server)


@pytest.fixture
def open_page(browser, server, watch):
    """Return a function that opens a view; afterwards nothing may have gone wrong in any."""
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
        watch.follow(page)
        page.goto(f"{server}/#{view}")
        page.wait_for_selector(f"body[data-ready={view}]")
        return page

    yield open_view
    for context in contexts:
        context.close()
    watch.check()
