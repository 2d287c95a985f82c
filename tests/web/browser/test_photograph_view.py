"""Read view: files are read, corrected, copied and saved."""

import csv
import json
import re
from pathlib import Path

import cv2
import pytest
from PIL import Image
from read_view import choose, open_settings

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect

EXAMPLES = Path(__file__).parents[3] / "examples"
PHONE = EXAMPLES / "phone-number.jpg"

LOWER_SECOND_CONFIDENCE = """() => {
  const fetched = window.fetch;
  window.fetch = async (...request) => {
    const response = await fetched(...request);
    if (!String(request[0]).startsWith("v1/read")) return response;
    const answer = await response.json();
    answer.pages[0].lines[0].digits[1].confidence = 0.4;
    return new Response(JSON.stringify(answer));
  };
}"""


@pytest.fixture
def number(draw, tmp_path):
    """Return the path of a drawn picture of a number."""
    path = tmp_path / "number.png"
    cv2.imwrite(str(path), draw("31984"))
    return path


def test_photo_is_read_with_boxes(open_page):
    page = open_page("photograph")
    choose(page, PHONE)
    expect(page.locator("#lines .digits")).to_have_text("5550142867")
    boxes = page.locator("#overlay button")
    expect(boxes).to_have_count(10)
    picture = page.locator("#sheet").bounding_box()
    for box in (boxes.nth(0).bounding_box(), boxes.nth(9).bounding_box()):
        assert picture["x"] < box["x"] and box["x"] + box["width"] < picture["x"] + picture["width"]
    expect(boxes.nth(3)).to_have_accessible_name(re.compile("^0, .*%, "))


def test_damaged_file_does_not_stop_the_queue(open_page, number, tmp_path, monitor):
    monitor.expected = "Failed to load resource"
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"not a picture")
    page = open_page("photograph")
    choose(page, bad, number)
    expect(page.locator("#files .file")).to_have_count(2)
    expect(page.locator("#files .file").nth(0)).to_contain_text("Failed")
    expect(page.locator("#files .file").nth(1)).to_contain_text("31984")
    expect(page.locator("#photo-notice")).to_contain_text("picture")


def test_digit_correction_is_stored(open_page, number, server):
    page = open_page("photograph", remembered={"by": "Ada"})
    choose(page, number)
    page.locator("#overlay button").nth(2).click()
    expect(page.locator("#digit-card-title")).to_have_text("Digit 3 of line 1")
    expect(page.locator("#digit-card .chip").first).to_contain_text("9")
    page.keyboard.press("4")
    expect(page.locator("#lines .digits")).to_have_text("31484")
    expect(page.locator("#lines .line-note")).to_have_text("Corrected, saved")
    kept = page.request.get(f"{server}/v1/corrections?limit=1000").json()["corrections"]
    [line] = [each["line_id"] for each in kept if each["to"] == "31484"]
    changes = page.request.get(f"{server}/v1/review/{line}/history").json()["changes"]
    assert [(each["by"], each["from"], each["to"]) for each in changes] == [
        ("Ada", "31984", "31484")
    ]


def test_boxes_and_lines_are_edited_by_keyboard(open_page, number):
    page = open_page("photograph")
    choose(page, number)
    page.locator("#overlay button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#digit-card-title")).to_have_text("Digit 2 of line 1")
    page.get_by_role("button", name="Edit line 1").press("Enter")
    page.keyboard.type("319 845")
    page.keyboard.press("Enter")
    expect(page.locator("#lines .typed")).to_have_text("319 845")


def test_digits_below_the_minimum_confidence_are_masked(open_page, number):
    page = open_page("photograph")
    page.evaluate(LOWER_SECOND_CONFIDENCE)
    choose(page, number)
    expect(page.locator("#lines .digits")).to_have_text("31984")
    open_settings(page)
    page.get_by_label("Minimum confidence").fill("0.5")
    expect(page.locator("#lines .digits")).to_have_text("3?984")
    expect(page.locator("#overlay button").nth(1)).to_have_class("box low")


def test_results_are_saved_as_csv_and_json(open_page, number):
    page = open_page("photograph")
    choose(page, number)
    expect(page.locator("#lines .digits")).to_have_text("31984")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    [row] = csv.DictReader(Path(saved.value.path()).read_text().splitlines())
    assert (row["file"], row["text"]) == ("number.png", "31984")
    with page.expect_download() as saved:
        page.get_by_role("button", name="JSON").click()
    found = json.loads(Path(saved.value.path()).read_text())
    assert found["pages"][0]["lines"][0]["text"] == "31984"


def test_results_are_copied(open_page, number):
    page = open_page("photograph")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(page, number)
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == "31984"


def test_script_and_format_settings_are_sent(open_page, number):
    page = open_page("photograph")
    choose(page, number)
    expect(page.locator("#lines .digits")).to_have_text("31984")
    open_settings(page)
    with page.expect_response("**/v1/read?*") as request_info:
        page.locator("#photo-script").select_option("auto")
    assert "script=auto" in request_info.value.url
    expect(page.locator("#read-as")).to_have_text("latin")
    page.get_by_label("Format").select_option("digits:")
    with page.expect_response("**/v1/read?*") as request_info:
        page.get_by_label("How many digits").fill("4")
    assert "format=digits%3A4" in request_info.value.url
    expect(page.locator("#lines .line-note")).to_contain_text("digits:4")


def test_pdf_shows_the_crops_of_its_lines(open_page, number, tmp_path):
    path = tmp_path / "number.pdf"
    Image.open(number).save(path)
    page = open_page("photograph")
    choose(page, path)
    expect(page.locator("#lines .digits")).to_have_text("31984")
    page.wait_for_function("() => document.querySelector('#crops img')?.naturalWidth > 0")
    crop = page.locator("#crops img").bounding_box()
    box = page.locator("#overlay button").nth(2).bounding_box()
    assert crop["x"] < box["x"] and box["x"] + box["width"] < crop["x"] + crop["width"]


def test_busy_service_is_retried(open_page, number, monitor):
    monitor.expected = "status of 503"
    page = open_page("photograph")
    requests = []

    def busy_once(route):
        requests.append(1)
        if len(requests) > 1:
            return route.continue_()
        error = {"error": {"code": "busy", "message": "all readers are busy"}}
        return route.fulfill(status=503, headers={"Retry-After": "1"}, json=error)

    page.route("**/v1/read*", busy_once)
    choose(page, number)
    expect(page.locator("#lines .digits")).to_have_text("31984")
    assert len(requests) == 2


@pytest.mark.parametrize(
    ("status", "message"), [(413, "too large"), (415, "not a readable picture"), (422, "invalid")]
)
def test_errors_of_the_service_are_shown(open_page, number, monitor, status, message):
    monitor.expected = f"status of {status}"
    page = open_page("photograph")
    error = {"error": {"code": "refused", "message": "the reason why"}}
    page.route("**/v1/read*", lambda route: route.fulfill(status=status, json=error))
    choose(page, number)
    expect(page.locator("#photo-notice")).to_contain_text(message)
    expect(page.locator("#photo-notice")).to_contain_text("The reason why.")


@pytest.mark.parametrize(
    "event",
    [
        "new ClipboardEvent('paste', {clipboardData: data, bubbles: true})",
        "new DragEvent('drop', {dataTransfer: data, bubbles: true})",
    ],
    ids=["pasted", "dropped"],
)
def test_pasted_and_dropped_pictures_are_read(open_page, number, event):
    page = open_page("photograph")
    page.evaluate(
        f"""(bytes) => {{
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "given.png", {{type: "image/png"}}));
          document.getElementById("drop").dispatchEvent({event});
        }}""",
        list(number.read_bytes()),
    )
    expect(page.locator("#lines .digits")).to_have_text("31984")


def test_token_is_requested_once(open_page, number, monitor):
    monitor.expected = "status of 401"
    page = open_page("photograph")

    def guard(route):
        if route.request.headers.get("authorization") == "Bearer secret":
            return route.continue_()
        error = {"error": {"code": "unauthorized", "message": "a token is needed"}}
        return route.fulfill(status=401, json=error)

    page.route("**/v1/**", guard)
    choose(page, number, number)
    page.get_by_label("Token", exact=True).fill("secret")
    page.keyboard.press("Enter")
    expect(page.locator("#files .file-state")).to_have_text(["31984", "31984"])
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_layout_disables_unavailable_settings(open_page, number):
    page = open_page("photograph")
    open_settings(page)
    page.select_option("#photo-turn", "180")
    choose(page, number)
    with page.expect_request(lambda request: "layout=field" in request.url) as request_info:
        page.select_option("#photo-layout", "field")  # also while the file is being read
    assert "turn=auto" in request_info.value.url
    expect(page.locator("#photo-turn")).to_be_disabled()
    expect(page.locator("#lines .digits")).to_have_text("31984")
