"""Two users without a name in the tables of one batch: no answer is lost or shown wrongly."""

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from composed_tables import ruled_table
from page_batches import encoded_png, make_batch
from playwright.sync_api import expect

CHANGED = "Another user has changed this number to “11”"


@pytest.fixture
def batch(browser, server):
    """Return the id of a batch with a table, whose second cell is empty."""
    context = browser.new_context()
    picture = encoded_png(ruled_table([["17", "", "30"], ["4", "52", "608"]]))
    yield make_batch(context.request, server, {"a.png": picture}, name="Register")
    context.close()


@pytest.fixture
def two_pages(open_page, server, batch, monitor):
    """Return two browsers that show the table."""
    monitor.expected = "409"
    pages = [open_page("home"), open_page("home")]
    for page in pages:
        page.goto(f"{server}/#batch/{batch}/tables")
        expect(page.locator(".cell-grid [aria-selected=true]")).to_be_focused()
        page.get_by_label("Enter goes to").uncheck()
    return pages


def cell(page, row: int, column: int):
    return page.locator(f".cell-grid td[data-row='{row}'][data-column='{column}']")


def answer(page, place: tuple[int, int], text: str) -> None:
    cell(page, *place).click()
    with page.expect_response(lambda response: response.request.method in ("PUT", "POST")):
        page.keyboard.type(text)
        page.keyboard.press("Enter")


@pytest.mark.parametrize("place", [(1, 1), (1, 2)])
def test_answer_of_the_other_is_shown_before_it_is_replaced(two_pages, place):
    first, second = two_pages
    answer(first, place, "11")
    answer(second, place, "22")
    expect(second.locator("#batch .notice[role=alert]")).to_contain_text(CHANGED)
    expect(cell(second, *place)).to_contain_text("11")
    answer(second, place, "22")
    expect(cell(second, *place)).to_contain_text("22")
    second.reload()
    expect(cell(second, *place)).to_contain_text("22")


def test_own_answers_are_replaced_and_undone_without_a_question(two_pages):
    page, _ = two_pages
    for text in ("5", "6"):
        answer(page, (1, 2), text)
    for _ in range(2):
        with page.expect_response("**/undo"):
            page.keyboard.press("Control+z")
    expect(cell(page, 1, 2)).to_have_text("")
    answer(page, (1, 2), "7")
    expect(cell(page, 1, 2)).to_contain_text("7")
    expect(page.locator("#batch .notice:visible")).to_have_count(0)


def test_undo_shows_what_the_other_has_written(two_pages):
    first, second = two_pages
    answer(first, (1, 1), "5")
    second.reload()
    expect(cell(second, 1, 1)).to_contain_text("5")
    answer(second, (1, 1), "11")
    first.keyboard.press("Control+z")
    expect(first.locator("#batch .notice[role=alert]")).to_contain_text(CHANGED)
    expect(cell(first, 1, 1)).to_contain_text("11")


def test_tables_of_a_deleted_batch_are_left(two_pages, server, batch):
    page, _ = two_pages
    assert page.request.delete(f"{server}/v1/batches/{batch}").ok
    expect(page.locator("body[data-ready=home]")).to_be_attached()
