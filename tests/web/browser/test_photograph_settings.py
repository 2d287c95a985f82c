"""Read: settings are applied to all files, and keep what was corrected."""

import csv
import re
from pathlib import Path

import cv2
import pytest
from read_view import choose, open_settings

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect

SHEET = Path(__file__).parents[3] / "examples" / "form" / "sheet-1.jpg"

LOWER_CONFIDENCE = """() => {
  const fetched = window.fetch;
  window.fetch = async (...request) => {
    const response = await fetched(...request);
    if (!String(request[0]).startsWith("v1/read?")) return response;
    const answer = await response.json();
    answer.pages[0].lines[0].confidence = 0.9;
    return new Response(JSON.stringify(answer));
  };
}"""


@pytest.fixture
def numbers(draw, tmp_path):
    """Return the paths of pictures with different names, and of the numbers 31984 and 2764."""
    paths = []
    for text in ("31984", "2764"):
        paths.append(tmp_path / f"{tmp_path.name}-{text}.png")
        cv2.imwrite(str(paths[-1]), draw(text))
    return paths


def stored_lines(page, server, name):
    items = page.request.get(f"{server}/v1/review?limit=500").json()["items"]
    return [item for item in items if item["source"] == name]


def test_other_settings_replace_the_stored_reading(open_page, server, numbers):
    page = open_page("photograph")
    choose(page, numbers[0])
    expect(page.locator("#lines .digits")).to_have_text("31984")
    open_settings(page)
    for script in ("auto", "latin", "auto"):
        with page.expect_response("**/v1/read?*"):
            page.select_option("#photo-script", script)
    expect(page.locator("#lines .digits")).to_have_text("31984")
    assert len(stored_lines(page, server, numbers[0].name)) == 1


def test_corrections_stay_when_a_sheet_is_read_again(open_page, server):
    page = open_page("photograph")
    choose(page, SHEET)
    rows = page.locator("#lines > li")
    expect(rows).to_have_count(9)
    page.get_by_role("button", name="Edit line 4").click()
    page.get_by_label("Correct text of line 4").fill("77")
    page.keyboard.press("Enter")
    expect(rows.nth(3)).to_contain_text("Corrected, saved")
    waiting = len(stored_lines(page, server, SHEET.name))
    open_settings(page)
    for layout in ("table", "page"):
        with page.expect_response("**/v1/read?*"):
            page.select_option("#photo-layout", layout)
        expect(page.locator("#lines")).to_contain_text("Corrected, saved")
    expect(rows).to_have_count(9)
    expect(rows.nth(3)).to_contain_text("77")
    assert len(stored_lines(page, server, SHEET.name)) == waiting


def test_corrections_on_the_page_only_stay_too(open_page, numbers):
    page = open_page("photograph")
    open_settings(page)
    page.get_by_label("Keep the numbers for checking").uncheck()
    choose(page, numbers[0])
    page.get_by_role("button", name="Edit line 1").click()
    page.get_by_label("Correct text of line 1").fill("31985")
    page.keyboard.press("Enter")
    with page.expect_response("**/v1/read?*"):
        page.select_option("#photo-script", "auto")
    expect(page.locator("#lines .digits")).to_have_text("31985")
    expect(page.locator("#lines .line-note")).to_have_text("Corrected, on this page only")


def test_all_files_are_read_with_the_new_settings(open_page, numbers):
    page = open_page("photograph")
    choose(page, *numbers)
    states = page.locator("#files .file-state")
    expect(states).to_have_text(["31984", "2764"])
    open_settings(page)
    page.select_option("#photo-format", "digits:")
    answered = []
    page.on("response", lambda response: answered.append(response.url))
    page.get_by_label("How many digits").fill("5")
    # The progress may be shown for less than the time between two looks at the page.
    while sum("format=digits%3A5" in url for url in answered) < 2:
        page.wait_for_timeout(50)
    expect(page.locator("#photo-progress")).to_have_text("")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    rows = csv.DictReader(Path(saved.value.path()).read_text().splitlines())
    assert [row["text"] for row in rows] == ["31984", "?"]


def test_a_format_that_is_set_while_files_are_read_applies(open_page, numbers):
    page = open_page("photograph")
    held, urls = [], []

    def hold_first(route):
        urls.append(route.request.url)
        if len(urls) == 1:
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/read?*", hold_first)
    choose(page, *numbers)
    expect(page.locator("#files .file-state").first).to_have_text("Reading …")
    open_settings(page)
    page.select_option("#photo-format", "digits:")
    page.get_by_label("How many digits").fill("4")
    page.wait_for_timeout(700)  # the field waits for the end of typing
    held[0].continue_()
    expect(page.locator("#lines .line-note")).to_contain_text("Does not match digits:4")
    expect(page.locator("#files .file-state")).to_have_text(["31984", "2764"])
    assert ["format=digits%3A4" in url for url in urls] == [False, True, True]


def test_the_format_menu_explains_itself(open_page, numbers):
    page = open_page("photograph")
    open_settings(page)
    expect(page.locator("#photo-format")).to_contain_text("Date, day first – 31.12.2024")
    page.select_option("#photo-format", "range:")
    page.get_by_label("From – to").fill("none")
    expect(page.locator("#photo-format-problem")).to_have_text("For example: 0-100")
    page.get_by_label("From – to").fill("0-100")
    expect(page.locator("#photo-format-problem")).to_be_hidden()
    expect(page.locator("#photo-settings-summary")).to_contain_text("A whole number within limits")


def test_the_error_limit_marks_uncertain_numbers(open_page, numbers):
    page = open_page("photograph")
    page.evaluate(LOWER_CONFIDENCE)
    choose(page, numbers[0])
    open_settings(page)
    page.select_option("#photo-max-error", "0.01")
    expect(page.locator("#lines .line-note")).to_contain_text("Too uncertain for the error limit")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    [row] = csv.DictReader(Path(saved.value.path()).read_text().splitlines())
    assert row["text"] == "?"


def test_texts_that_are_no_numbers_are_refused(open_page, numbers):
    page = open_page("photograph")
    choose(page, numbers[0])
    page.get_by_role("button", name="Edit line 1").click()
    page.get_by_label("Correct text of line 1").fill("abc")
    page.keyboard.press("Enter")
    expect(page.locator(".line-edit .input-problem")).to_contain_text("“a” is not a digit")
    page.get_by_role("button", name="No number here").click()
    expect(page.locator("#lines .typed")).to_have_text("no number")
    expect(page.locator("#lines .line-note")).to_have_text("Corrected, saved")


def test_boxes_are_large_enough_for_fingers(open_page, numbers):
    page = open_page("photograph", phone=True)
    choose(page, SHEET)
    expect(page.locator("#lines > li")).to_have_count(9)
    sizes = page.locator("#overlay button").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(r => [r.width, r.height, r.x])"
    )
    assert all(width >= 24 and height >= 24 for width, height, _ in sizes)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    expect(page.locator("#photo-progress")).to_have_text(re.compile("^$"))
