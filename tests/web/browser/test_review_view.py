"""Review view: the queue, by keyboard and on a phone."""

import cv2
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect

NUMBERS = ("417", "2985", "60")
ALL_READINGS = {"review-below": ""}  # whatever their confidence


@pytest.fixture
def filled_queue(draw, tmp_path, server, browser):
    """Empty the queue and add some numbers; return a browser context for API requests."""
    context = browser.new_context()
    while items := context.request.get(f"{server}/v1/review").json()["items"]:
        for item in items:
            context.request.post(f"{server}/v1/review/{item['id']}/skip", data={"by": "test"})
    for number in NUMBERS:
        path = tmp_path / f"{number}.png"
        cv2.imwrite(str(path), draw(number))
        file = {"name": path.name, "mimeType": "image/png", "buffer": path.read_bytes()}
        answer = context.request.post(
            f"{server}/v1/read", params={"keep": "true"}, multipart={"picture": file}
        )
        assert answer.ok, answer.text()
    yield context
    context.close()


def test_queue_is_reviewed_by_keyboard(filled_queue, open_page, server):
    page = open_page("review", remembered=ALL_READINGS)
    answer = page.locator("#review-text")
    expect(page.locator("#review-progress")).to_have_text("3 to review")
    expect(answer).to_be_focused()
    shown = [answer.input_value()]
    page.keyboard.press("Enter")  # confirm
    expect(page.locator("#review-progress")).to_contain_text("2 to review")
    shown.append(answer.input_value())
    page.keyboard.type("2986")  # replaces the selected text
    page.keyboard.press("Enter")
    expect(page.locator("#review-progress")).to_contain_text("1 to review")
    shown.append(answer.input_value())
    page.keyboard.press("Enter")
    expect(page.locator(".empty-title")).to_have_text("Nothing to review")
    assert sorted(shown) == sorted(NUMBERS)
    page.wait_for_function(
        "async () => (await (await fetch('v1/review')).json()).waiting === 0", polling=200
    )
    kept = page.request.get(f"{server}/v1/corrections?limit=500").json()["corrections"]
    assert "2986" in [each["to"] for each in kept]


def test_undo_returns_to_the_last_number(filled_queue, open_page):
    page = open_page("review", remembered=ALL_READINGS)
    answer = page.locator("#review-text")
    first = answer.input_value()
    page.keyboard.type("999")
    page.keyboard.press("Enter")
    expect(answer).not_to_have_value(first)
    page.keyboard.press("u")
    expect(answer).to_have_value(first)
    expect(answer).to_be_focused()
    expect(page.locator("#review-progress")).to_contain_text("3 to review")


def test_skip_shows_the_next_number(filled_queue, open_page):
    page = open_page("review", remembered=ALL_READINGS)
    first = page.locator("#review-text").input_value()
    page.keyboard.press("s")
    expect(page.locator("#review-text")).not_to_have_value(first)
    expect(page.locator("#review-done-list li")).to_contain_text("skipped")


def test_history_lists_changes(filled_queue, open_page):
    page = open_page("review", remembered=ALL_READINGS)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Your name").press("Tab")
    answer = page.locator("#review-text")
    first = answer.input_value()
    answer.fill("123")
    answer.press("Enter")
    expect(answer).not_to_have_value(first)
    page.keyboard.press("u")
    expect(answer).to_have_value(first)
    page.keyboard.press("h")
    table = page.locator("#review-changes")
    expect(table).to_contain_text("Ada")
    expect(table).to_contain_text("123")


def test_crop_is_shown_large(filled_queue, open_page):
    page = open_page("review", remembered=ALL_READINGS)
    crop = page.locator("#review-crop")
    expect(crop).to_have_attribute("alt", f"Handwriting, read as {shown(page)}")
    page.wait_for_function("() => document.getElementById('review-crop').naturalWidth > 0")
    assert crop.bounding_box()["height"] >= 80


def test_next_crops_are_prefetched(filled_queue, open_page):
    page = open_page("review", remembered=ALL_READINGS)
    page.wait_for_function(
        """() => performance.getEntriesByType("resource")
          .filter(({name}) => name.endsWith("/crop")).length === 3"""
    )
    page.route("**/v1/review/*/crop", lambda route: route.abort())
    first = page.locator("#review-crop").get_attribute("src")
    page.keyboard.press("Enter")
    expect(page.locator("#review-crop")).not_to_have_attribute("src", first)
    page.wait_for_function("() => document.getElementById('review-crop').naturalWidth > 0")


def test_queue_is_reviewed_on_a_phone(filled_queue, open_page):
    page = open_page("review", phone=True, remembered=ALL_READINGS)
    page.wait_for_function("() => document.getElementById('review-crop').naturalWidth > 0")
    tabs = page.get_by_role("navigation", name="Views").bounding_box()
    button = page.get_by_role("button", name="Confirm")
    assert button.bounding_box()["y"] + button.bounding_box()["height"] < tabs["y"]
    for left in ("2 to review", "1 to review", "0 to review"):
        button.tap()
        expect(page.locator("#review-progress")).to_contain_text(left)
    expect(page.locator(".empty-title")).to_be_visible()


def test_item_that_could_not_be_sent_returns(filled_queue, open_page, monitor):
    monitor.expected = "net::ERR_FAILED"
    page = open_page("review", remembered=ALL_READINGS)
    first = shown(page)
    page.route(
        "**/v1/review/*",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.keyboard.press("Enter")
    expect(page.locator("#review-notice")).to_contain_text("Please review")
    expect(page.locator("#review-text")).to_have_value(first)


def shown(page) -> str:
    return page.locator("#review-text").input_value()


def test_change_of_another_user_is_shown_and_not_replaced(filled_queue, open_page, server, monitor):
    monitor.expected = "409"
    page = open_page("review", remembered=ALL_READINGS)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Your name").press("Tab")
    item = filled_queue.request.get(f"{server}/v1/review?limit=1").json()["items"][0]
    address = f"{server}/v1/review/{item['id']}"
    filled_queue.request.post(address, data={"text": "111", "by": "Bob", "version": "0"})
    answer = page.locator("#review-text")
    answer.fill("222")
    answer.press("Enter")
    expect(page.locator("#review-notice")).to_contain_text("Bob has changed this number")
    expect(answer).to_have_value("111")
    answer.fill("222")
    answer.press("Enter")  # replaces the change, which was shown
    expect(answer).not_to_have_value("222")
    page.wait_for_function(
        """async (address) => {
          const { changes } = await (await fetch(address + "/history")).json();
          return changes.map(({ to }) => to).join() === "111,222";
        }""",
        arg=address,
        polling=200,
    )


def test_answer_with_a_lost_response_is_stored_once(filled_queue, open_page, server, monitor):
    monitor.expected = "net::ERR_FAILED"
    page = open_page("review", remembered=ALL_READINGS)
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
    item = filled_queue.request.get(f"{server}/v1/review?limit=1").json()["items"][0]
    answer = page.locator("#review-text")
    answer.fill("999")
    answer.press("Enter")
    expect(page.locator("#review-notice")).to_contain_text("Please review")
    expect(answer).to_have_value(item["text"])
    answer.fill("999")
    answer.press("Enter")
    expect(page.locator("#review-progress")).to_contain_text("2 to review")
    page.wait_for_timeout(300)
    history = filled_queue.request.get(f"{server}/v1/review/{item['id']}/history").json()
    assert [change["to"] for change in history["changes"]] == ["999"]
    assert len(set(keys)) == 1 and len(keys) == 2
