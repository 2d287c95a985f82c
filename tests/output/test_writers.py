"""Each writer takes results and a stream."""

import io
import json

import pytest

from numerals.errors import ImageError
from numerals.output.csv_output import write_csv, write_table_csv
from numerals.output.json_output import write_json_lines
from numerals.output.text_output import write_joined_text, write_text
from numerals.reading import FileResult
from numerals.records import Line, Page, Table

LINE = Line("417", 0.98765, (1, 2, 30, 20))
DOUBTFUL = Line("3", 0.2, (1, 30, 30, 50), accepted=False)
CELLS = (
    Line("5", 0.9, (0, 0, 9, 9), cell=(0, 1), table=0),
    Line("=6", 0.9, (0, 9, 9, 18), cell=(1, 0), table=0),
)
TABLE = Table((0, 0, 20, 20), 2, 2)


@pytest.fixture
def results():
    lines = Page((LINE, DOUBTFUL), 100, 80, source="renamed")
    table = Page(CELLS, 20, 20, tables=(TABLE,))
    return [
        FileResult("a.png", (lines,)),
        FileResult("b\x1b.png", (), (ImageError("b: broken"),)),
        FileResult("c.png", (table,)),
    ]


def written(write, results, **options):
    stream = io.StringIO()
    write(iter(results), stream, **options)
    return stream.getvalue()


def test_text_has_a_row_for_each_line_and_each_row_of_a_table(results):
    assert written(write_text, results) == "417\n?\n -  5\n=6  -\n"
    rows = written(write_text, results[:1], with_file_names=True)
    assert rows == "a.png: 417\na.png: ?\n"


def test_joined_text_is_one_row_with_a_question_mark_for_files_without_text(results):
    assert written(write_joined_text, results) == "417??5=6\n"
    assert written(write_joined_text, []) == "\n"


def test_control_characters_of_file_names_are_escaped(results):
    named = FileResult("b\x1b.png", results[0].pages)
    assert written(write_text, [named], with_file_names=True).startswith("b\\x1b.png: 417\n")


def test_csv_has_a_row_for_each_line_with_its_place(results):
    header, first, doubtful, *cells = written(write_csv, results).splitlines()
    assert header.startswith("file,page,line,text,confidence,x_min")
    assert first == "a.png,1,1,417,0.9877,1,2,30,20,,,"
    assert doubtful.startswith("a.png,1,2,?,0.2,")
    assert [row.split(",")[9:] for row in cells] == [["1", "1", "2"], ["1", "2", "1"]]


def test_table_csv_holds_no_formulas(results):
    assert written(write_table_csv, results) == ",5\n'=6,\n"
    rows = written(write_table_csv, results, with_file_names=True)
    assert rows == "c.png,,5\nc.png,'=6,\n"


def test_json_has_a_line_for_each_file_and_its_error(results):
    first, broken, _ = map(json.loads, written(write_json_lines, results).splitlines())
    assert first["pages"][0]["lines"][0]["text"] == "417"
    assert (broken["pages"], broken["error"]) == ([], "b: broken")


def test_json_escapes_what_the_encoding_of_the_stream_lacks():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    write_json_lines([FileResult("೭.png", ())], stream)
    assert b"\\u0ced.png" in stream.buffer.getvalue()
