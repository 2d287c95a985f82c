"""axe-core finds no violations in the tables of a batch, light and dark, on desktops and phones."""

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
import axe
from composed_tables import ruled_table
from page_batches import encoded_png, make_batch
from playwright.sync_api import expect

TEXTS = [["17", "", "30"], ["4", "52", "608"], ["91", "25", "7"], ["46", "83", "29"]]


def test_tables(open_page, server):
    axe.axe_source()  # skips
    page = open_page("home")
    batch = make_batch(page.request, server, {"a.png": encoded_png(ruled_table(TEXTS))})
    page.goto(f"{server}/#batch/{batch}/tables")
    expect(page.locator(".cell-grid [aria-selected=true]")).to_be_focused()
    found = axe.find_violations(page, "table")
    page.get_by_label("Numbers on the picture").check()
    page.locator(".cell-grid td[data-row='2'][data-column='2']").click()
    page.keyboard.press("F2")
    found += axe.find_violations(page, "table, a cell is edited")
    assert found == []
