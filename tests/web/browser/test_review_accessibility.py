"""Check: axe-core finds no violations in any mode, light and dark, on a desktop and on a phone."""

import os
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect
from review_queue import ALL_READINGS, add_numbers, empty_queue

AXE = Path(__file__).parents[3] / "tools/page_types/node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the source of axe-core, a tool for developers."""
    path = Path(os.environ.get("NUMERALS_AXE", AXE))
    if not path.is_file():
        pytest.skip("needs axe-core: npm install axe-core, and NUMERALS_AXE=path of axe.min.js")
    return path.read_text("utf-8")


@pytest.fixture
def numbers(browser, server, draw):
    context = browser.new_context()
    empty_queue(context.request, server)
    pictures = {f"{at}.png": draw(text) for at, text in enumerate(("17", "17", "60"))}
    yield add_numbers(context.request, server, pictures)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("mode", ["single", "form", "same", "two"])
def test_axe_finds_no_violations(axe, numbers, open_page, mode, phone, scheme):
    remembered = {**ALL_READINGS, "review-mode": mode, "by": "Ann"}
    page = open_page("review", remembered=remembered, phone=phone, scheme=scheme)
    expect(page.locator("#review .progress")).to_contain_text("3" if mode != "same" else "2")
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    assert [
        (each["id"], node["target"]) for each in found["violations"] for node in each["nodes"]
    ] == []
