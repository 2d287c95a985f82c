"""axe-core finds no violations on any screen, light and dark, on desktops and phones."""

import re
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from audited_run import write_audit
from axe import axe_source, find_violations
from drawn_strokes import draw as draw_strokes
from page_batches import make_batch
from playwright.sync_api import expect
from review_queue import ALL_READINGS, add_numbers, empty_queue
from running_service import CHECK_TIMEOUT, run_server

EXAMPLES = Path(__file__).parents[3] / "examples"
SHEETS = ("sheet-1.jpg", "sheet-2.jpg")


@pytest.fixture(autouse=True)
def axe():
    axe_source()  # skips


def go(page, address):
    """Open a view in the same page, without loading it again."""
    page.evaluate("(hash) => { location.hash = hash; }", address)
    page.wait_for_selector(f"body[data-ready={address.split('/')[0]}]")


def save_sample_form(page):
    page.evaluate("async () => (await import('/static/js/home/sample-form.js')).saveSampleForm()")


def test_home_and_batches(open_page, server, draw):
    page = open_page("home", remembered=ALL_READINGS)
    empty_queue(page.request, server)
    found = find_violations(page, "home without batches")
    save_sample_form(page)
    sheets = {name: (EXAMPLES / "form" / name).read_bytes() for name in SHEETS}
    forms = make_batch(page.request, server, sheets, templates=["ferry-sheet"])
    pictures = {"a.png": draw("17"), "b.png": draw("17"), "c.png": draw("60")}
    numbers = make_batch(page.request, server, pictures)
    expect(page.locator(".batch-entry").nth(1)).to_be_visible()
    found += find_violations(page, "home")
    for batch, name in ((forms, "forms"), (numbers, "numbers")):
        go(page, f"batch/{batch}")
        page.locator(".table-body .number").first.click()
        expect(page.locator(".panel-picture")).to_have_attribute("alt", re.compile("^Page 1"))
        found += find_violations(page, f"batch of {name}")
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += find_violations(page, "read again")
    page.keyboard.press("Escape")
    assert found == []


def test_draw_read_forms_learn_and_explore(open_page, server):
    page = open_page("draw")
    draw_strokes(page, "7")
    expect(page.locator("#draw-correction")).to_be_visible()
    found = find_violations(page, "draw")
    page.get_by_role("button", name="Look inside").click()
    expect(page.locator(".map-grid").first).to_be_visible()
    found += find_violations(page, "look inside")
    go(page, "photograph")
    found += find_violations(page, "read")
    page.set_input_files("#choose", EXAMPLES / "three-lines.jpg")
    page.locator("#overlay button").first.click()
    expect(page.locator("#digit-card")).to_be_visible()
    page.locator("#photo-settings > summary").click()
    page.get_by_role("button", name="Why this answer?").first.click()
    expect(page.locator(".why-answer").first).to_be_visible()
    found += find_violations(page, "read, with results")
    go(page, "forms")
    found += find_violations(page, "forms")
    page.set_input_files("#form-file", EXAMPLES / "form" / "blank-form.png")
    page.get_by_role("button", name="Use all").click()
    expect(page.locator("#field-name")).to_be_focused()
    found += find_violations(page, "designer")
    page.get_by_role("button", name="These add up to").click()
    found += find_violations(page, "designer, rule")
    page.keyboard.press("Escape")
    for view in ("learn", "explore"):
        go(page, view)
        page.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")
        found += find_violations(page, view)
    assert found == []


@pytest.mark.data
def test_explore_with_a_matrix(open_page, data_folder):
    page = open_page("explore")
    page.locator("#explore-data").select_option("mnist")
    page.locator("#explore-digits .tile").first.click()
    page.get_by_role("button", name="Show matrix").click()
    page.locator(".mistake button").first.click()
    expect(page.locator("#cell-digits .tile").first).to_be_visible()
    assert find_violations(page, "explore") == []


def test_check(open_page, server, draw):
    page = open_page("home", remembered={**ALL_READINGS, "by": "Ann"})
    empty_queue(page.request, server)
    pictures = {f"{at}.png": draw(text) for at, text in enumerate(("17", "17", "60"))}
    lines = add_numbers(page.request, server, pictures)
    save_sample_form(page)
    sheet = {"sheet-1.jpg": (EXAMPLES / "form" / "sheet-1.jpg").read_bytes()}
    batch = make_batch(page.request, server, sheet, templates=["ferry-sheet"])
    go(page, "review")
    found = []
    shown = page.locator(".check-crop:visible, .check-field:visible, .crop-tile:visible")
    for name in ("One by one", "By form", "Same reading", "Two people"):
        page.get_by_role("radio", name=name).check(force=True)
        expect(shown.first).to_be_visible()
        found += find_violations(page, name)
    page.get_by_label("Your name").fill("")
    page.get_by_label("Your name").press("Tab")
    expect(page.get_by_role("button", name="Enter your name")).to_be_visible()
    found += find_violations(page, "two people, without a name")
    page.get_by_label("Your name").fill("Ann")
    page.get_by_label("Your name").press("Tab")
    for by, text in (("Ann", "17"), ("Bob", "71")):
        answer = {"by": by, "text": text}
        page.request.post(f"{server}/v1/review/{lines[0]}/keying", data=answer)
    page.get_by_role("radio", name="One by one").check(force=True)
    page.get_by_role("radio", name="Two people").check(force=True)
    page.get_by_role("button", name="Decide 1 difference").click()
    expect(page.get_by_text("Which is right?")).to_be_visible()
    found += find_violations(page, "two people, differences")
    page.get_by_role("radio", name="One by one").check(force=True)
    go(page, f"review/{batch}")
    expect(page.locator(".check-view img")).to_have_attribute("alt", re.compile("^Page 1 of"))
    page.keyboard.press("h")
    expect(page.locator(".changes:visible")).to_be_visible()
    found += find_violations(page, "one by one, with a page and a history")
    assert found == []


def test_audit(browser, tmp_path):
    pytest.importorskip("scipy", reason="needs numerals[batch]")
    run = write_audit(tmp_path / "ferry-run", double=True)
    with run_server(tmp_path, "--audit", str(run), "--no-store") as (address, _):
        page = browser.new_page()
        page.set_default_timeout(CHECK_TIMEOUT)
        page.goto(f"{address}/audit")
        found = find_violations(page, "audit, name")
        page.get_by_label("Your name").fill("Ann")
        page.get_by_role("button", name="Start").click()
        expect(page.locator("#text")).to_be_focused()
        found += find_violations(page, "audit, number")
        page.close()
    assert found == []


def test_class(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMERALS_HOME", str(tmp_path))
    options = ("--class", "year7", "--host", "127.0.0.1", "--no-store")
    with run_server(tmp_path, *options) as (_, log):
        text = log.read_text()
        addresses = [re.search(rf"{name} (\S+)", text)[1] for name in ("open", "board:")]
        phone, board = browser.new_page(), browser.new_page()
        for page, address in zip((phone, board), addresses, strict=True):
            page.set_default_timeout(CHECK_TIMEOUT)
            page.goto(address)
        found = find_violations(phone, "class, nickname")
        phone.get_by_label("Nickname").fill("Ana")
        phone.get_by_role("button", name="Start").click()
        phone.locator("#label", has_text="0").wait_for()
        draw_strokes(phone, "0")
        found += find_violations(phone, "class, drawing")
        phone.get_by_role("button", name="Next").click()
        expect(board.locator("#drawings li")).to_have_count(1)
        found += find_violations(board, "board")
        phone.close()
        board.close()
    assert found == []
