"""Batch: the table of 5,000 files, whose rows are made up here; only the visible ones exist."""

from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from page_batches import make_batch
from playwright.sync_api import expect

N_FILES = 5000
LINES = (1, 3)  # lines of even and odd files


def item(at: int) -> dict:
    rows = [
        {
            "line_id": f"{at}{n}",
            "page": 1,
            "line": n + 1,
            "field": None,
            "row": None,
            "column": None,
            "text": f"{at}{n}",
            "read": f"{at}{n}",
            "confidence": 0.99,
            "state": "waiting",
            "uncertain": False,
            "note": "",
            "box": None,
            "crop": None,
        }
        for n in range(LINES[at % 2])
    ]
    return {
        "id": str(at),
        "name": f"scan-{at:04d}.png",
        "state": "done",
        "error": None,
        "pages": 1,
        "has_picture": False,
        "thumbnail": None,
        "relations": [],
        "rows": rows,
    }


def list_items(route) -> None:
    query = parse_qs(urlsplit(route.request.url).query)
    offset, limit = int(query["offset"][0]), int(query["limit"][0])
    items = [item(at) for at in range(offset, min(offset + limit, N_FILES))]
    route.fulfill(json={"total": N_FILES, "offset": offset, "columns": [], "items": items})


def show_item(route) -> None:
    route.fulfill(json=item(int(route.request.url.rsplit("/", 1)[-1])))


@pytest.fixture
def page(open_page, draw, server):
    page = open_page("home")
    batch = make_batch(page.request, server, {"a.png": draw("1")})
    page.route("**/items?*", list_items)
    page.route(
        "**/items/*", lambda route: route.fulfill(json=item(int(route.request.url.split("/")[-1])))
    )
    page.goto(f"{server}/#batch/{batch}")
    page.wait_for_selector("body[data-ready=batch]")
    expect(page.locator(".table-body .file-label").first).to_have_text("scan-0000.png")
    return page


def selected(page):
    return page.locator(".table-row.selected .file-label")


def test_only_visible_rows_exist(page):
    assert page.locator(".table-body .table-row").count() < 40
    n_rows = int(page.locator(".batch-table").get_attribute("aria-rowcount"))
    assert n_rows == pytest.approx(N_FILES * sum(LINES) / 2, rel=0.1)


def test_last_row_is_reached(page):
    page.locator(".batch-table").focus()
    for _ in range(4):  # the number of rows is estimated until the last files are loaded
        page.keyboard.press("End")
        page.wait_for_timeout(300)
    expect(selected(page)).to_have_text(f"scan-{N_FILES - 1:04d}.png")
    expect(page.locator(".panel-title")).to_have_text(f"scan-{N_FILES - 1:04d}.png")
    page.keyboard.press("Home")
    expect(selected(page)).to_have_text("scan-0000.png")


def test_rows_are_loaded_where_scrolling_ends(page):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    # In one call: between calls of a slow machine, the scrolling would end in between.
    page.evaluate(
        """async (shares) => {
          const table = document.querySelector(".batch-table");
          for (const share of shares) {
            table.scrollTop = share * table.scrollHeight;
            await new Promise(requestAnimationFrame);
          }
        }""",
        [0.2, 0.4, 0.6, 0.8, 0.5],
    )
    expect(page.locator(".table-body .file-label").nth(10)).to_contain_text("scan-2")
    assert sum("items?" in url for url in requests) <= 4


def test_rows_stay_in_order_for_screen_readers(page):
    for _ in range(5):
        page.mouse.move(400, 500)
        page.mouse.wheel(0, 700)
    page.wait_for_timeout(600)
    order = page.locator(".table-body .table-row").evaluate_all(
        "(rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex')))"
    )
    assert order == sorted(order) and order[0] > 2
