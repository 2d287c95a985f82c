"""Tables of a batch: a grid beside the picture, answers by keyboard, copying for Excel."""

import re

import cv2
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from composed_tables import ruled_table
from page_batches import encoded_png, make_batch
from playwright.sync_api import expect

TEXTS = [["17", "", "30"], ["4", "52", "608"], ["91", "25", "7"], ["46", "83", "29"]]
CLIPBOARD = """async () => {
  const [item] = await navigator.clipboard.read();
  const read = async (type) => (await item.getType(type)).text();
  return [await read("text/plain"), await read("text/html")];
}"""


@pytest.fixture(scope="module")
def batch(browser, server):
    """Return the id of a batch with three tables, one of them on a turned page."""
    page = ruled_table(TEXTS)
    turned = cv2.rotate(page, cv2.ROTATE_90_CLOCKWISE)
    context = browser.new_context()
    yield make_batch(
        context.request,
        server,
        {"a.png": encoded_png(page), "b.png": encoded_png(page), "c.png": encoded_png(turned)},
        name="Register",
    )
    context.close()


@pytest.fixture
def open_tables(open_page, server, batch):
    """Return a function that opens the table of a file."""

    def open_view(file="a.png", **options):
        page = open_page("home", **options)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        tables = page.request.get(f"{server}/v1/batches/{batch}/tables").json()["tables"]
        [item] = [table["item"] for table in tables if table["name"] == file]
        page.goto(f"{server}/#batch/{batch}/tables/{item}/1/1")
        page.wait_for_selector("body[data-ready=batch]")
        expect(page.locator(".cell-grid [aria-selected=true]")).to_be_focused()
        return page

    return open_view


def cell(page, row: int, column: int):
    return page.locator(f".cell-grid td[data-row='{row}'][data-column='{column}']")


def select(page, row: int, column: int) -> None:
    """Select a cell from the keyboard."""
    page.keyboard.press("Control+Home")
    for key, times in (("ArrowDown", row - 1), ("ArrowRight", column - 1)):
        for _ in range(times):
            page.keyboard.press(key)
    expect(cell(page, row, column)).to_be_focused()


def center_of(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_batch_links_to_its_tables(open_page, server, batch):
    page = open_page("home")
    page.goto(f"{server}/#batch/{batch}")
    page.wait_for_selector("body[data-ready=batch]")
    expect(page.get_by_role("link", name="Open the table")).to_be_visible()
    page.get_by_role("link", name="Tables", exact=True).click()
    expect(page.locator(".cell-grid tbody tr")).to_have_count(4)
    chooser = page.get_by_label("Table", exact=True)
    expect(chooser.locator("option")).to_have_count(3)
    page.get_by_role("button", name="Next table").click()
    expect(page.locator(".picture-foot")).to_contain_text("b.png")
    assert page.evaluate("() => location.hash").startswith(f"#batch/{batch}/tables/")
    page.get_by_role("link", name="All files of this batch").click()
    expect(page.locator(".batch-table")).to_be_visible()


@pytest.mark.parametrize("file", ["a.png", "c.png"])
def test_cell_and_picture_are_selected_together(open_tables, file):
    page = open_tables(file)
    select(page, 3, 2)
    frame = page.locator(".cell-frame")
    low = center_of(frame)
    expect(page.locator(".cell-label.selected")).to_contain_text(cell(page, 3, 2).inner_text())
    select(page, 1, 1)
    x, y = center_of(frame)
    assert x < low[0] and y < low[1]
    page.mouse.click(*low)
    expect(cell(page, 3, 2)).to_be_focused()
    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Larger").click()
    select(page, 4, 3)
    expect(frame).to_be_in_viewport()


def test_cells_are_changed_as_in_a_spreadsheet(open_tables):
    page = open_tables()
    page.get_by_label("Enter goes to").uncheck()
    cell(page, 2, 1).click()
    page.keyboard.type("0045")  # replaces the text
    expect(page.locator(".cell-label.selected")).to_have_text("0045")
    page.keyboard.press("Tab")
    expect(cell(page, 2, 1)).to_have_text("0045")
    expect(cell(page, 2, 1)).to_have_class("corrected")
    expect(cell(page, 2, 2)).to_be_focused()
    page.keyboard.type("8")
    page.keyboard.press("ArrowDown")
    expect(cell(page, 3, 2)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("F2")
    page.keyboard.type("9")
    page.keyboard.press("Escape")  # leaves it
    expect(cell(page, 3, 1)).not_to_have_text("9")
    page.keyboard.press("Delete")
    expect(cell(page, 3, 1)).to_have_text("")
    for _ in range(3):  # while the answers are being sent
        page.keyboard.press("Control+z")
    expect(cell(page, 2, 1)).not_to_have_text("0045")
    expect(cell(page, 2, 1)).to_be_focused()
    expect(cell(page, 3, 1)).not_to_have_text("")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Copy for Excel")).to_be_focused()


def test_answer_is_validated_before_it_leaves_the_cell(open_tables):
    page = open_tables()
    select(page, 2, 2)
    page.keyboard.press("F2")
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    field = page.locator(".cell-input")
    expect(field).to_be_focused()
    assert "not a digit" in field.evaluate("(field) => field.validationMessage")
    page.keyboard.press("Escape")


def test_empty_cell_gets_a_number(open_tables):
    page = open_tables("b.png")
    select(page, 1, 2)
    expect(cell(page, 1, 2)).to_have_class("vacant")
    expect(page.locator(".cell-bar")).to_contain_text("No number was found here")
    expect(page.locator(".cell-frame")).to_be_visible()
    page.keyboard.type("305")
    page.keyboard.press("Tab")
    expect(cell(page, 1, 2)).to_have_text("305")
    page.reload()
    expect(cell(page, 1, 2)).to_have_text("305")
    select(page, 1, 2)
    page.keyboard.type("306")
    page.keyboard.press("Tab")
    expect(cell(page, 1, 2)).to_have_text("306")
    page.keyboard.press("Control+z")
    expect(cell(page, 1, 2)).to_have_text("305")


def test_column_that_was_not_found_is_added(open_tables):
    page = open_tables("b.png")
    page.get_by_role("button", name="Add a column").click()
    expect(cell(page, 1, 4)).to_be_focused()
    expect(page.locator(".cell-frame")).to_be_visible()
    page.get_by_role("button", name="Add a column").click()  # not two empty ones
    expect(page.locator(".cell-grid thead th")).to_have_count(4)
    page.keyboard.type("88")
    page.keyboard.press("ArrowDown")
    expect(cell(page, 1, 4)).to_have_text("88")
    page.get_by_role("button", name="Add a row").click()
    expect(cell(page, 5, 1)).to_be_focused()
    page.keyboard.type("5")
    page.keyboard.press("Control+Enter")
    expect(cell(page, 5, 1)).to_have_text("5")
    page.reload()
    expect(cell(page, 1, 4)).to_have_text("88")
    expect(cell(page, 5, 1)).to_have_text("5")


def test_enter_confirms_and_goes_to_the_next_one_to_check(open_tables):
    page = open_tables("c.png")
    status = page.locator(".tables-head [role=status]")
    page.keyboard.press("n")
    for _ in range(30):
        if status.inner_text() == "Nothing to check":
            break
        expect(page.locator(".cell-grid [aria-selected=true]")).to_have_class("uncertain")
        page.keyboard.press("Enter")
        if page.locator(".cell-input").count():  # an improbable reading is looked at first
            page.keyboard.press("Enter")
    expect(status).to_have_text("Nothing to check")
    expect(page.get_by_role("button", name="Next to check")).to_be_disabled()
    expect(page.locator(".cell-grid .confirmed").first).to_be_visible()


def test_table_is_copied_for_excel(open_tables):
    page = open_tables()
    for row, column, text in ((1, 1, "007"), (1, 2, "+1,6"), (1, 3, "-0.30"), (2, 1, "=2+3")):
        select(page, row, column)
        page.keyboard.press("F2")
        page.locator(".cell-input").fill(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+c")
    expect(page.locator(".tables-head [role=status]")).to_contain_text("Copied 4 rows, 3 columns")
    expect(cell(page, 2, 2)).to_be_focused()
    text, html = page.evaluate(CLIPBOARD)
    rows = [line.split("\t") for line in text.split("\r\n")]
    assert rows[0] == ["007", "+1,6", "-0.30"]
    assert rows[1][0] == "'=2+3"  # spreadsheets would compute it
    assert [len(row) for row in rows] == [3] * 4
    first, second, third = re.findall("<td.*?</td>", html)[:3]
    assert "mso-number-format" in first and ">007<" in first and "x:num" not in first
    assert '="1.6"' in second and '="-0.3"' in third
    page.evaluate("() => navigator.clipboard.writeText('')")
    page.get_by_role("button", name="Copy for Excel").click()
    assert page.evaluate(CLIPBOARD.replace('"text/html"', '"text/plain"'))[0] == text
    for _ in range(4):
        page.keyboard.press("Control+z")
    expect(cell(page, 1, 1)).not_to_have_text("007")


def test_table_on_a_phone(open_tables):
    page = open_tables(phone=True)
    view, target = page.locator(".table-view").bounding_box(), cell(page, 2, 2)
    grid = page.locator(".grid-scroll").bounding_box()
    assert view["y"] + view["height"] < grid["y"]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    target.tap()
    target.tap()
    page.locator(".cell-input").fill("99")
    page.keyboard.press("Enter")
    expect(target).to_have_text("99")
    target.tap()
    page.get_by_role("button", name="Nothing here").tap()
    expect(target).to_have_text("")


def test_large_table_is_fluid(open_tables, batch):
    page = open_tables()

    def enlarge(route):
        table = route.fetch().json()
        number = {**table["numbers"][0], "uncertain": False, "crop": None}
        places = [(row, column) for row in range(60) for column in range(40)]
        table |= {"rows": 60, "columns": 40, "width": 4000, "height": 3000, "empty": []}
        table["numbers"] = [
            number
            | {"row": row + 1, "column": column + 1, "text": str(row * 40 + column)}
            | {"box": [column * 100, row * 50, column * 100 + 60, row * 50 + 30]}
            for row, column in places
        ]
        route.fulfill(json=table)

    page.route("**/items/*/tables/1/1", enlarge)
    page.reload()
    expect(page.locator(".cell-grid tbody tr")).to_have_count(60)
    seconds = page.evaluate(
        """async () => {
          const press = () => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
          const times = [];
          for (let at = 0; at < 50; at += 1) {
            const start = performance.now();
            press();
            document.body.getBoundingClientRect(); // with the layout
            times.push((performance.now() - start) / 1000);
            await new Promise(requestAnimationFrame);
          }
          return times.sort((a, b) => a - b)[25];
        }"""
    )
    expect(cell(page, 51, 1)).to_be_focused()
    print(f"a key in a table of 60 x 40 cells takes {1000 * seconds:.1f} ms")
    assert seconds < 0.1


def test_table_of_a_single_picture_is_copied(open_page, tmp_path):
    page = open_page("photograph")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    (tmp_path / "a.png").write_bytes(encoded_png(ruled_table(TEXTS)))
    expect(page.locator("#copy-table")).to_be_hidden()
    page.set_input_files("#choose", str(tmp_path / "a.png"))
    page.locator("#copy-table").click()
    expect(page.locator("#copy-table")).to_have_text("Copied")
    text, html = page.evaluate(CLIPBOARD)
    rows = [line.split("\t") for line in text.split("\r\n")]
    assert [len(row) for row in rows] == [3] * 4 and rows[0][1] == ""
    assert html.count("<td") == 12
