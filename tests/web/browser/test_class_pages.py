"""A class: a pupil draws ten digits on a phone, and the teacher's board shows them."""

import re

import pytest
from drawn_strokes import draw
from running_service import CHECK_TIMEOUT, PageMonitor, run_server

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def pages(browser, tmp_path, monkeypatch):
    """Return the pupil's page on a phone, and the board."""
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path))
    with run_server(tmp_path, "--class", "year7", "--host", "127.0.0.1", "--no-store") as (
        address,
        log,
    ):
        monitor = PageMonitor(address)
        text = log.read_text()
        contexts = [
            browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True),
            browser.new_context(viewport={"width": 1280, "height": 800}),
        ]
        opened = [context.new_page() for context in contexts]
        addresses = [re.search(rf"{name} (\S+)", text)[1] for name in ("open", "board:")]
        for page, url in zip(opened, addresses, strict=True):
            page.set_default_timeout(CHECK_TIMEOUT)
            monitor.attach(page)
            page.goto(url)
        yield opened
        for context in contexts:
            context.close()
        monitor.check()


def test_ten_digits_from_a_phone_to_the_board(pages):
    phone, board = pages
    assert "#" not in board.url  # the token is not shown on a projector
    phone.get_by_label("Nickname").fill("Ana <b>")
    phone.get_by_role("button", name="Start").click()
    for digit in range(10):
        phone.locator("#label", has_text=str(digit)).wait_for()
        draw(phone, str(digit) if digit != 4 else "1")
        if digit == 3:
            phone.get_by_role("button", name="Clear").click()
            expect(phone.get_by_role("button", name="Next")).to_be_disabled()
            draw(phone, "3")
        phone.get_by_role("button", name="Next").click()
        if digit == 4:
            expect(phone.locator("#read")).to_have_text("The computer took your 4 for a 1.")
    expect(phone.locator("#finished-text")).to_have_text("The computer read 9 of 10 drawings.")

    expect(board.locator("#summary")).to_contain_text("1 pupil, 10 drawings, 90 % read correctly")
    expect(board.locator("#pupils")).to_have_text("Ana <b> 10 drawn, 9 read")
    expect(board.locator("#drawings .misread")).to_have_text("4, read 1")
    board.on("dialog", lambda dialog: dialog.accept())
    board.locator("#drawings .misread button").click()
    expect(board.locator("#drawings li")).to_have_count(9)
    with board.expect_download() as download:
        board.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "class-year7.csv"

    phone.reload()
    expect(phone.locator("#label")).to_have_text("0")  # the next round, without joining again
