"""Fixtures: a `numerals serve` process with its own store, and Chromium."""

import json
import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from running_service import CHECK_TIMEOUT, PageMonitor, run_server

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytest.importorskip("fastapi", reason="needs numerals[web]")

HERE = Path(__file__).parent
# Without windows, pages are drawn in two thirds of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

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


_open_browser = ExitStack()
_browsers = []  # the running one, if any


@pytest.fixture(scope="module")
def browser(chromium):
    """Return Chromium, which runs until the next test is not of this folder."""
    if not _browsers:
        playwright = _open_browser.enter_context(playwright_api.sync_playwright())
        # Chromium's sandbox does not start as root, which containers use.
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"], timeout=CHECK_TIMEOUT
        )
        _browsers.append(browser)
        _open_browser.callback(_browsers.clear)
        _open_browser.callback(browser.close)
    return _browsers[0]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """Close Chromium after the last test of this folder: its event loop would run in others."""
    if nextitem is None or HERE not in nextitem.path.parents:
        _open_browser.close()


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
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # a handler may still wait for the service
        context.close()
    monitor.check()
