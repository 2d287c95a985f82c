"""The page zoomed to 200 %, on paper, and with the camera of a desktop."""

from pathlib import Path

import pytest
from read_view import choose

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect

EXAMPLES = Path(__file__).parents[3] / "examples"
FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


def test_buttons_of_review_are_visible_at_200_percent(open_page):
    page = open_page("photograph")
    choose(page, EXAMPLES / "form" / "sheet-1.jpg")
    expect(page.locator("#lines > li")).to_have_count(9)
    page.set_viewport_size({"width": 640, "height": 400})  # 1280 x 800, zoomed
    page.goto(page.url.split("#")[0] + "#review")
    page.wait_for_selector("body[data-ready=review]")
    expect(page.locator(".review-text").first).to_be_visible()
    tabs = page.get_by_role("navigation", name="Views").bounding_box()
    buttons = page.locator(".check-main button").first.bounding_box()
    number = page.locator(".review-text").first.bounding_box()
    assert 0 <= number["y"] and number["y"] + number["height"] <= buttons["y"]
    assert buttons["y"] + buttons["height"] <= tabs["y"]


def test_paper_has_the_numbers_without_navigation(open_page):
    page = open_page("photograph")
    choose(page, EXAMPLES / "three-lines.jpg")
    expect(page.locator("#lines > li").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#lines > li").first).to_be_visible()
    for hidden in (".tabs", ".top", "#drop", "#download-csv", ".why-button", ".foot"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_a_desktop_takes_photos_with_its_camera(browser, chromium, server):
    arguments = ["--no-sandbox", *FAKE_CAMERA]
    with browser.browser_type.launch(executable_path=chromium, args=arguments) as with_camera:
        page = with_camera.new_page()
        page.goto(f"{server}/#photograph")
        page.wait_for_selector("body[data-ready=photograph]")
        page.get_by_role("button", name="Take a photo").click()
        expect(page.get_by_role("button", name="Take the photo")).to_be_enabled()
        page.get_by_role("button", name="Take the photo").click()
        expect(page.locator("#files .file-name")).to_contain_text("photo-")
        expect(page.locator("#files .file")).to_have_attribute("data-state", "done")
        assert page.evaluate("document.querySelector('#camera-video').srcObject") is None


def test_a_desktop_without_a_camera_offers_no_photo(open_page):
    page = open_page("photograph")
    expect(page.locator("#camera-label")).to_be_hidden()


def test_a_phone_opens_its_camera(open_page):
    page = open_page("photograph", phone=True)
    expect(page.locator("#camera-label")).to_be_visible()
    expect(page.locator("#camera-open")).to_be_hidden()
