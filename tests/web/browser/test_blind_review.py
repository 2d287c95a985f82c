"""The page of ``numerals serve --audit``: two people answer, a third one decides."""

import json

import pytest
from audited_run import write_audit
from running_service import CHECK_TIMEOUT, PageMonitor, run_server

pytest.importorskip("scipy", reason="needs numerals[batch]")
expect = pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def open_audit(browser, tmp_path):
    """Return a function that opens the page in a window of some width."""
    run = write_audit(tmp_path / "ferry-run", double=True)
    with run_server(tmp_path, "--audit", str(run), "--no-store") as (address, log):
        assert "blind review:" in log.read_text()
        monitor = PageMonitor(address)
        contexts = []

        def open_page(width=1280, height=800):
            contexts.append(browser.new_context(viewport={"width": width, "height": height}))
            page = contexts[-1].new_page()
            page.set_default_timeout(CHECK_TIMEOUT)
            monitor.attach(page)
            page.goto(f"{address}/audit")
            return page

        yield open_page
        for context in contexts:
            context.close()
        monitor.check()


def begin(page, name):
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#text")).to_be_focused()


def test_two_people_answer_and_a_third_one_decides(open_audit, tmp_path):
    anna, ben = open_audit(), open_audit(390, 844)
    begin(anna, "anna")
    expect(anna.locator("#title")).to_have_text("Audit of ferry-run")
    for text in ("71", "0125"):
        anna.keyboard.type(text)
        anna.keyboard.press("Enter")
        expect(anna.locator("#text")).to_have_value("")
    anna.keyboard.press("Alt+b")
    expect(anna.locator("#text")).to_have_value("0125")
    anna.keyboard.press("Alt+b")
    expect(anna.locator("#text")).to_have_value("71")
    anna.keyboard.type("70")  # the text is selected
    anna.keyboard.press("Enter")
    expect(anna.locator("#place")).to_have_text("scan.png, page 1, number 3")
    anna.keyboard.press("Enter")
    expect(anna.locator("#notice")).to_contain_text("No number here")
    anna.get_by_role("button", name="No number here").click()
    expect(anna.locator("#done-text")).to_contain_text("3 numbers still need an answer")

    begin(ben, "ben")
    for text in ("70", "0125", "8"):
        ben.locator("#text").fill(text)
        ben.get_by_role("button", name="Next").click()
    expect(ben.locator("#done-text")).to_contain_text("1 number must be decided")

    ben.get_by_role("button", name="Another reviewer").click()
    ben.get_by_role("button", name="Decide these").click()
    expect(ben.locator("#others button")).to_have_text(["8", "nothing"])
    ben.locator("#others button", has_text="8").click()
    expect(ben.locator("#done-text")).to_contain_text("All numbers are answered")
    kept = tmp_path / "ferry-run" / "audit" / "stage-1" / "answers-anna.jsonl"
    answers = [json.loads(line)["text"] for line in kept.read_text().splitlines()]
    assert answers == ["71", "0125", "70", "nothing"]
