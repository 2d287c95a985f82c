"""Check, one by one: keys, an empty input, nothing here, going back, undo, and other users."""

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect
from review_queue import (
    ALL_READINGS,
    add_numbers,
    change_items,
    empty_queue,
    wait_for_answers,
    wait_until,
)

NUMBERS = ("417", "2985", "60")


@pytest.fixture
def lines(draw, server, browser):
    """Replace the queue by three numbers; return the ids of their lines."""
    context = browser.new_context()
    empty_queue(context.request, server)
    pictures = {f"{number}.png": draw(number) for number in NUMBERS}
    yield add_numbers(context.request, server, pictures)
    context.close()


@pytest.fixture
def open_check(open_page, lines):
    def open_view(**options):
        return open_page("review", remembered=ALL_READINGS, **options)

    return open_view


def field(page):
    return page.get_by_role("textbox", name="Number")


def progress(page):
    return page.locator("#review .progress")


def changes_of(page, server, line) -> list[str]:
    """Return the texts of the changes of a line."""
    history = page.request.get(f"{server}/v1/review/{line}/history").json()
    return [change["to"] for change in history["changes"]]


def test_numbers_are_checked_by_keyboard(open_check, server, lines):
    page = open_check()
    expect(progress(page)).to_have_text("3 to check")
    expect(field(page)).to_be_focused()
    shown = [field(page).input_value()]
    page.keyboard.press("Enter")  # accept
    expect(progress(page)).to_contain_text("2 to check")
    shown.append(field(page).input_value())
    page.keyboard.type("2986")  # replaces the selected text
    page.keyboard.press("Enter")
    expect(progress(page)).to_contain_text("1 to check")
    shown.append(field(page).input_value())
    page.keyboard.press("Delete")  # nothing here
    expect(page.locator("#review .empty-title").first).to_have_text("Nothing to check")
    assert sorted(shown) == sorted(NUMBERS)
    answer_of = dict(
        zip(shown, [("confirmed", shown[0]), ("corrected", "2986"), ("corrected", "")], strict=True)
    )
    wait_for_answers(page, server, lines, [answer_of[number] for number in NUMBERS])


def test_an_improbable_number_starts_empty_and_enter_confirms_nothing(open_page, server, lines):
    page = open_page("home", remembered=ALL_READINGS)
    change_items(page, {number: {"confidence": 0.4} for number in NUMBERS})
    page.goto(f"{server}/#review")
    page.wait_for_selector("body[data-ready=review]")
    expect(field(page)).to_have_value("")
    for _ in range(20):
        page.keyboard.press("Enter")
    expect(page.locator("#review .notice")).to_contain_text("If nothing is written here")
    expect(progress(page)).to_have_text("3 to check")
    first = page.locator(".chip").first  # the reading is one click away
    text = first.locator("b").inner_text()
    first.click()
    expect(field(page)).to_have_value(text)
    page.keyboard.press("Enter")
    expect(progress(page)).to_contain_text("2 to check")
    expected = [("confirmed", n) if n == text else ("waiting", n) for n in NUMBERS]
    wait_for_answers(page, server, lines, expected)


def test_delete_edits_a_text_that_is_being_typed(open_check):
    page = open_check()
    page.keyboard.type("123")
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    expect(field(page)).to_have_value("23")
    expect(progress(page)).to_have_text("3 to check")


def test_back_shows_the_answer_and_changes_it(open_check, server, lines):
    page = open_check()
    first = field(page).input_value()
    page.keyboard.type("999")
    page.keyboard.press("Enter")
    expect(field(page)).not_to_have_value(first)
    page.keyboard.press("b")
    expect(field(page)).to_have_value("999")
    page.keyboard.type("998")
    page.keyboard.press("Enter")
    expect(progress(page)).to_contain_text("2 to check")
    expected = [("corrected", "998") if n == first else ("waiting", n) for n in NUMBERS]
    wait_for_answers(page, server, lines, expected)
    page.keyboard.press("Control+z")  # undoes one change at a time
    expect(field(page)).to_have_value("999")
    page.keyboard.press("Control+z")
    expect(field(page)).to_have_value(first)
    expect(progress(page)).to_contain_text("3 to check")
    wait_for_answers(page, server, lines, [("waiting", n) for n in NUMBERS])


def test_what_is_no_number_is_refused(open_check):
    page = open_check()
    field(page).fill("4x7")
    field(page).press("Enter")
    expect(page.locator("#review .notice")).to_contain_text("“x” is not a digit")
    expect(progress(page)).to_have_text("3 to check")


def test_skip_and_history(open_check):
    page = open_check()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Your name").press("Tab")
    first = field(page).input_value()
    field(page).fill("123")
    field(page).press("Enter")
    expect(field(page)).not_to_have_value(first)
    page.keyboard.press("u")
    expect(field(page)).to_have_value(first)
    page.keyboard.press("h")
    expect(page.locator(".changes")).to_contain_text("Ada")
    expect(page.locator(".changes")).to_contain_text("123")
    page.keyboard.press("s")
    expect(field(page)).not_to_have_value(first)
    expect(page.locator(".done-list li").first).to_have_text(f"{first} skipped")


def test_next_crops_are_prefetched(open_check):
    page = open_check()
    page.wait_for_function(
        """() => performance.getEntriesByType("resource")
          .filter(({name}) => name.endsWith("/crop")).length === 3"""
    )
    page.route("**/v1/review/*/crop", lambda route: route.abort())
    page.wait_for_function("() => document.querySelector('.check-crop').naturalWidth > 0")
    first = page.locator(".check-crop").get_attribute("src")
    page.keyboard.press("Enter")
    expect(page.locator(".check-crop")).not_to_have_attribute("src", first)
    page.wait_for_function("() => document.querySelector('.check-crop').naturalWidth > 0")


def test_numbers_are_checked_on_a_phone(open_check):
    page = open_check(phone=True)
    page.wait_for_function("() => document.querySelector('.check-crop').naturalWidth > 0")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    tabs = page.get_by_role("navigation", name="Views").bounding_box()
    button = page.get_by_role("button", name="Accept")
    assert button.bounding_box()["y"] + button.bounding_box()["height"] < tabs["y"]
    for left in ("2 to check", "1 to check", "0 to check"):
        button.tap()
        expect(progress(page)).to_contain_text(left)


def test_number_that_could_not_be_sent_returns(open_check, monitor):
    monitor.expected = "net::ERR_FAILED"
    page = open_check()
    first = field(page).input_value()
    page.route(
        "**/v1/review/*",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.keyboard.press("Enter")
    expect(page.locator("#review .notice")).to_contain_text(f"Please check “{first}” again")
    expect(field(page)).to_have_value(first)
    expect(progress(page)).to_contain_text("3 to check")


def test_change_of_another_user_is_shown_and_not_replaced(open_check, server, lines, monitor):
    monitor.expected = "409"
    page = open_check()
    line = lines[NUMBERS.index(field(page).input_value())]
    address = f"{server}/v1/review/{line}"
    page.request.post(address, data={"text": "111", "by": "Bob", "version": "0"})
    field(page).fill("222")
    field(page).press("Enter")
    expect(page.locator("#review .notice")).to_contain_text("Bob has changed this number")
    expect(field(page)).to_have_value("111")
    field(page).fill("222")
    field(page).press("Enter")  # replaces the change, which was shown
    expect(field(page)).not_to_have_value("222")
    answers = ["111", "222"]
    wait_until(page, lambda: changes_of(page, server, line), answers)


def test_answer_with_a_lost_response_is_stored_once(open_check, server, lines, monitor):
    monitor.expected = "net::ERR_FAILED"
    page = open_check()
    first = field(page).input_value()
    keys = []

    def lose_response(route):
        if route.request.method != "POST":
            return route.continue_()
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        route.fetch()
        return route.abort()

    page.route("**/v1/review/*", lose_response)
    field(page).fill("999")
    field(page).press("Enter")
    expect(page.locator("#review .notice")).to_contain_text("Please check")
    expect(field(page)).to_have_value(first)
    field(page).fill("999")
    field(page).press("Enter")
    expect(progress(page)).to_contain_text("2 to check")
    line = lines[NUMBERS.index(first)]
    wait_until(page, lambda: len(keys), 2)
    wait_until(page, lambda: changes_of(page, server, line), ["999"])
    assert len(set(keys)) == 1
