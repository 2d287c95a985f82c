"""Learn: train with reviewed lines, cancel, continue, compare, activate and roll back."""

import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytest.importorskip("torch", reason="needs pip install 'numerals[lab]'")
from axe import axe_path, find_violations
from playwright.sync_api import expect
from served import encoded, wait_until_up
from trainable import make_trainable

TRAINING_TIMEOUT = 240_000  # ms; test machines may be busy


@contextmanager
def training_server(folder, duration, draw, n_lines=30):
    """Serve with reviewed lines, and a model that does not read 7; yield the address."""
    url = f"sqlite:///{folder / 'home' / 'store.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUMERALS_HOME", str(folder / "home"))
        patch.setenv("NUMERALS_DATA", str(folder / "data"))
        make_trainable(folder, url, draw, n_lines)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        script = str(Path(__file__).with_name("training_server.py"))
        log = folder / "log.txt"
        with log.open("w") as stream:
            process = subprocess.Popen(
                [sys.executable, script, str(port), url, duration], stdout=stream, stderr=stream
            )
    try:
        wait_until_up(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture
def settings(request):
    return request.param


@pytest.fixture
def server(tmp_path, draw, settings):
    with training_server(tmp_path, *settings[:1], draw, *settings[1:]) as address:
        yield address


@pytest.mark.parametrize("settings", [("seconds",)], indirect=True)
def test_train_compare_activate_and_roll_back(open_page, server, tmp_path):
    """A phone watches: one training is enough for both."""

    def read() -> str:
        read = page.request.post(f"{server}/v1/read?keep=false", data=encoded("417"))
        return read.json()["pages"][0]["text"]

    def look(name: str) -> None:
        for each, width in ((page, 1280), (phone, 390)):
            each.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
            assert each.evaluate("() => document.documentElement.scrollWidth") <= width

    page, phone = open_page("learn"), open_page("learn", phone=True)
    learn = page.locator("#learn")
    expect(page.locator("#learn-facts")).to_contain_text("30 reviewed lines")
    expect(learn.get_by_role("status").first).to_have_text(
        "30 reviewed lines, 6 of them held out to compare with"
    )
    look("before")
    assert "7" not in read()
    phone.locator("#learn").get_by_role("button", name="Train (about").tap()
    page.reload()
    expect(learn.get_by_role("status").first).to_have_text("Training with 30 reviewed lines")
    expect(learn.get_by_role("progressbar")).to_be_visible()
    expect(learn.get_by_role("button", name="Cancel")).to_be_visible()
    look("progress")
    title = page.get_by_role("heading", name="Before and after")
    expect(title).to_be_visible(timeout=TRAINING_TIMEOUT)
    expect(phone.get_by_role("heading", name="Before and after")).to_be_visible()
    figures = page.get_by_role("table", name="Numbers read correctly, before and after")
    expect(figures).to_contain_text("Your held-out lines")
    for each in (page, phone):
        examples = each.locator("#learn .example")
        expect(examples.first).to_contain_text("Now right")
        assert 1 <= examples.count() <= 10
        first = examples.first.locator("img")
        first.scroll_into_view_if_needed()
        expect(first).to_have_js_property("complete", True)
        each.wait_for_function("image => image.naturalWidth > 0", arg=first.element_handle())
    look("result")
    if axe_path().is_file():  # test_axe.py says what is missing
        assert find_violations(phone, "before and after") == []
    learn.get_by_role("button", name="Activate").click()
    anyway = page.get_by_role("button", name="Activate anyway")
    expect(active_badge(page).or_(anyway)).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(active_badge(page)).to_be_visible()
    assert "7" in read()
    phone.reload()
    expect(active_badge(phone)).to_be_visible()
    look("active")
    phone.locator("#learn").get_by_role("button", name="Roll back").tap()
    expect(active_badge(phone)).to_have_count(0)
    assert "7" not in read()
    expect(phone.locator("#learn").get_by_role("button", name="Activate")).to_be_visible()


def active_badge(page):
    title = page.get_by_role("heading", name="Before and after")
    return title.locator(".badge", has_text="Active")


@pytest.mark.parametrize("settings", [("minutes",)], indirect=True)
def test_cancelled_training_continues_and_survives_a_closed_page(open_page, server):
    page = open_page("learn")
    learn = page.locator("#learn")
    learn.get_by_role("button", name="Train").click()
    rounds = learn.get_by_text(re.compile(r"Learning: \d+ of 40 rounds"))
    expect(rounds).to_be_visible(timeout=TRAINING_TIMEOUT)
    page.goto(f"{server}/#home")
    page.goto(f"{server}/#learn")
    learn.get_by_role("button", name="Cancel").click()
    expect(learn.get_by_role("status").first).to_contain_text("Stopped after")
    learn.get_by_role("button", name="Continue (about").click()
    expect(rounds).to_be_visible(timeout=TRAINING_TIMEOUT)
    learn.get_by_role("button", name="Cancel").click()
    learn.get_by_role("button", name="Discard").click()
    expect(learn.get_by_role("button", name="Train (about")).to_be_enabled()


@pytest.mark.parametrize("settings", [("seconds", 8)], indirect=True)
def test_page_says_what_is_missing(open_page, server):
    page = open_page("learn")
    learn = page.locator("#learn")
    expect(learn.get_by_role("button", name="Train")).to_be_disabled()
    expect(page.get_by_role("list", name="What is missing")).to_contain_text(
        "Check 12 more numbers: training needs 20 reviewed lines"
    )
    missing = {
        "code": "fetch",
        "message": "Data is missing",
        "command": "numerals data fetch qmnist",
    }

    def without_data(route):
        state = route.fetch().json()
        state["scripts"][0]["obstacles"] = [missing]
        route.fulfill(json=state)

    page.route("**/v1/training", without_data)
    page.reload()
    expect(page.get_by_role("button", name="Copy: Data is missing")).to_be_visible()
    expect(learn.get_by_text(missing["command"])).to_be_visible()
