"""Tables in Excel: where they were on the page, numbers as numbers, uncertain cells red."""

import pytest

xlsxwriter = pytest.importorskip("xlsxwriter")
openpyxl = pytest.importorskip("openpyxl")

from numerals.output.number_rows import NumberRow
from numerals.output.table_sheet import TableCell, TableSheet
from numerals.output.workbook import NumberWorkbook


def test_tables_are_below_each_other(tmp_path):
    path = tmp_path / "a.xlsx"
    writer = NumberWorkbook(path)
    sheet = TableSheet(writer.book)
    writer.write([NumberRow("a.png", 1, 1, text="17")])
    cells = {
        (1, 1): [TableCell("17")],
        (2, 3): [TableCell("12.50", is_uncertain=True)],
        (2, 1): [TableCell("007")],
        (1, 2): [TableCell("3"), TableCell("4")],
    }
    sheet.write("=HYPERLINK(1)", cells)
    writer.write([NumberRow("b.png", 1, 1, text="18")])
    sheet.write("b.png, table 1", {(3, 2): [TableCell("-5")]})  # at its edge
    writer.close()
    book = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in book["tables"].iter_rows()]
    assert rows == [
        ["=HYPERLINK(1)", None, None],
        [17, "3 4", None],
        ["007", None, 12.5],
        [None, None, None],
        ["b.png, table 1", None, None],
        [-5, None, None],
    ]
    assert book["tables"]["A1"].data_type == "s"  # a text, not a formula
    colors = {cell: book["tables"][cell].fill.fgColor.rgb for cell in ("C3", "A2")}
    assert colors == {"C3": "FFF8C9C4", "A2": "00000000"}


def test_a_workbook_without_tables_has_no_such_sheet(tmp_path):
    path = tmp_path / "a.xlsx"
    writer = NumberWorkbook(path)
    TableSheet(writer.book)
    writer.close()
    assert "tables" not in openpyxl.load_workbook(path).sheetnames


def test_numbers_are_shown_as_they_were_written(tmp_path):
    path = tmp_path / "a.xlsx"
    writer = NumberWorkbook(path)
    texts = ["760,6", "+2,6", "-0.30", "17.0", "+5", "1,234", "0,007", "12345678901"]
    cells = {(1, i): [TableCell(text)] for i, text in enumerate(texts, start=1)}
    TableSheet(writer.book).write("a", cells)
    writer.close()
    book = openpyxl.load_workbook(path)
    assert book.active.title == "tables"
    [row] = book["tables"].iter_rows(min_row=2, max_row=2)
    values = [760.6, 2.6, -0.3, 17, 5, "1,234", "0,007", 12345678901]
    assert [cell.value for cell in row] == values
    plus = ["+0.0;-0.0;+0.0", "0.00", "0.0", "+0;-0;+0"]
    assert [cell.number_format for cell in row[1:5]] == plus
