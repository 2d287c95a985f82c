"""Draw view: drawings are read while the user draws."""

from random import Random

import pytest
from drawn_strokes import SEVEN, choose_one_digit, draw, draw_by_touch

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect


def test_drawn_digit_is_read_with_probabilities(open_page):
    page = open_page("draw")
    choose_one_digit(page)
    draw(page, "7")
    expect(page.locator("#draw-answer")).to_have_text("7")
    expect(page.locator("#draw-verdict")).to_contain_text("%")
    expect(page.locator("#draw-bars li")).to_have_count(10)
    expect(page.locator("#draw-bars .best .bar-label")).to_have_text("7")
    assert "Second choice" in page.locator("#draw-next").inner_text()


def test_digit_is_read_during_the_stroke(open_page):
    page = open_page("draw")
    choose_one_digit(page)
    box = page.locator("#pad").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in SEVEN]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    expect(page.locator("#draw-answer")).to_have_text("7")
    page.mouse.up()


def test_drawn_number_is_read(open_page):
    page = open_page("draw")
    draw(page, "5550142867")
    expect(page.locator("#draw-answer")).to_have_text("5550142867")
    page.locator("#draw-answer button").nth(4).click()
    expect(page.locator("#draw-bars-title")).to_contain_text("Digit 5: 1")
    sides = [page.locator("#draw-answer button").nth(at).bounding_box() for at in (0, 9)]
    assert sides[0]["y"] == sides[1]["y"]  # in one row


def test_reading_follows_undo_and_clear(open_page):
    page = open_page("draw")
    draw(page, "7")
    expect(page.locator("#draw-answer")).to_have_text("7")
    page.keyboard.press("Control+z")
    expect(page.locator("#draw-answer")).to_be_empty()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    draw(page, "0")
    expect(page.locator("#draw-answer")).to_have_text("0")
    page.keyboard.press("Escape")
    expect(page.locator("#draw-answer")).to_be_empty()
    assert not inked(page)
    page.get_by_role("button", name="Undo").click()  # undoes the clearing
    expect(page.locator("#draw-answer")).to_have_text("0")


def test_explanation_shows_model_input_and_occlusion_maps(open_page):
    page = open_page("draw")
    choose_one_digit(page)
    draw(page, "7")
    page.locator("#explanation summary").click()
    expect(page.locator(".explanation-maps canvas")).to_have_count(3)
    captions = " ".join(page.locator(".explanation-maps figcaption").all_inner_texts())
    assert "Why 7" in captions and "Why not" in captions
    expect(page.get_by_role("heading", name="Most similar training digits")).to_be_visible()


def test_a_scribble_is_no_number(open_page):
    page = open_page("draw")
    for choose in (lambda page: None, choose_one_digit):
        choose(page)
        scribble(page)
        expect(page.locator("#draw-verdict")).to_contain_text("found")
        expect(page.locator("#draw-chart")).to_be_hidden()
        expect(page.locator("#draw-answer")).to_be_empty()


def test_a_number_that_is_drawn_as_one_digit_can_be_read_as_a_number(open_page):
    page = open_page("draw")
    choose_one_digit(page)
    draw(page, "42")
    page.get_by_role("button", name="Is it 42? Read as a number").click()
    expect(page.get_by_role("radio", name="Number")).to_be_checked()
    expect(page.locator("#draw-answer")).to_have_text("42")


def test_the_note_about_a_correction_goes_with_its_drawing(open_page):
    page = open_page("draw")
    draw(page, "7")
    page.get_by_label("Wrong? Enter the correct number").fill("abc")
    page.get_by_role("button", name="Save correction").click()
    expect(page.locator("#draw-correction-status")).to_contain_text("is not a digit")
    page.get_by_label("Wrong? Enter the correct number").fill("1")
    page.get_by_role("button", name="Save correction").click()
    expect(page.locator("#draw-correction-status")).to_have_text("Correction saved: 1")
    page.keyboard.press("Tab")
    page.locator("#pad").focus()
    page.keyboard.press("Escape")
    draw(page, "0")
    expect(page.locator("#draw-answer")).to_have_text("0")
    expect(page.locator("#draw-correction-status")).to_have_text("")


def scribble(page):
    """Draw one stroke with many turns."""
    left, top, wide, high = page.locator("#pad").bounding_box().values()
    random = Random(1)
    page.mouse.move(left + wide / 2, top + high / 2)
    page.mouse.down()
    for _ in range(40):
        x, y = 0.2 + 0.6 * random.random(), 0.15 + 0.7 * random.random()
        page.mouse.move(left + x * wide, top + y * high, steps=2)
    page.mouse.up()


@pytest.mark.data
def test_explanation_shows_similar_training_digits(open_page, data_folder):
    page = open_page("draw")
    draw(page, "7")
    page.locator("#explanation summary").click()
    nearest = page.locator(".explanation .digit-grid li")
    expect(nearest).to_have_count(8)
    expect(nearest.first).to_contain_text("7")


def test_drawing_is_stored_with_its_correction(open_page, server):
    page = open_page("draw")
    draw(page, "7")
    page.get_by_label("Wrong? Enter the correct number").fill("1")
    page.get_by_role("button", name="Save correction").click()
    expect(page.locator("#draw-correction-status")).to_have_text("Correction saved: 1")
    kept = page.request.get(f"{server}/v1/corrections").json()
    assert [each["to"] for each in kept["corrections"]][-1] == "1"


def test_digit_is_drawn_by_touch_on_a_phone(open_page):
    page = open_page("draw", phone=True)
    choose_one_digit(page)
    draw_by_touch(page, SEVEN)
    expect(page.locator("#draw-answer")).to_have_text("7")
    assert page.evaluate("() => scrollY") == 0  # drawing does not scroll the page
    answer = page.locator("#draw-answer").bounding_box()
    tabs = page.get_by_role("navigation", name="Views").bounding_box()
    assert answer["y"] + answer["height"] < tabs["y"]


def test_unreachable_service_is_reported_and_the_drawing_stays(open_page, monitor):
    page = open_page("draw")
    choose_one_digit(page)
    monitor.expected = "net::ERR_FAILED"
    page.route("**/v1/digits*", lambda route: route.abort())
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    draw(page, "7")
    expect(page.locator("#draw-notice")).to_contain_text("not responding")
    assert inked(page)
    # The drawing is read while it is drawn: a later request must not succeed before the click.
    n_failed = 0
    while n_failed < len(failed):
        n_failed = len(failed)
        page.wait_for_timeout(500)
    page.unroute("**/v1/digits*")
    page.locator("#draw-notice button").click()
    expect(page.locator("#draw-answer")).to_have_text("7")


def test_pen_pressure_widens_the_line(open_page, monitor):
    monitor.expected = "willReadFrequently"  # caused by reading the pad in this test
    page = open_page("draw")
    light = draw_with_pen(page, SEVEN, force=0.1)
    page.keyboard.press("Escape")
    assert draw_with_pen(page, SEVEN, force=0.9) > 1.5 * light


def draw_with_pen(page, stroke, force) -> int:
    """Draw one stroke with a pen; return the number of inked pixels."""
    left, top, wide, high = page.locator("#pad").bounding_box().values()
    session = page.context.new_cdp_session(page)
    kinds = ["mousePressed", *["mouseMoved"] * (len(stroke) - 2), "mouseReleased"]
    for kind, (x, y) in zip(kinds, stroke, strict=True):
        event = {"type": kind, "x": left + x * wide, "y": top + y * high, "button": "left"}
        pen = {"buttons": 1, "pointerType": "pen", "force": force}
        session.send("Input.dispatchMouseEvent", event | pen)
    return inked(page)


def inked(page) -> int:
    """Return the number of inked pixels of the pad."""
    return page.evaluate(
        """() => {
          const pad = document.getElementById("pad");
          const {data} = pad.getContext("2d").getImageData(0, 0, pad.width, pad.height);
          return data.filter((value, at) => at % 4 === 3 && value > 0).length;
        }"""
    )
