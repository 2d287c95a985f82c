"""Lists of numbers in the designer of forms: typed, pasted, and from files of a spreadsheet."""

import pytest

pytest.importorskip("playwright.sync_api", reason="needs playwright")
openpyxl = pytest.importorskip("openpyxl", reason="needs openpyxl")
from playwright.sync_api import expect

from numerals.example_pictures import find_examples

BLANK = find_examples() / "form" / "blank-form.png"
ROWS = [["Name", "No.", "Year"], ["Ann", 1017, 9], ["Bo", 1022, 9], ["Cem", 1031, 9]]


@pytest.fixture
def designer(open_page, server):
    """Return the page with a form of one field that has a class list."""
    page = open_page("forms")
    page.set_input_files("#form-file", BLANK)
    page.locator(".form-box.suggestion").nth(2).click()
    page.locator("#field-name").fill("pupil")
    choose(page, "A number on a class list, each once")
    yield page
    for form in page.request.get(f"{server}/v1/templates").json():
        page.request.delete(f"{server}/v1/templates/{form['name']}")


def choose(page, content: str) -> None:
    page.get_by_label("What is written there").select_option(label=content)


def open_file(page, path) -> None:
    page.locator(".roster-editor input[type=file]").set_input_files(path)


def text_of(page) -> str:
    return page.locator("#field-roster").input_value()


def saved_field(page, server) -> dict:
    page.locator("#form-name").fill("Class")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".save-state")).to_have_text("Saved")
    return page.request.get(f"{server}/v1/templates/Class").json()["fields"][0]


def test_workbook_is_read_and_its_column_of_numbers_is_kept(designer, server, tmp_path):
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(tmp_path / "class.xlsx")
    open_file(designer, tmp_path / "class.xlsx")
    expect(designer.locator("#roster-about")).to_contain_text("3 numbers.")
    assert text_of(designer) == "1017\n1022\n1031"
    expect(designer.get_by_label("Each number only once in a stack")).to_be_checked()
    designer.get_by_label("Which column has the numbers?").select_option(index=2)
    expect(designer.locator("#roster-about")).to_contain_text("Twice on the list: 9.")
    designer.get_by_label("Which column has the numbers?").select_option(index=1)
    field = saved_field(designer, server)
    assert (field["roster"], field["unique"]) == (["1017", "1022", "1031"], True)
    designer.reload()
    designer.locator(".field-list").get_by_role("button", name="pupil").click()
    expect(designer.get_by_label("What is written there")).to_have_value("class")
    assert text_of(designer) == "1017\n1022\n1031"


@pytest.mark.parametrize(
    "content",
    [
        'Name;No.\r\nÄnne;0017\r\n"Bo";0022\r\n'.encode("cp1252"),
        b"\xef\xbb\xbfNo.,Name\n0017,Ann\n0022,Bo\n",
        b"0017\n0022\n\n",
    ],
)
def test_text_files_keep_leading_zeros(designer, tmp_path, content):
    (tmp_path / "class.csv").write_bytes(content)
    open_file(designer, tmp_path / "class.csv")
    expect(designer.locator("#roster-about")).to_contain_text("2 numbers.")
    assert text_of(designer) == "0017\n0022"


@pytest.mark.parametrize("content", [b"PK\x03\x04damaged" + bytes(60), b"PK\x03\x04"])
def test_damaged_files_are_named(designer, tmp_path, content):
    (tmp_path / "class.xlsx").write_bytes(content + b"PK\x05\x06" + bytes(18))
    open_file(designer, tmp_path / "class.xlsx")
    expect(designer.locator("#roster-about")).to_contain_text("class.xlsx cannot be read")


def test_pasted_cells_and_typed_numbers(designer):
    paste = """(text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      const options = { clipboardData: data, cancelable: true, bubbles: true };
      const event = new ClipboardEvent("paste", options);
      document.getElementById("field-roster").dispatchEvent(event);
    }"""
    designer.evaluate(paste, "Ann\t1017\nBo\t1022")
    assert text_of(designer) == "1017\n1022"
    designer.locator("#field-roster").fill("1\n2\n2\nabc")
    expect(designer.locator("#roster-about")).to_have_text(
        "2 numbers. Twice on the list: 2. Left out, because they are not numbers: abc."
    )
    expect(designer.locator(".field-list")).to_contain_text("one of 2 numbers")
    choose(designer, "Any number")
    expect(designer.locator("#field-roster")).to_have_count(0)
    designer.keyboard.press("Control+z")
    expect(designer.locator("#field-roster")).to_have_value("1\n2")


def test_empty_list_is_not_saved(designer):
    designer.locator("#form-name").fill("Class")
    designer.get_by_role("button", name="Save", exact=True).click()
    notice = designer.locator("#forms .notice:visible")
    expect(notice).to_contain_text("Enter the numbers of the list")
