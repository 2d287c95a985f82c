"""What does not fit together in a stack of forms, as the page shows it."""

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from page_batches import make_batch
from playwright.sync_api import expect

from numerals.example_pictures import find_examples

FORM = find_examples() / "form"
SAVE_FORM = """async () => {
  const { saveSampleForm } = await import("/static/js/home/sample-form.js");
  await saveSampleForm();
}"""


@pytest.fixture
def stack(open_page, server):
    """Return the page of a stack of the two example sheets."""
    page = open_page("home")
    page.evaluate(SAVE_FORM)
    sheets = {f"sheet-{n}.jpg": (FORM / f"sheet-{n}.jpg").read_bytes() for n in (1, 2)}
    batch = make_batch(page.request, server, sheets, templates=["ferry-sheet"])
    page.goto(f"{server}/#batch/{batch}")
    page.wait_for_selector("body[data-ready=batch]")
    return page


def answer(page, name: str, text: str) -> None:
    """Answer the total of a sheet."""
    columns = page.locator(".table-header .cell").all_inner_texts()
    row = page.locator(".table-row", has_text=name)
    row.locator(".cell.number").nth(columns.index("Total") - 1).dblclick()
    page.locator(".cell-input").fill(text)
    page.keyboard.press("Enter")


def test_sums_that_are_broken_or_cannot_be_checked_are_named(stack):
    page, checks = stack, stack.locator(".stack-checks")
    rule = "adults + children + seniors = total"
    expect(page.locator(".panel-rules")).to_contain_text(f"✓ {rule}")
    answer(page, "sheet-2.jpg", "156")
    expect(checks).to_contain_text(f"{rule} does not add up on 1 sheet: sheet-2.jpg")
    answer(page, "sheet-2.jpg", "1:50")
    expect(checks).to_contain_text(f"{rule} cannot be checked on 1 sheet")
    expect(page.locator(".panel-rules")).to_contain_text("cannot be checked, Total is not a number")
    # The other numbers of the sum are to be checked now: no rule finds their errors.
    row = page.locator(".table-row", has_text="sheet-2.jpg")
    expect(row.locator(".cell.uncertain").nth(2)).to_be_visible()
    checks.get_by_role("button", name="sheet-2.jpg").click()
    expect(page.locator(".table-body .table-row")).to_have_count(1)
    answer(page, "sheet-2.jpg", "155")
    expect(checks).to_be_hidden()


def test_a_form_that_was_changed_after_reading_is_named(stack, server):
    page = stack
    template = page.request.get(f"{server}/v1/templates/ferry-sheet").json()
    saved = {key: template[key] for key in ("fields", "relations")}
    page.request.put(f"{server}/v1/templates/ferry-sheet", data=saved)
    page.reload()
    notice = page.locator(".notice", has_text="was changed after 2 sheets were read with it")
    notice.get_by_role("button", name="Read again").click()
    page.get_by_role("dialog").get_by_role("button", name="Read 2 files again").click()
    expect(notice).to_be_hidden()


@pytest.mark.parametrize(
    ("total", "verdict"),
    [("8", "✓"), ("9", "✕ does not add up"), ("1:50", "? cannot be checked: not a number")],
)
def test_rules_of_the_check_view(open_page, total, verdict):
    script = """async (total) => {
      const { ruleItems } = await import("/static/js/review/rules.js");
      const relations = [{ kind: "sum", names: ["a", "b", "total"] }];
      const [item] = ruleItems({ relations, values: { a: "3", b: "5" }, decimal: null }, { total });
      return item.lastElementChild.textContent;
    }"""
    assert open_page("home").evaluate(script, total).endswith(verdict)
