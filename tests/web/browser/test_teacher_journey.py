"""The teacher's journey: a form with a class list is set up, and a stack of exams is read with it.

``NUMERALS_TEST_SHEETS=60`` runs it with 60 sheets; ``NUMERALS_SCREENSHOTS`` names a folder for
pictures of the screens.
"""

import io
import json
import os
from collections import Counter
from pathlib import Path

import cv2
import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
openpyxl = pytest.importorskip("openpyxl", reason="needs openpyxl")
from composed_exams import (
    FIELDS,
    compose_exams,
    draw_cover,
    n_sheets,
    write_class_list,
)
from page_batches import SELECTED, wait_until_read
from playwright.sync_api import expect

N_SHEETS = n_sheets(6)
SECONDS_PER_SHEET = 20  # at most; the machine may be busy
# Whether an uncertain number is selected, or none is left.
IS_SETTLED = """() => document.querySelector("#selected-cell.uncertain") !== null
  || document.querySelectorAll(".filter-count")[1].textContent === "" """


@pytest.fixture
def exams(tmp_path):
    """Return the exams; the folder has their photos, the blank cover and the class list."""
    found = compose_exams(tmp_path / "exams", N_SHEETS, seed=3)
    cv2.imwrite(str(tmp_path / "cover.png"), draw_cover())
    write_class_list(tmp_path / "class.csv", found.roster)
    return found


@pytest.fixture
def delete_form(open_page, server):
    yield
    page = open_page("home")
    page.request.delete(f"{server}/v1/templates/Maths%209")


def shoot(page, name: str) -> None:
    """Take a picture of the screen, if somebody wants to look at it."""
    if folder := os.environ.get("NUMERALS_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"teacher-{name}.png")


def set_up_form(page, folder) -> None:
    """Name the boxes of the blank cover, and give them formats, the class list and the sum."""
    page.set_input_files("#form-file", folder / "cover.png")
    expect(page.locator(".form-box").first).to_be_visible()
    page.locator("#form-name").fill("Maths 9")
    page.get_by_role("button", name="Use all").click()
    expect(page.locator(".form-box.field")).to_have_count(len(FIELDS) + 1)
    for name in FIELDS:
        expect(page.locator("#field-name")).to_be_focused()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove", exact=True).click()  # the line of the signature
    field = page.locator(".field-list")
    field.get_by_role("button", name="Pupil").click()
    page.get_by_label("What is written there").select_option(
        label="A number on a class list, each once"
    )
    page.locator(".roster-editor input[type=file]").set_input_files(folder / "class.csv")
    expect(page.locator("#roster-about")).to_contain_text(f"{N_SHEETS + 3} numbers.")
    expect(page.get_by_label("Which column has the numbers?")).to_have_value("1")
    page.get_by_label("Must be filled in").check()
    shoot(page, "class-list")
    for name in FIELDS[1:]:
        field.get_by_role("button", name=name).click()
        page.get_by_label("What is written there").select_option(
            label="A whole number, from … to …"
        )
    page.get_by_role("button", name="These add up to").click()
    for name in FIELDS[1:-1]:
        page.get_by_role("checkbox", name=name).check()
    expect(page.locator("#rule-total option:checked")).to_have_text("Total")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.locator(".rules")).to_contain_text("Q1 + Q2 + Q3 + Q4 + Q5 + Q6 = Total")


def try_on_a_sheet(page, sheet: Path) -> None:
    page.get_by_role("button", name="Try on a filled sheet").click()
    page.locator(".trial input[type=file]").set_input_files(sheet)
    expect(page.get_by_text("1 sheet was read.")).to_be_visible()
    expect(page.locator(".trial-values tbody tr")).to_have_count(len(FIELDS))
    expect(page.locator(".save-state")).to_have_text("Saved")
    shoot(page, "trial")


def upload_stack(page, server, folder) -> str:
    """Start a stack of the form; return the id of the batch once all its files are read."""
    page.get_by_role("link", name="Home").click()
    page.wait_for_selector("body[data-ready=home]")
    page.get_by_role("button", name="Start a stack").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Maths 9").check()
    dialog.locator("input[webkitdirectory]").set_input_files(str(folder))
    expect(dialog.get_by_text(f"{N_SHEETS} files chosen.")).to_be_visible()
    dialog.get_by_label("Name of the stack").fill("Maths 9, June")
    dialog.get_by_role("button", name="Read them").click()
    page.wait_for_selector("body[data-ready=batch]")
    expect(page.locator("#uploads")).to_be_hidden()
    batch = page.evaluate("() => location.hash.split('/')[1]")
    wait_until_read(page.context.request, server, batch, SECONDS_PER_SHEET * N_SHEETS)
    return str(batch)


def answers(page, server, batch: str) -> dict[str, dict[str, dict]]:
    """Return the numbers of each sheet, by file and field."""
    url = f"{server}/v1/batches/{batch}/items?limit=500"
    items = page.request.get(url).json()["items"]
    return {
        item["name"].rsplit("/")[-1]: {row["field"]: row for row in item["rows"]} for item in items
    }


def check_uncertain(page, written) -> int:
    """Answer all uncertain numbers as they are written on the sheets; return how many."""
    page.locator("[name=batch-filter][value=uncertain]").check()
    expect(page.locator(".batch-filters [role=status]")).to_contain_text("shown")
    columns = page.locator(".table-header .cell").all_inner_texts()
    n_checked = 0
    page.locator(".batch-table").focus()
    page.wait_for_function(IS_SETTLED)
    while page.locator("#selected-cell.uncertain").count():
        name, at = page.evaluate(SELECTED)
        page.keyboard.press("Enter")
        page.locator(".cell-input").fill(written[name][columns[at]])
        page.keyboard.press("Enter")
        n_checked += 1
        page.wait_for_function(IS_SETTLED)
    return n_checked


def exported_rows(page) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Save the results as XLSX; return the sheets by file name, and the missing pupils."""
    page.locator(".menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    named = [dict(zip(head, row, strict=True)) for row in rows]
    missing = [row[1] for row in book["missing"].iter_rows(min_row=2, values_only=True)]
    return {str(row["file"]).rsplit("/")[-1]: row for row in named}, missing


def test_teacher_reads_a_stack_of_exams(open_page, exams, server, tmp_path, delete_form):
    page = open_page("forms")
    set_up_form(page, tmp_path)
    try_on_a_sheet(page, tmp_path / "exams" / "exam 3.jpg")
    batch = upload_stack(page, server, tmp_path / "exams")
    page.reload()
    page.wait_for_selector("body[data-ready=batch]")
    checks = page.locator(".stack-checks")
    expect(checks).to_contain_text("Pupil: no sheet for")
    shoot(page, "batch")
    summary = compare(answers(page, server, batch), exams.written)
    summary["checked"] = check_uncertain(page, exams.written)
    for number in exams.missing[:12]:
        expect(checks).to_contain_text(number)
    expect(checks).to_contain_text(f"no sheet for {len(exams.missing)} of {len(exams.roster)}")
    expect(checks).to_contain_text(f"Pupil {exams.duplicate} is on 2 sheets")
    wrong = len(exams.wrong_sums)
    expect(checks).to_contain_text(
        "does not add up on " + ("1 sheet" if wrong == 1 else f"{wrong} sheets")
    )
    page.locator("[name=batch-filter][value=all]").check()
    shoot(page, "checked")
    rows, missing = exported_rows(page)
    assert missing == exams.missing
    final = {name: {f: str(row[f] or "") for f in FIELDS} for name, row in rows.items()}
    summary["wrong after checking"] = wrong_fields(final, exams.written)
    (tmp_path / "journey.json").write_text(json.dumps(summary, indent=1))
    print(json.dumps(summary))
    assert set(rows) == set(exams.written)
    # Numbers that were read with high confidence were not checked.
    assert len(summary["wrong after checking"]) <= max(1, len(FIELDS) * N_SHEETS // 100)


def compare(read: dict, written: dict) -> dict:
    """Return how much was read right, before anybody checked it."""
    texts = {name: {f: row["text"] for f, row in rows.items()} for name, rows in read.items()}
    wrong = wrong_fields(texts, written)
    counts = Counter(field for _, field, *_ in wrong)
    certain = [each for each in wrong if not read[each[0]][each[1]]["uncertain"]]
    return {
        "sheets": len(written),
        "pupils right": len(written) - counts["Pupil"],
        "totals right": len(written) - counts["Total"],
        "points right": (len(FIELDS) - 2) * len(written) - sum(counts[f] for f in FIELDS[1:-1]),
        "to check": sum(row["uncertain"] for rows in read.values() for row in rows.values()),
        "wrong, not to check": certain,
    }


def wrong_fields(texts: dict, written: dict) -> list[tuple[str, str, str, str]]:
    return [
        (name, field, texts[name][field], text)
        for name, values in written.items()
        for field, text in values.items()
        if texts[name][field] != text
    ]
