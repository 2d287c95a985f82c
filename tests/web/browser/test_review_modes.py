"""Check: form by form, equal readings, marks, two people, and the page beside the number."""

import re

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from page_batches import make_batch
from playwright.sync_api import expect
from review_queue import (
    ALL_READINGS,
    add_numbers,
    answers_of,
    change_items,
    empty_queue,
    wait_for_answers,
    wait_until,
)

FIELDS = [
    {"name": name, "box": [x, y, x + w, y + 62]}
    for name, x, y, w in (
        ("adults", 300, 434, 260),
        ("children", 300, 526, 260),
        ("seniors", 300, 618, 260),
        ("total", 300, 710, 260),
    )
]
SUM = [{"sum": ["adults", "children", "seniors"], "equals": "total"}]


@pytest.fixture
def api(browser, server):
    """Return a context for requests, with an empty queue."""
    context = browser.new_context()
    empty_queue(context.request, server)
    yield context.request
    context.close()


@pytest.fixture
def form_batch(api, server):
    """Return the id of a batch with a form of the example."""
    from composed_forms import FORM

    blank = (FORM / "blank-form.png").read_bytes()
    file = {"name": "blank.png", "mimeType": "image/png", "buffer": blank}
    found = api.post(f"{server}/v1/templates/detect?turn=0", multipart={"picture": file}).json()
    body = {"fields": FIELDS, "relations": SUM, "picture_id": found["picture_id"]}
    answer = api.put(f"{server}/v1/templates/check-sheet", data=body)
    assert answer.ok, answer.text()
    sheets = {name: (FORM / name).read_bytes() for name in ("sheet-1.jpg", "sheet-2.jpg")}
    return make_batch(api, server, sheets, templates=["check-sheet"])


def open_mode(open_page, server, mode, path="review", prepare=lambda page: None, **options):
    page = open_page("home", remembered={**ALL_READINGS, "review-mode": mode}, **options)
    prepare(page)
    page.goto(f"{server}/#{path}")
    page.wait_for_selector("body[data-ready=review]")
    return page


def test_page_is_shown_beside_the_number_with_its_rule(form_batch, open_page, server):
    page = open_mode(open_page, server, "single", f"review/{form_batch}")
    expect(page.locator(".check-view img")).to_have_attribute("alt", re.compile("^Page 1 of"))
    expect(page.locator(".check-rules li")).to_contain_text("adults + children + seniors = total")
    field = page.get_by_role("textbox", name="Number")
    field.fill("9999")
    expect(page.locator(".check-rules li")).to_contain_text("does not add up")
    frame, view = (page.locator(each).bounding_box() for each in (".check-frame", ".check-view"))
    assert view["x"] <= frame["x"] and frame["x"] + frame["width"] <= view["x"] + view["width"]
    assert view["y"] <= frame["y"] and frame["height"] < 0.4 * view["height"]
    page.keyboard.press("p")  # the whole page
    expect(page.get_by_role("button", name="Page P")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".check-frame").bounding_box()["height"] < frame["height"]


def test_form_is_checked_field_by_field(form_batch, open_page, server):
    page = open_mode(open_page, server, "form", f"review/{form_batch}")
    expect(page.locator(".progress")).to_contain_text("Form 1 of 2 · 4 to check on it")
    expect(page.get_by_label("Adults")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Children")).to_be_focused()
    page.keyboard.press("Delete")  # nothing here
    expect(page.locator(".check-field", has_text="Children")).to_contain_text("Nothing here")
    expect(page.get_by_label("Seniors")).to_be_focused()
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    expect(page.locator(".check-field", has_text="Seniors")).to_contain_text("Corrected from")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Adults")).to_be_focused()  # what was left
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_contain_text("Form 2 of 2")
    page.keyboard.press("Control+z")
    expect(page.locator(".progress")).to_contain_text("Form 1 of 2")
    expect(page.locator(".progress")).to_contain_text("3 checked")
    items = page.request.get(f"{server}/v1/batches/{form_batch}/items").json()["items"]
    states = {row["field"]: row["state"] for row in items[0]["rows"]}
    assert states["children"] == states["seniors"] == "corrected"
    assert states["adults"] == "waiting"


def test_field_is_skipped_and_has_a_history(form_batch, open_page, server):
    page = open_mode(open_page, server, "form", f"review/{form_batch}")
    adults = page.locator(".check-field", has_text="Adults")
    page.keyboard.press("s")
    expect(adults).to_contain_text("Skipped")
    expect(page.get_by_label("Children")).to_be_focused()
    expect(page.locator(".progress")).to_contain_text("3 to check on it")
    page.keyboard.press("h")
    expect(page.locator(".changes")).to_contain_text("No changes yet")
    page.get_by_label("Adults").focus()  # closes it
    expect(page.locator(".changes")).to_have_count(0)
    page.get_by_role("button", name="History").click()
    expect(page.locator(".changes")).to_contain_text("skipped")
    page.keyboard.press("Control+z")
    expect(adults).to_contain_text("Read as")
    expect(page.get_by_label("Adults")).to_be_focused()
    page.keyboard.press("s")
    page.get_by_label("Adults").focus()
    page.keyboard.press("Enter")  # answers it after all
    expect(adults).to_contain_text("Confirmed")


def test_odd_one_among_equal_readings(api, draw, open_page, server):
    numbers = ("17", "17", "17", "17", "60")
    pictures = {f"{at}-{text}.png": draw(text) for at, text in enumerate(numbers)}
    lines = add_numbers(api, server, pictures)
    page = open_mode(open_page, server, "same")
    expect(page.get_by_role("heading", name="Which of these is not 17?")).to_be_visible()
    tiles = page.locator(".crop-grid .crop-tile")
    expect(tiles).to_have_count(4)
    expect(tiles.first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(tiles.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="The other 3 are 17")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#review .empty-title").last).to_be_visible()

    def states():
        return sorted(state for state, _ in answers_of(api, server, lines))

    wait_until(page, states, ["confirmed"] * 3 + ["waiting"] * 2)
    page.get_by_role("button", name="check them one by one").click()
    field = page.get_by_role("textbox", name="Number")
    expect(field).to_have_value("")  # it is not 17
    page.keyboard.press("Control+z")
    expect(page.locator(".progress")).to_contain_text("5 to check")
    wait_until(page, states, ["waiting"] * 5)


def test_marks_are_collapsed_and_answered_together(api, draw, open_page, server):
    lines = add_numbers(api, server, {f"{at}.png": draw(str(at)) for at in range(3)})

    def as_marks(route):
        url = route.request.url.replace("marks=only", "marks=include")
        found = route.fetch(url=url)
        body = found.json()
        if "marks=only" not in route.request.url:
            body |= {"marks": 3, "waiting": 0, "items": []}
        route.fulfill(response=found, json=body)

    page = open_mode(
        open_page, server, "single", prepare=lambda p: p.route("**/v1/review?*", as_marks)
    )
    summary = page.get_by_text("3 marks that are probably not numbers")
    expect(page.locator(".check-marks .crop-tile")).to_have_count(0)
    summary.click()
    expect(page.locator(".check-marks .crop-tile")).to_have_count(3)
    page.locator(".check-marks .crop-tile").first.click()
    page.get_by_role("button", name="The other 2 are not numbers").click()
    expect(page.get_by_role("textbox", name="Number")).to_be_visible()  # the one that is
    nothing = [("corrected", "")] * 2
    wait_until(page, lambda: sorted(answers_of(api, server, lines))[:2], nothing)
    page.keyboard.press("Control+z")
    wait_until(page, lambda: {s for s, _ in answers_of(api, server, lines)}, {"waiting"})


def test_two_people_type_blind_and_a_third_answer_decides(api, draw, open_page, server):
    lines = add_numbers(api, server, {"a.png": draw("417"), "b.png": draw("60")})
    page = open_mode(open_page, server, "two")
    page.get_by_role("button", name="Enter your name").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    name, field = page.get_by_label("Your name"), page.get_by_role("textbox", name="Number")

    def type_as(person, *numbers):
        name.fill(person)
        name.press("Tab")
        expect(page.locator(".progress")).to_contain_text("2 to type")
        for number in numbers:
            expect(field).to_have_value("")
            expect(page.locator("#check-meta")).to_have_text(
                "Type what you see. The reading is not shown."
            )
            field.fill(number)
            field.press("Enter")
        expect(page.get_by_text("You have typed all numbers")).to_be_visible()

    type_as("Ann", "417", "60")
    page.keyboard.press("Control+z")
    expect(page.locator(".progress")).to_contain_text("1 to type")
    field.fill("66")
    field.press("Enter")
    expect(page.get_by_text("You have typed all numbers")).to_be_visible()
    type_as("Bob", "417", "60")
    wait_for_answers(page, server, lines, [("confirmed", "417"), ("waiting", "60")])
    history = api.get(f"{server}/v1/review/{lines[0]}/history").json()["changes"]
    assert [change["by"] for change in history] == ["Ann and Bob"]
    name.fill("Carla")
    name.press("Tab")
    page.get_by_role("button", name="Decide 1 difference").click()
    expect(page.locator("#check-meta")).to_have_text("Ann: 66 · Bob: 60. Which is right?")
    page.locator(".chip", has_text="Bob").click()
    field.press("Enter")
    expect(page.get_by_text("No differences")).to_be_visible()
    wait_for_answers(page, server, lines, [("confirmed", "417"), ("confirmed", "60")])


def test_only_numbers_of_a_batch_are_shown(api, draw, open_page, server):
    add_numbers(api, server, {"other.png": draw("60")})
    batch = make_batch(api, server, {"a.png": draw("417"), "b.png": draw("2985")})
    page = open_mode(open_page, server, "single", f"review/{batch}")
    expect(page.locator(".progress")).to_have_text("2 to check")
    page.locator("#check-batch").select_option("")
    expect(page.locator(".progress")).to_have_text("3 to check")
    assert page.evaluate("() => location.hash") == "#review"


def test_number_of_another_format_is_kept_as_written(api, draw, open_page, server, monitor):
    monitor.expected = "422"
    lines = add_numbers(api, server, {"a.png": draw("417"), "b.png": draw("60")})
    page = open_mode(
        open_page,
        server,
        "single",
        prepare=lambda p: change_items(p, {"417": {"format": "digits:3"}}),
    )
    field = page.get_by_role("textbox", name="Number")
    if field.input_value() != "417":
        page.keyboard.press("Enter")
    expect(field).to_have_value("417")
    field.fill("41")
    field.press("Enter")
    page.get_by_role("button", name="Keep 41 as written").click()
    wait_until(page, lambda: answers_of(api, server, lines)[0], ("corrected", "41"))
