"""Forms view: from a scan to a template that reads filled-in sheets."""

import csv
import io
import subprocess
import sys
import zipfile

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
from playwright.sync_api import expect

from numerals.example_pictures import find_examples
from numerals.formats import SPECS, parse_format

FORM = find_examples() / "form"
NAMES = "crew date adults start children end seniors total phone".split()
FIRST = "204817 20260114 138 41907 46 41915 27 211 5550142867".split()
SECOND = "093356 20260115 95 41915  41926 60 155 5550197340".split(" ")


@pytest.fixture
def designer(open_page, server):
    """Return a function that opens the example form in the designer; delete forms afterwards."""
    pages = []

    def open_form(path=FORM / "blank-form.png", **options):
        page = open_page("forms", **options)
        pages.append(page)
        page.set_input_files("#form-file", path)
        expect(page.locator(".form-box").first).to_be_visible()
        return page

    yield open_form
    for page in pages:
        for form in page.request.get(f"{server}/v1/templates").json():
            assert page.request.delete(f"{server}/v1/templates/{form['name']}").ok


def use_all(page, names=NAMES):
    page.get_by_role("button", name="Use all").click()
    for name in names:
        expect(page.locator("#field-name")).to_be_focused()
        page.keyboard.type(name)
        page.keyboard.press("Enter")


def box_of(page, name):
    """Return the box of a field, in pixels of the form."""
    element = page.get_by_role("button", name=f"Field {name}")
    sheet = page.locator(".form-sheet").bounding_box()
    box, factor = element.bounding_box(), 1240 / sheet["width"]
    left, top = box["x"] - sheet["x"], box["y"] - sheet["y"]
    edges = (left, top, left + box["width"], top + box["height"])
    return [round(edge * factor) for edge in edges]


def test_scan_becomes_a_template_that_reads_the_example_sheets(designer, tmp_path):
    page = designer()
    assert page.locator(".form-box.suggestion").count() == 9
    page.locator("#form-name").fill("Ferry 26")
    use_all(page)
    page.locator(".field-list").get_by_role("button", name="date").click()
    page.get_by_label("What is written there").select_option(label="A date, year first")
    page.get_by_role("button", name="These add up to").click()
    for name in ("adults", "children", "seniors"):
        page.get_by_role("checkbox", name=name).check()
    page.locator("#rule-total").select_option(label="total")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.locator(".rules")).to_contain_text("adults + children + seniors = total")
    page.get_by_role("button", name="Try on a filled sheet").click()
    page.locator(".trial input[type=file]").set_input_files(
        [FORM / "sheet-1.jpg", FORM / "sheet-2.jpg"]
    )
    expect(page.get_by_text("2 sheets were read.")).to_be_visible()
    for sheet, values in (("sheet-1.jpg", FIRST), ("sheet-2.jpg", SECOND)):
        page.get_by_role("button", name=sheet).click()
        read = page.locator(".trial-values tbody tr td:nth-child(2)").all_inner_texts()
        assert read == [value or "empty" for value in values]
        shown = page.locator(".trial-picture .box-name").all_inner_texts()
        assert shown == [value or "empty" for value in values]
        expect(page.locator(".rule-states")).to_contain_text("holds")
    expect(page.locator(".save-state")).to_have_text("Saved")
    assert page.url.endswith("#forms/Ferry%2026")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    zipfile.ZipFile(download.value.path()).extractall(tmp_path)
    code = "from numerals.cli.app import main; main()"
    template, sheet = tmp_path / "Ferry 26.toml", FORM / "sheet-1.jpg"
    command = [sys.executable, "-c", code, "read", "--template", template, sheet]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert [row[name] for name in NAMES] == FIRST


def test_boxes_are_moved_resized_and_drawn_with_the_mouse(designer):
    page = designer()
    use_all(page)
    before = box_of(page, "total")
    target = page.get_by_role("button", name="Field total").bounding_box()
    x, y = target["x"] + target["width"] / 2, target["y"] + target["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 12, steps=4)
    page.mouse.up()
    moved = box_of(page, "total")
    assert moved[0] > before[0] + 20 and moved[1] > before[1] + 8
    assert abs((moved[2] - moved[0]) - (before[2] - before[0])) <= 2
    corner = page.locator(".handle.se").bounding_box()
    page.mouse.move(corner["x"] + 12, corner["y"] + 12)
    page.mouse.down()
    page.mouse.move(corner["x"] + 52, corner["y"] + 22, steps=4)
    page.mouse.up()
    assert box_of(page, "total")[2] > moved[2] + 30
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert box_of(page, "total") == before
    sheet = page.locator(".form-sheet").bounding_box()
    page.mouse.move(sheet["x"] + 300, sheet["y"] + 50)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 420, sheet["y"] + 90, steps=4)
    page.mouse.up()
    expect(page.locator(".form-box.field")).to_have_count(10)
    expect(page.locator("#field-name")).to_be_focused()


def test_boxes_are_edited_with_the_keyboard(designer):
    page = designer()
    first = page.get_by_role("button", name="Suggested").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#field-name")).to_be_focused()
    page.keyboard.type("crew")
    box = page.get_by_role("button", name="Field crew")
    box.focus()
    before = box_of(page, "crew")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+Shift+ArrowDown")
    after = box_of(page, "crew")
    assert (after[0] - before[0], after[3] - before[3]) == pytest.approx((10, 10), abs=2)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert box_of(page, "crew") == before
    page.keyboard.press("Delete")
    expect(page.locator(".form-box.field")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".form-box.field")).to_have_count(1)
    page.get_by_role("button", name="Draw a box").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".form-box.field")).to_have_count(2)


def test_numbered_names_continue(designer):
    page = designer()
    page.get_by_role("button", name="Use all").click()
    page.keyboard.type("Q1")
    for _ in range(3):
        page.keyboard.press("Enter")
    assert page.locator(".field-list b").all_inner_texts()[:4] == ["Q1", "Q2", "Q3", "Q4"]


def test_mistakes_are_named_and_nothing_is_lost(designer, monitor):
    page = designer()
    save = page.get_by_role("button", name="Save")
    save.click()
    expect(page.locator("#forms .notice:visible")).to_contain_text("Use at least one box")
    use_all(page, ["same", "same"])
    save.click()
    expect(page.locator("#forms .notice:visible")).to_contain_text("Two fields are named")
    page.locator("#field-name").fill("other")
    page.locator("#form-name").fill("a/b")
    monitor.expected = "404"
    page.locator("#form-name").fill("")
    save.click()
    expect(page.locator("#forms .notice:visible")).to_contain_text("Give the form a name")
    page.get_by_role("link", name="Learn").click()
    page.get_by_role("link", name="Forms").click()
    expect(page.locator(".form-box.field")).to_have_count(9)
    page.get_by_role("button", name="All forms").click()
    expect(page.get_by_role("dialog")).to_contain_text("Leave without saving?")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".form-box.field")).to_have_count(9)


def test_file_that_is_no_picture_is_refused(open_page, tmp_path, monitor):
    monitor.expected = "415"
    page = open_page("forms")
    path = tmp_path / "letter.docx"
    path.write_bytes(b"PK not a picture")
    page.set_input_files("#form-file", path)
    expect(page.locator("#forms .notice:visible")).to_contain_text("etter.docx")


def test_saved_form_is_renamed_and_deleted(designer, server):
    page = designer()
    use_all(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".save-state")).to_have_text("Saved")
    page.locator("#form-name").fill("New name")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".save-state")).to_have_text("Saved")
    names = [form["name"] for form in page.request.get(f"{server}/v1/templates").json()]
    assert names == ["New name"]
    page.reload()
    expect(page.locator(".form-box.field")).to_have_count(9)
    page.get_by_role("button", name="All forms").click()
    page.get_by_role("button", name="Delete the form New name").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_fields_are_named_on_a_phone(designer):
    page = designer(phone=True)
    page.locator(".form-box.suggestion").nth(2).tap()
    field = page.locator("#field-name")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    field.fill("adults")
    page.get_by_role("button", name="Save").tap()
    expect(page.locator(".save-state")).to_have_text("Saved")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_menu_of_formats_has_all_formats(open_page):
    page = open_page("forms")
    choices = page.evaluate(
        """async () => {
          const { CHOICES, parseSpec } = await import("/static/js/forms/formats.js");
          return CHOICES.filter(({ roster }) => !roster).map(({ key, spec, parts = [] }) => {
            const first = parts.map((part) => part.first);
            const text = spec(first);
            const { choice, values } = parseSpec(text);
            return { key, text, parsed: choice.key, again: choice.spec(values) };
          });
        }"""
    )
    for choice in choices:
        assert choice["parsed"] == choice["key"] and choice["again"] == choice["text"], choice
        assert choice["text"] == "" or parse_format(choice["text"]), choice
    families = {choice["text"].partition(":")[0] for choice in choices}
    assert {spec.partition(":")[0] for spec in SPECS} - {"roster"} <= families
