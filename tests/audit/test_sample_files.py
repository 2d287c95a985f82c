"""Samples filled in by hand, and what spreadsheets do to them."""

import csv

import pytest

from numerals.audit.answers import SampleItem
from numerals.audit.sample_files import (
    SAMPLE_COLUMNS,
    check_spreadsheet_damage,
    read_answer_file,
    write_sample_csv,
    write_sample_xlsx,
)
from numerals.audit.sheets import read_sheet
from numerals.errors import DataError

IDS = ["0001", "0002", "0003"]
ITEMS = [SampleItem(item_id, "=scan.png", 1, 2, box=(1, 2, 3, 4)) for item_id in IDS]


def fill(path, answers, *, separator=",", encoding="utf-8", ids=IDS):
    rows = [separator.join(("ID", "answer"))]
    rows += [separator.join(row) for row in zip(ids, answers, strict=True)]
    path.write_bytes("\r\n".join(rows).encode(encoding))
    return path


def test_the_sample_does_not_tell_the_reading(tmp_path):
    write_sample_csv(tmp_path, ITEMS)
    rows = read_sheet(tmp_path / "sample.csv", SAMPLE_COLUMNS)
    assert list(rows[0]) == list(SAMPLE_COLUMNS)
    assert rows[0] == dict.fromkeys(SAMPLE_COLUMNS, "") | {
        "id": "0001",
        "file": "=scan.png",
        "page": "1",
        "line": "2",
        "box": "1 2 3 4",
    }


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_csv_as_spreadsheets_save_it(tmp_path, separator, encoding):
    path = fill(tmp_path / "a.csv", ["7", "£ 5", ""], separator=separator, encoding=encoding)
    assert read_answer_file(path, IDS) == {"0001": "7", "0002": "£ 5"}


def test_ids_without_their_zeros(tmp_path):
    path = fill(tmp_path / "a.csv", ["7", "8", "9"], ids=["1", "2", "3"])
    assert list(read_answer_file(path, IDS)) == IDS


def test_answers_to_other_samples_are_refused(tmp_path):
    path = fill(tmp_path / "a.csv", ["7", "8", "9"], ids=["1", "2", "77"])
    with pytest.raises(DataError, match=r"row 4: there is no item '77'"):
        read_answer_file(path, IDS)
    path = fill(tmp_path / "a.csv", ["7", "8", "9"], ids=["1", "2", "2"])
    with pytest.raises(DataError, match="a second answer to item 0002"):
        read_answer_file(path, IDS)
    (tmp_path / "b.csv").write_text("number,answer\n1,2\n")
    with pytest.raises(DataError, match="has no column id"):
        read_answer_file(tmp_path / "b.csv", IDS)


@pytest.mark.parametrize(
    "answer, reading",
    [
        ("7", "007"),
        ("0", "00"),
        ("1.23E+11", "123456789012"),
        ("1234567890123450000", "1234567890123456789"),
        ("02-Jan", "1/2"),
        ("2026-01-02 00:00:00", "1/2"),
    ],
)
def test_changed_answers_are_noticed(tmp_path, answer, reading):
    answers = {"0001": answer, "0002": "55"}
    with pytest.raises(DataError, match=r"1 answers look.*0001.*as text"):
        check_spreadsheet_damage(tmp_path, answers, {"0001": reading, "0002": "56"})


def test_zeros_that_were_kept_show_that_nothing_was_changed(tmp_path):
    answers = {"0001": "7", "0002": "055"}
    check_spreadsheet_damage(tmp_path, answers, {"0001": "07", "0002": "055"})


def test_xlsx_keeps_text(tmp_path):
    pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    assert write_sample_xlsx(tmp_path, ITEMS, {})
    path = tmp_path / "sample.xlsx"
    book = openpyxl.load_workbook(path)
    column = SAMPLE_COLUMNS.index("answer") + 1
    cell = book.active.cell(row=2, column=column)
    assert cell.number_format == "@"
    cell.value = "007"
    book.active.cell(row=3, column=column).value = 12.0  # typed into a cell that is not text
    book.save(path)
    assert read_answer_file(path, IDS) == {"0001": "007", "0002": "12"}


def test_a_file_that_is_no_workbook(tmp_path):
    pytest.importorskip("openpyxl")
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK nothing")
    with pytest.raises(DataError, match="is not an XLSX file"):
        read_answer_file(path, IDS)


def test_quoted_cells_and_empty_rows(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([["id", "answer"], ["0001", "1,234"], [], ["0002", ""]])
    assert read_answer_file(path, IDS) == {"0001": "1,234"}
