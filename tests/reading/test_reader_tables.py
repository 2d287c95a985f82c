"""Tables are detected without an option, and other numbers on the page are lines."""

import cv2
import numpy as np
import pytest

from numerals.ink import PageInk
from numerals.ink.ink_line import CellPosition
from numerals.output.rows import page_rows, table_rows
from numerals.reading import Reader
from numerals.reading.table_assignment import (
    add_missed_cells,
    assign_single_table,
    collect_tables,
    finalize_tables,
)
from numerals.records import Line, Page, Table, text_rows

CELL = (150, 90)
ROWS = [["83", "62", "49"], ["17", "", "61"], ["40", "88", "35"]]


def number(text, row=None, column=None, *, table=0, printed=False, at=None):
    x, y = at or (100 * column, 60 * row)
    place = {} if row is None else {"table": table, "cell": (row, column)}
    return Line(text, 0.9, (x, y, x + 40, y + 30), is_printed=printed, **place)


def texts(lines):
    return [line.text for line in lines]


def test_rows_and_columns_without_a_reading_are_dropped():
    lines = [number("1", 1, 0), number("2", 1, 4), number("3", 3, 0), number("4", 3, 4)]
    settled = finalize_tables(lines, printed=False)
    assert [line.cell for line in settled] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_a_dissolved_table_leaves_handwritten_lines():
    lines = [number("1", 0, 0), number("2", 1, 0), number("3", 2, 0, printed=True)]
    assert finalize_tables(lines, printed=False) == [
        number("1", at=(0, 0)),
        number("2", at=(0, 60)),
    ]
    assert texts(finalize_tables(lines, printed=True)) == ["1", "2", "3"]


def test_lines_of_a_table_are_consecutive():
    table = [number(f"{r}{c}", r, c) for r in range(2) for c in range(2)]
    mixed = [number("8", at=(900, 0)), *table[:2], number("9", at=(900, 50)), *table[:1:-1]]
    settled = finalize_tables(mixed, printed=False)
    assert texts(settled) == ["8", "00", "01", "10", "11", "9"]


def test_tables_have_a_size_and_a_box():
    lines = [number(f"{r}{c}", r, c, table=t) for t in (0, 1) for r in (0, 1) for c in (0, 1, 2)]
    box = (0, 0, 240, 90)
    assert collect_tables([*lines[:6], number("5", at=(0, 0)), *lines[6:]]) == (
        Table(box, 2, 3),
        Table(box, 2, 3),
    )


def test_a_requested_table_holds_all_numbers():
    lines = [number("1", 0, 0), number("2", 0, 1), number("3", at=(0, 60)), number("4", 1, 1)]
    assert [(line.table, line.cell) for line in assign_single_table(lines)] == [
        (0, (0, 0)), (0, (0, 1)), (0, (1, 0)), (0, (1, 1))
    ]  # fmt: skip


def test_empty_cells_are_read_again():
    lines = [number("1", r, c) for r in range(4) for c in range(4) if (r, c) != (2, 1)]
    gray = np.full((300, 500), 240, np.uint8)
    cv2.line(gray, (120, 123), (120, 147), 30, 4)  # a 1 in the center of row 2, column 1
    asked = []

    def read(ink):
        asked.extend(line.cell_position for line in ink.lines)
        return [number("7", place.row, place.column) for place in asked]

    completed = add_missed_cells(lines, PageInk((), 1.0, gray), read)
    assert asked == [CellPosition(0, 2, 1)]
    assert [line.cell for line in completed] == [(r, c) for r in range(4) for c in range(4)]


def test_text_aligns_the_columns_of_a_table():
    lines = [
        number("2024", at=(0, 0)),
        number("7", 0, 0),
        number("1250", 0, 1),
        number("12", 1, 0),
        number("3", 1, 2),
        number("4", 1, 2),
    ]
    assert text_rows(lines, texts(lines)) == ["2024", " 7  1250    -", "12     -  3 4"]
    assert Page(tuple(lines), 10, 10).text.splitlines()[0] == "2024"


def test_csv_rows_contain_the_cell():
    lines = (number("2024", at=(0, 0)), number("7", 0, 1))
    rows = list(page_rows(Page(lines, 10, 10, tables=(Table((0, 0, 9, 9), 1, 2),))))
    assert [row[-3:] for row in rows] == [("", "", ""), (1, 1, 2)]


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.fixture
def page(draw):
    """Return a sheet with a ruled table, a date above and a note beside it."""
    sheet = np.full((520, 900), 245, np.uint8)
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            if text:
                _write(sheet, draw(text, height=36, margin=0, gap=6), 60 + 150 * c, 160 + 90 * r)
    for y in range(4):
        cv2.line(sheet, (40, 140 + 90 * y), (490, 140 + 90 * y), 90, 2)
    for x in range(4):
        cv2.line(sheet, (40 + 150 * x, 140), (40 + 150 * x, 410), 90, 2)
    _write(sheet, draw("2719", height=36, margin=0, gap=6), 60, 40)
    _write(sheet, draw("504", height=36, margin=0, gap=6), 680, 250)
    return sheet


def _write(sheet, drawn, left, top):
    sheet[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn


def test_a_table_is_detected_among_other_numbers(reader, page):
    found = reader.read(page)
    assert table_rows(found) == ROWS
    assert sorted(line.text for line in found.lines if line.cell is None) == ["2719", "504"]
    assert found.lines[0].text == "2719"
    (table,) = found.tables
    assert all(abs(a - b) < 30 for a, b in zip(table.box, (60, 160, 440, 390), strict=True))


def test_a_few_numbers_in_a_column_are_not_a_table(reader, draw):
    sheet = np.full((400, 500), 245, np.uint8)
    for i, text in enumerate(("835", "17", "402")):
        _write(sheet, draw(text, height=40, margin=0, gap=8), 80, 50 + 110 * i)
    found = reader.read(sheet)
    assert found.tables == () and found.text == "835\n17\n402"


@pytest.mark.data
@pytest.mark.parametrize("name", ["m1", "m3"])
def test_marks_of_an_answer_book_are_a_table(reader, data_folder, name):
    """Photos of mostly empty grids; the third row is empty and is dropped."""
    found = reader.read(data_folder / f"pages/marks-in/{name}.jpg")
    assert [(table.n_rows, table.n_columns) for table in found.tables] == [(3, 10)]
    assert [line.text for line in found.lines if line.cell and line.cell[0] == 1] == ["2"]


@pytest.mark.data
@pytest.mark.parametrize("name", ["worksheets/w8.jpg", "notebook/o1.jpg"])
def test_calculations_and_lists_are_not_tables(reader, data_folder, name):
    assert reader.read(data_folder / "pages" / name).tables == ()
