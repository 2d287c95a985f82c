"""Results are written to one file in each format; what was read is kept after an error."""

import csv
import json
from pathlib import Path

import pytest

from numerals.batch.output_file import check_suffix, open_output_file
from numerals.batch.read_units import read_unit
from numerals.batch.units import Unit, UnitResult, WorkOptions
from numerals.csv_cells import unescape_cell
from numerals.errors import DataError, ImageError, OptionError
from numerals.files import partial_path
from numerals.forms import load_template
from numerals.reading import FileResult
from numerals.records import Line, Page

FORM = Path(__file__).parents[2] / "examples" / "form"
SURE = Line("007", 0.991, (1, 2, 30, 40), alternatives=(("001", 0.0049),), accepted=True)
UNSURE = Line("12", 0.5, (1, 50, 30, 90), accepted=False)
RESULTS = [
    UnitResult(Unit("a.png", ""), "m", FileResult("a.png", (Page((SURE, UNSURE), 99, 99),))),
    UnitResult(Unit("=b\udcff.png", ""), "m", FileResult("=b\udcff.png", (Page((), 9, 9),))),
    UnitResult(Unit("c.png", ""), "m", FileResult("c.png", (), (ImageError("c.png: is damaged"),))),
]


def write(path, results=RESULTS, **options):
    with open_output_file(path, **options) as file:
        for result in results:
            file.write(result)
    assert not partial_path(path).exists()
    return file.counts


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv(tmp_path):
    counts = write(tmp_path / "a.csv")
    assert str(counts) == "3 files, 2 numbers, 1 not accepted, 1 failed"
    rows = read_csv(tmp_path / "a.csv")
    assert [(row["text"], row["accepted"]) for row in rows] == [
        ("007", "true"), ("12", "false"), ("", ""), ("", "")
    ]  # fmt: skip
    assert rows[0]["alternatives"] == '{"001": 0.0049}'
    assert unescape_cell(rows[2]["file"]) == r"=b\udcff.png"
    assert rows[3]["error"] == "c.png: is damaged"


def test_json_lines_are_the_objects_of_json(tmp_path):
    write(tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [each.file.to_dict() for each in RESULTS]


def test_parquet_has_all_rows(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    from numerals.output.number_table import from_table, number_schema

    write(tmp_path / "a.parquet")
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.schema == number_schema()
    rows = list(from_table(table))
    assert rows[:2] == list(RESULTS[0].rows())
    assert [row.file for row in rows[2:]] == [r"=b\udcff.png", "c.png"]


def test_xlsx(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("xlsxwriter")
    write(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["numbers", "failures"]
    header, *rows = book["numbers"].iter_rows()
    column = [cell.value for cell in header].index("text")
    assert [row[column].value for row in rows] == ["007", "12", None]
    assert [row[column].fill.fill_type for row in rows] == [None, "solid", None]
    assert rows[2][0].value == r"=b\udcff.png" and rows[2][0].data_type == "s"
    assert (book["numbers"].freeze_panes, book["numbers"].auto_filter.ref) == ("B2", "A1:R4")
    assert [cell.value for cell in book["failures"][2]] == ["c.png", None, "c.png: is damaged"]


def test_forms(tmp_path):
    template = load_template(FORM / "form.toml")
    work = WorkOptions(template=FORM / "form.toml")
    paths = (FORM / "sheet-1.jpg", FORM.parent / "phone-number.jpg")
    results = [read_unit(Unit(path.name, str(path)), work) for path in paths]
    for name in ("a.csv", "a.jsonl"):
        write(tmp_path / name, results, template=template, min_confidence=1.0)
    good, bad = read_csv(tmp_path / "a.csv")
    assert (good["total"], good["error"], bad["total"]) == ("211", "", "")
    assert "does not show the form" in bad["error"]
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    objects = [json.loads(line) for line in lines]
    assert "total" in objects[0]["doubtful"] and "error" in objects[1]

    openpyxl = pytest.importorskip("openpyxl")
    write(tmp_path / "a.xlsx", results, template=template, min_confidence=1.0)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    header, [*row] = book["forms"].iter_rows()
    cell = row[[cell.value for cell in header].index("total")]
    assert (cell.value, cell.fill.fill_type) == ("211", "solid")
    assert book["failures"]["A2"].value == "phone-number.jpg"


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".xlsx"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ImageError])
def test_an_error_keeps_the_results_so_far_and_the_previous_file(tmp_path, suffix, error):
    path = tmp_path / f"a{suffix}"
    path.write_text("before")
    with pytest.raises(error), open_output_file(path) as file:
        file.write(RESULTS[0])
        raise error
    assert path.read_text() == "before"
    write(tmp_path / f"b{suffix}", RESULTS[:1])
    partial, whole = tmp_path / f"a.partial{suffix}", tmp_path / f"b{suffix}"
    if suffix == ".xlsx":  # it contains the time
        assert partial.read_bytes()[:2] == b"PK"
    else:
        assert partial.read_bytes() == whole.read_bytes()


def test_no_partial_file_stays_without_results(tmp_path):
    with pytest.raises(ImageError), open_output_file(tmp_path / "a.csv"):
        raise ImageError
    assert list(tmp_path.iterdir()) == []


def test_files_that_cannot_be_written_are_reported_at_once(tmp_path):
    for suffix in (".csv", ".xlsx"):
        with pytest.raises(DataError, match="cannot be written"):
            write(tmp_path / f"missing/a{suffix}", [])
    with pytest.raises(OptionError, match=r"ends in \.csv, \.jsonl, \.parquet or \.xlsx"):
        write(tmp_path / "a.txt")


def test_a_table_cannot_be_written_to_an_object_store():
    with pytest.raises(OptionError, match="tables are written to this machine"):
        check_suffix(Path("s3://bucket/a.csv"))
