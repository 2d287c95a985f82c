"""Batch: the table of results, its filters and keys, corrections, and reading again."""

import cv2
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from composed_tables import ruled_table
from page_batches import make_batch
from playwright.sync_api import expect

NUMBERS = {"a.png": "417", "b.png": "2986", "c.png": "60"}
SELECTED = ".table-row.selected .file-label"


@pytest.fixture
def open_batch(open_page, draw, server):
    """Return a function that opens a batch of three numbers and a file that cannot be read."""

    def open_view(*, phone=False, filter=""):
        page = open_page("home", phone=phone)
        pictures = {name: draw(number) for name, number in NUMBERS.items()}
        broken = b"\x89PNG\r\n\x1a\n" + bytes(100)
        batch = make_batch(page.request, server, pictures | {"d.png": broken})
        page.goto(f"{server}/#batch/{batch}{filter}")
        page.wait_for_selector("body[data-ready=batch]")
        expect(page.locator(SELECTED)).to_be_visible()
        return page

    return open_view


def number(page, at: int):
    return page.locator(".table-body .table-row").nth(at).locator(".number").first


def shown(page) -> list[str]:
    return page.locator(".table-body .table-row .file-label").all_inner_texts()


def test_rows_show_numbers_and_errors(open_batch):
    page = open_batch()
    for at, text in enumerate(NUMBERS.values()):
        expect(number(page, at).locator(".cell-text")).to_have_text(text)
    failed = page.locator(".table-row", has_text="d.png")
    expect(failed.locator(".message")).to_be_visible()
    expect(failed.locator(".dot")).to_have_text("✕")
    expect(page.locator(".panel-picture")).to_have_attribute("alt", "Page 1 of a.png")


def test_number_is_corrected_in_place_and_undone(open_batch):
    page = open_batch()
    page.locator(".batch-table").focus()
    page.keyboard.type("419")  # replaces the number
    page.keyboard.press("Enter")
    expect(number(page, 0)).to_contain_text("419")
    expect(number(page, 0)).to_have_attribute("aria-label", "419, corrected, read as 417")
    expect(page.locator(SELECTED)).to_have_text("b.png")  # the next row
    expect(page.locator(".filter-count").last).to_have_text("1")
    page.keyboard.press("Control+z")
    expect(number(page, 0).locator(".cell-text")).to_have_text("417")


def test_answer_is_validated(open_batch):
    page = open_batch()
    page.locator(".batch-table").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    expect(page.locator("#batch .notice[role=alert]")).to_contain_text("not a digit")
    expect(number(page, 0).locator(".cell-text")).to_have_text("417")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.keyboard.type("5")
    page.keyboard.press("Escape")  # leaves it
    expect(number(page, 0).locator(".cell-text")).to_have_text("417")


def test_keys_move_between_rows_and_the_picture_follows(open_batch):
    page = open_batch()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(SELECTED)).to_have_text("c.png")
    expect(page.locator(".panel-title")).to_have_text("c.png")
    expect(page.locator(".panel-picture")).to_have_attribute("alt", "Page 1 of c.png")
    page.keyboard.press("k")
    expect(page.locator(SELECTED)).to_have_text("b.png")


def test_filters_search_and_sorting(open_batch):
    page = open_batch(filter="/failed")
    assert shown(page) == ["d.png"]
    page.locator("[name=batch-filter][value=all]").check()
    expect(page.locator(".table-body .table-row")).to_have_count(4)
    page.get_by_role("button", name="File", exact=True).click()
    expect(page.locator(".table-body .file-label").first).to_have_text("d.png")
    page.get_by_role("searchbox").fill("2986")
    expect(page.locator(".table-body .table-row")).to_have_count(1)
    assert shown(page) == ["b.png"]
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.locator("#batch .empty")).to_have_text("Nothing matches your search.")


def test_answer_of_another_user_is_shown(open_batch, server, monitor):
    monitor.expected = "409"
    page = open_batch()
    line = page.evaluate(
        """async () => {
          const id = location.hash.split("/")[1];
          const { items } = await (await fetch(`v1/batches/${id}/items`)).json();
          return items[0].rows[0].line_id;
        }"""
    )
    page.request.post(f"{server}/v1/corrections", data={"line_id": line, "text": "1", "by": "Bob"})
    page.locator(".batch-table").focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator("#batch .notice[role=alert]")).to_contain_text("Bob has changed")
    expect(number(page, 0).locator(".cell-text")).to_have_text("1")


def test_reading_again_asks_and_keeps_corrections(open_batch):
    page = open_batch()
    page.locator(".batch-table").focus()
    page.keyboard.type("419")
    page.keyboard.press("Enter")
    expect(number(page, 0)).to_contain_text("✎")
    page.get_by_role("button", name="Read again").click()
    page.get_by_label("What is on the pages").select_option("digit")
    page.get_by_role("button", name="Read 4 files again").click()
    changes = page.locator("#batch .notice", has_text="Read again:")
    expect(changes).to_contain_text("changed")
    expect(number(page, 0)).to_contain_text("419")
    changes.get_by_role("button", name="Show them").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("tbody tr").first).to_be_visible()
    dialog.get_by_role("button", name="Close").click()


def test_results_are_exported_with_corrections(open_batch):
    page = open_batch()
    page.locator(".batch-table").focus()
    page.keyboard.type("419")
    page.keyboard.press("Enter")
    expect(number(page, 0)).to_contain_text("✎")
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    text = download.value.path().read_text()
    assert download.value.suggested_filename == "Test.csv"
    assert "419" in text and "2986" in text


def test_batch_works_on_a_phone(open_batch):
    page = open_batch(phone=True)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    expect(page.locator(".panel-sheet")).to_be_hidden()
    page.get_by_role("button", name="Show the page").tap()
    expect(page.locator(".panel-sheet")).to_be_visible()
    number(page, 1).tap()
    expect(page.locator(".panel-title")).to_have_text("b.png")
    page.locator(".panel-input").fill("2987")
    page.get_by_role("button", name="Accept").tap()
    expect(number(page, 1)).to_contain_text("2987")


def test_picture_of_a_turned_page_is_upright(open_page, server):
    texts = [["17", "", "30"], ["4", "52", "608"], ["91", "25", "7"], ["46", "83", "29"]]
    turned = cv2.rotate(ruled_table(texts), cv2.ROTATE_90_CLOCKWISE)
    page = open_page("home")
    batch = make_batch(page.request, server, {"a.png": turned})
    page.goto(f"{server}/#batch/{batch}")
    expect(page.locator(".panel-frame")).to_be_visible()
    sheet, frame = (page.locator(f".panel-{name}").bounding_box() for name in ("sheet", "frame"))
    assert sheet["height"] / sheet["width"] == pytest.approx(520 / 690, abs=0.05)
    # The first number is at the top left.
    assert frame["x"] < sheet["x"] + sheet["width"] / 3
    assert frame["y"] < sheet["y"] + sheet["height"] / 3
