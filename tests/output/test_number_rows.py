"""Rows of numbers: one per number, and every page accounted for."""

import pytest

from numerals.errors import ImageError
from numerals.output.number_rows import NumberRow, number_rows
from numerals.reading import FileResult
from numerals.records import Line, Page

LINE = Line(
    "042", 0.93, (10, 20, 70, 50), alternatives=(("043", 0.05),), accepted=True,
    cell=(2, 0), table=1, is_printed=True,
)  # fmt: skip


def test_a_line_is_a_row_with_places_from_1():
    pages = (Page((LINE,), 100, 80, number=3, script="latin"),)
    [row] = number_rows(FileResult("a.pdf", pages), "latin-line")
    assert row == NumberRow(
        "a.pdf", 3, 1, 2, 3, 1, None, "042", 0.93, (("043", 0.05),), (10, 20, 70, 50), True,
        printed=True, model="latin-line",
    )  # fmt: skip


def test_a_page_without_numbers_is_a_row():
    [row] = number_rows(FileResult("a.png", (Page((), 100, 80, script="kannada"),)), "")
    assert (row.file, row.page, row.text, row.error) == ("a.png", 1, None, None)
    assert row.model == "kannada (auto)"


def test_an_error_after_two_pages_names_the_third():
    pages = tuple(Page((LINE,), 100, 80, number=number) for number in (1, 2))
    rows = list(number_rows(FileResult("a.tif", pages, (ImageError("is damaged"),)), "m"))
    message = "page 3 and those after it: is damaged"
    assert [(row.page, row.error) for row in rows] == [(1, None), (2, None), (3, message)]


def decode_error(page: int) -> ImageError:
    error = ImageError(f"page {page} of 6: is damaged")
    error.page, error.n_pages = page, 6
    return error


def test_rows_of_failed_and_of_unread_pages_are_in_their_order():
    pages = (Page((LINE, LINE), 100, 80), Page((), 100, 80, number=3))
    errors = (decode_error(2), decode_error(4))
    rows = number_rows(FileResult("a.tif", pages, errors), "m")
    unread = "not read, because page 4 could not be read; repair the file, or split it"
    assert [(row.page, row.text, row.error) for row in rows] == [
        (1, "042", None),
        (1, "042", None),
        (2, None, "page 2 of 6: is damaged"),
        (3, None, None),
        (4, None, "page 4 of 6: is damaged"),
        (5, None, unread),
        (6, None, unread),
    ]
    last = number_rows(FileResult("a.tif", pages, errors), "m", last_page=4)
    assert [row.page for row in last] == [1, 1, 2, 3, 4]


def test_a_table_returns_its_rows():
    pytest.importorskip("pyarrow")
    from numerals.output.number_table import from_table, number_schema, to_table

    pages = (Page((LINE,), 100, 80), Page((), 100, 80, number=2))
    rows = list(number_rows(FileResult("a.tif", pages, (ImageError("is damaged"),)), "m"))
    table = to_table(rows)
    assert table.schema == number_schema()
    assert list(from_table(table)) == rows
