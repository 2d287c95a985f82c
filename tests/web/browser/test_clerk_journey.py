"""The clerk's journey: a stack of forms is uploaded, read without the page, checked and exported.

``NUMERALS_TEST_FORMS=500`` runs it with 500 forms, in about half an hour.
"""

import io
import json

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
openpyxl = pytest.importorskip("openpyxl", reason="needs openpyxl")
from composed_forms import compose_forms, n_forms
from page_batches import SELECTED, wait_until_read
from playwright.sync_api import expect
from running_service import PageMonitor

N_FORMS = n_forms(8)
SECONDS_PER_FORM = 20  # at most; the machine may be busy


@pytest.fixture
def scans(tmp_path):
    """Return a folder of photographed forms, and their true numbers."""
    return tmp_path / "sheets", compose_forms(tmp_path / "sheets", N_FORMS, seed=1)


def upload_stack(page, server, folder) -> str:
    """Start a stack with the sample's form; return the id of the batch once all files are sent."""
    save_sample_form(page, server)
    page.get_by_role("button", name="Start a stack").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("ferry-sheet").check()
    dialog.locator("input[webkitdirectory]").set_input_files(str(folder))
    expect(dialog.get_by_role("status")).to_have_text(f"{N_FORMS} files chosen.")
    dialog.get_by_label("Name of the stack").fill("Ferry sheets")
    dialog.get_by_role("button", name="Read them").click()
    page.wait_for_selector("body[data-ready=batch]")
    expect(page.locator("#batch-title")).to_have_text("Ferry sheets")
    expect(page.locator("#uploads")).to_be_hidden()
    return page.evaluate("() => location.hash.split('/')[1]")


def save_sample_form(page, server) -> None:
    page.evaluate(
        """async () => {
          const { saveSampleForm } = await import("/static/js/home/sample-form.js");
          await saveSampleForm();
        }"""
    )


def check_uncertain(page, truth) -> int:
    """Answer all uncertain numbers by keyboard, as somebody would who can read; return how many."""
    page.locator("[name=batch-filter][value=uncertain]").check()
    expect(page.locator(".batch-filters [role=status]")).to_contain_text("shown")
    page.locator(".batch-table").focus()
    columns = [name.lower() for name in page.locator(".table-header .cell").all_inner_texts()]
    n_checked = 0
    while select_uncertain(page):
        name, at = page.evaluate(SELECTED)
        page.keyboard.press("Enter")
        page.locator(".cell-input").fill(truth[name][columns[at].replace(" ", "_")])
        page.keyboard.press("Enter")
        n_checked += 1
    return n_checked


def select_uncertain(page) -> bool:
    """Wait until an uncertain number is selected; return False if none is left."""
    cell = page.locator("#selected-cell.uncertain")
    left = page.locator(".filter-count").nth(1)  # of "To check"
    for _ in range(50):
        if cell.count():
            return True
        if not left.inner_text():
            return False
        page.wait_for_timeout(100)
    raise AssertionError(f"no uncertain number is selected, but {left.inner_text()} are left")


def exported_rows(page) -> dict[str, dict[str, str]]:
    """Save the results as XLSX; return them by file name."""
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    content = io.BytesIO(download.value.path().read_bytes())  # the path has no suffix
    sheet = openpyxl.load_workbook(content).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    named = [dict(zip(head, row, strict=True)) for row in rows]
    return {str(row["file"]).rsplit("/")[-1]: row for row in named}


def test_clerk_reads_a_stack_of_forms(open_page, scans, server, browser, tmp_path):
    folder, truth = scans
    page = open_page("home")
    batch = upload_stack(page, server, folder)
    context = page.context
    page.close()  # the service reads on

    state = wait_until_read(context.request, server, batch, SECONDS_PER_FORM * N_FORMS)
    assert (state["files"], state["failed"]) == (N_FORMS, 0)

    page = context.new_page()
    monitor = PageMonitor(server)
    monitor.attach(page)
    page.goto(f"{server}/#home")
    entry = page.locator(".batch-entry", has_text="Ferry sheets").first
    expect(entry).to_contain_text(f"{N_FORMS} files read")
    entry.get_by_role("link", name="Ferry sheets").click()
    page.wait_for_selector("body[data-ready=batch]")
    n_checked = check_uncertain(page, truth)
    expect(page.locator(".filter-count").nth(1)).to_be_empty()  # of "To check"
    assert context.request.get(f"{server}/v1/batches/{batch}").json()["to_review"] == 0
    rows = exported_rows(page)
    assert set(rows) == set(truth)
    wrong = {
        name: (str(rows[name]["total"]), numbers["total"])
        for name, numbers in truth.items()
        if str(rows[name]["total"]) != numbers["total"]
    }
    summary = {"forms": N_FORMS, "checked": n_checked, "wrong totals": wrong}
    (tmp_path / "journey.json").write_text(json.dumps(summary, indent=1))
    print(summary)
    # Numbers that were read with high confidence were not checked; about 1 of 100 is wrong.
    assert len(wrong) <= N_FORMS // 50
    monitor.check()
