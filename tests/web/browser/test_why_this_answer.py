"""Photograph view: "Why this answer?" shows the steps and the findings of a line."""

import cv2
import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect


@pytest.fixture
def number(draw, tmp_path):
    """Return the path of a drawn picture of a number."""
    path = tmp_path / "number.png"
    cv2.imwrite(str(path), draw("31984"))
    return path


def open_why(page, path):
    page.set_input_files("#choose", str(path))
    button = page.get_by_role("button", name="Why this answer? Line 1")
    button.press("Enter")
    expect(page.locator(".why-answer")).to_be_visible()
    return button


def test_steps_of_a_line_are_shown(open_page, number):
    page = open_page("photograph")
    button = open_why(page, number)
    expect(button).to_have_attribute("aria-expanded", "true")
    titles = page.locator(".why-steps h4")
    expect(titles).to_have_text(["Numbers found", "Line", "Input of the model", "Frames", "Answer"])
    expect(page.locator(".why-answer")).to_contain_text("31984")
    expect(page.locator(".why-spans b")).to_have_text(list("31984"))
    frames = page.locator(".why-frames")
    assert "3: columns" in frames.get_attribute("aria-label")
    widths = page.locator(".why-steps img").evaluate_all("all => all.map(i => i.naturalWidth)")
    assert len(widths) == 4 and min(widths) > 0
    expect(page.locator(".why")).to_contain_text("as usual")
    button.press("Enter")
    expect(page.locator(".why")).to_be_hidden()


def test_panel_stays_open_while_a_digit_is_corrected(open_page, number):
    page = open_page("photograph")
    button = open_why(page, number)
    page.locator("#overlay button").nth(2).click()
    page.keyboard.press("7")
    expect(page.locator("#lines .digits")).to_have_text("31784")
    expect(page.locator(".why")).to_be_visible()
    button.press("Enter")
    button.press("Enter")  # opened again, the correction is compared
    expect(page.locator(".why-findings")).to_contain_text("31784 has a probability of")


def test_maps_and_similar_digits_of_a_digit_are_shown(open_page, tmp_path):
    pytest.importorskip("sklearn", reason="needs numerals[lab]")
    canvas = np.full((200, 200), 255, np.uint8)
    points = np.array([(56, 36), (144, 36), (90, 170)], np.int32)
    cv2.polylines(canvas, [points], False, 0, 14, cv2.LINE_AA)
    path = tmp_path / "seven.png"
    cv2.imwrite(str(path), canvas)
    page = open_page("photograph")
    open_why(page, path)
    expect(page.locator(".why .explanation-maps canvas")).to_have_count(3)
    expect(page.locator(".why-steps h4").first).to_have_text("Picture")


def test_error_can_be_retried(open_page, number, monitor):
    monitor.expected = "status of 500"
    page = open_page("photograph")
    failures = []

    def fail_once(route):
        failures.append(1)
        if len(failures) > 1:
            return route.continue_()
        error = {"error": {"code": "failed", "message": "no reason"}}
        return route.fulfill(status=500, json=error)

    page.route("**/v1/explain/picture*", fail_once)
    page.set_input_files("#choose", str(number))
    page.get_by_role("button", name="Why this answer?").click()
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.locator(".why-answer")).to_be_visible()


def test_panel_fits_a_phone(open_page, number):
    page = open_page("photograph", phone=True, scheme="dark")
    open_why(page, number)
    page.locator(".why-typical summary").tap()
    overflow = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
