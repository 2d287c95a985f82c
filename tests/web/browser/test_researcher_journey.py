"""The researcher's journey: pictures of ruled registers are read, checked as tables, and exported.

The picture's numbers are those of `pages/strings.csv` of the folder `NUMERALS_DATA`.
"""

import csv
import io
import re
import time

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
openpyxl = pytest.importorskip("openpyxl", reason="needs openpyxl")
from page_batches import wait_until_read
from playwright.sync_api import expect
from test_tables_view import CLIPBOARD, cell

REGISTERS = (
    "weather-it/redata1a.jpg",
    "weather-it/redata1b.jpg",
    "golf/g9435a.jpg",
    "golf/g9376.jpg",  # its last two columns are read as one
)
SECONDS_PER_FILE = 60  # at most; the machine may be busy
MAX_KEYS = 500
Grid = list[list[str]]


@pytest.fixture(scope="module")
def truth(data_folder) -> dict[str, Grid]:
    """Return the numbers of each register, by file name, with decimal commas as on the page."""
    with (data_folder / "pages/strings.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "table"]
    grids = {}
    for row in rows:
        grid = [line.split(",") for line in row["text"].split("|")]
        grids[row["file"].split("/")[-1]] = [[text.replace(".", ",") for text in r] for r in grid]
    return grids


def start_batch(page, server, paths) -> str:
    """Choose pictures on the home screen, and return the id of their batch when they are read."""
    page.set_input_files("#home-files", paths)
    page.wait_for_selector("body[data-ready=batch]")
    batch = page.evaluate("() => location.hash.split('/')[1]")
    expect(page.locator("#uploads")).to_be_hidden()
    state = wait_until_read(page.request, server, batch, SECONDS_PER_FILE * len(paths))
    assert (state["files"], state["failed"]) == (len(paths), 0)
    return str(batch)


def open_table(page, name: str) -> None:
    chooser = page.get_by_label("Table", exact=True)
    value = chooser.locator("option", has_text=name).get_attribute("value")
    chooser.select_option(value)
    expect(page.locator(".picture-foot")).to_contain_text(name)
    expect(page.locator(".cell-grid [aria-selected=true]")).to_be_focused()


def shown_cells(page) -> Grid:
    return page.locator(".cell-grid tbody").evaluate(
        "(body) => [...body.rows].map((row) => [...row.cells].slice(1).map((c) => c.textContent))"
    )


def with_decimal_commas(grid: Grid) -> Grid:
    return [[text.replace(".", ",") for text in row] for row in grid]


def place_truth(cells: Grid, truth: Grid) -> Grid:
    """Return the numbers that belong into the cells: noise at its edge may be read as a column."""
    assert len(cells) == len(truth)
    n_extra = len(cells[0]) - len(truth[0])
    assert n_extra >= 0

    def shifted(by: int) -> Grid:
        return [[""] * by + row + [""] * (n_extra - by) for row in truth]

    return max((shifted(by) for by in range(n_extra + 1)), key=lambda grid: n_right(cells, grid))


def n_right(cells: Grid, truth: Grid) -> int:
    pairs = zip(with_decimal_commas(cells), truth, strict=True)
    return sum(a == b for row, true in pairs for a, b in zip(row, true, strict=True) if b)


def check_uncertain(page, truth: Grid) -> int:
    """Answer the uncertain cells by keyboard, as somebody would who can read; return how many."""
    status = page.locator(".tables-head [role=status]")
    page.keyboard.press("n")
    for n_checked in range(MAX_KEYS):
        selected = page.locator(".cell-grid [aria-selected=true]")
        if "uncertain" not in (selected.get_attribute("class") or ""):
            expect(status).to_have_text("Nothing to check")
            return n_checked
        row, column = (int(selected.get_attribute(f"data-{name}")) for name in ("row", "column"))
        answer_selected(page, selected.inner_text(), truth[row - 1][column - 1])
    raise AssertionError("the uncertain cells do not become fewer")


def answer_selected(page, shown: str, true: str) -> None:
    if shown.replace(".", ",") == true:
        page.keyboard.press("Enter")
        if page.locator(".cell-input").count():  # an improbable reading is looked at first
            page.keyboard.press("Enter")
    elif true:
        page.keyboard.type(true)
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Delete")
        page.keyboard.press("n")


def fill_empty(page, truth: Grid) -> int:
    """Type the numbers that were not found; return how many."""
    n_filled = 0
    for row, texts in enumerate(shown_cells(page), start=1):
        for column, text in enumerate(texts, start=1):
            if true := truth[row - 1][column - 1] if not text else "":
                cell(page, row, column).click()
                page.keyboard.type(true)
                page.keyboard.press("Tab")
                n_filled += 1
    return n_filled


def copied_rows(page) -> Grid:
    page.keyboard.press("Control+c")
    expect(page.locator(".tables-head [role=status]")).to_contain_text("Copied")
    text, html = page.evaluate(CLIPBOARD)
    assert html.count("<tr>") == len(text.split("\r\n"))
    return [line.split("\t") for line in text.split("\r\n")]


def exported_tables(page) -> dict[str, list[list]]:
    """Save the results as XLSX; return the rows of its tables, by file name."""
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel (XLSX)").click()
    content = io.BytesIO(download.value.path().read_bytes())  # the path has no suffix
    book = openpyxl.load_workbook(content)
    assert book.active.title == "tables"  # the sheet that is shown first
    tables: dict[str, list[list]] = {}
    rows: list[list] = []
    for row in book["tables"].iter_rows(values_only=True):
        if title := re.match(r"(.*), table 1$", str(row[0])):
            rows = tables.setdefault(title[1].split("/")[-1], [])
        elif any(value is not None for value in row):
            rows.append(list(row))
    return tables


def wrong_values(rows: list[list], truth: Grid) -> list[tuple]:
    """Return the values of a workbook that are not the true numbers, with these."""
    numbers = [[float(text.replace(",", ".")) if text else None for text in row] for row in truth]
    return [
        (value, true)
        for row, true_row in zip(rows, numbers, strict=True)
        for value, true in zip(row, true_row, strict=False)  # the sheet is as wide as all tables
        if value != true
    ]


@pytest.mark.data
def test_researcher_reads_a_register(open_page, server, data_folder, truth):
    page = open_page("home")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start_batch(page, server, [data_folder / "pages" / name for name in REGISTERS])
    page.get_by_role("link", name="Tables", exact=True).click()
    for name in (path.split("/")[-1] for path in REGISTERS):
        open_table(page, name)
        if len(shown_cells(page)[0]) < len(truth[name][0]):
            page.get_by_role("button", name="Add a column").click()
        cells = shown_cells(page)
        expected = place_truth(cells, truth[name])
        n_numbers = sum(bool(text) for row in expected for text in row)
        before, start = n_right(cells, expected), time.monotonic()
        n_checked = check_uncertain(page, expected)
        checked = n_right(shown_cells(page), expected)
        n_filled = fill_empty(page, expected)
        after = n_right(shown_cells(page), expected)
        print(
            f"{name}: {before} of {n_numbers} numbers right as read, {checked} after checking "
            f"{n_checked}, {after} after filling in {n_filled}; "
            f"{time.monotonic() - start:.0f} s by keyboard"
        )
        # Numbers that were read with high confidence were not checked; few of them are wrong.
        assert after >= 0.97 * n_numbers
        copied = with_decimal_commas(copied_rows(page))
        assert len(copied[0]) == len(truth[name][0])  # the column of noise is left out
        assert n_right(copied, truth[name]) == after
    tables = exported_tables(page)
    for name in tables:
        wrong = wrong_values(tables[name], truth[name])
        print(f"{name}: {wrong or 'nothing'} wrong in the workbook")
        assert len(wrong) <= 0.03 * sum(map(len, truth[name]))


@pytest.mark.data
def test_researcher_corrects_a_table_on_a_phone(open_page, server, data_folder, truth):
    page = open_page("home", phone=True)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start_batch(page, server, [data_folder / "pages/golf/g9435a.jpg"])
    page.get_by_role("link", name="Tables", exact=True).tap()
    expect(page.locator(".cell-grid [aria-selected=true]")).to_be_focused()
    cells, expected = shown_cells(page), truth["g9435a.jpg"]
    before = n_right(cells, expected)
    uncertain = page.locator(".cell-grid td.uncertain")
    while n_left := uncertain.count():
        uncertain.first.tap()
        row, column = (
            int(page.locator(".cell-grid [aria-selected=true]").get_attribute(f"data-{name}"))
            for name in ("row", "column")
        )
        true = expected[row - 1][column - 1]
        if shown_cells(page)[row - 1][column - 1] == true:
            page.get_by_role("button", name="is right").tap()
        else:
            page.get_by_role("button", name="Change").tap()
            page.locator(".cell-input").fill(true)
            page.keyboard.press("Enter")
        expect(uncertain).to_have_count(n_left - 1)
    after = n_right(shown_cells(page), expected)
    print(f"g9435a.jpg on a phone: {before} of 40 numbers right as read, {after} after checking")
    assert after >= 39
    page.get_by_role("button", name="Copy for Excel").tap()
    expect(page.locator(".tables-head [role=status]")).to_contain_text("Copied 4 rows, 10 columns")
