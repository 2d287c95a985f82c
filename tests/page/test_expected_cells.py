"""The expected number of an empty cell lies between those of its row and column."""

import time

import pytest

from numerals.page.expected_cells import expect_number_boxes
from numerals.page.rows_and_columns import NumberBox
from numerals.reading.empty_cells import find_empty_cell_boxes


def box_at(row, column, slope=0.0):
    x, y = 100.0 * column, 50.0 * row
    return NumberBox(x - slope * y, y + slope * x, 40, 20)


def test_cells_of_a_skewed_table_are_found():
    places = [(row, column) for row in range(6) for column in range(8)]
    filled = {place: box_at(*place, slope=0.03) for place in places if sum(place) % 3}
    empty = [place for place in places if place not in filled]
    found = expect_number_boxes(filled, empty)
    assert set(found) == set(empty)
    for place, box in found.items():
        true = box_at(*place, slope=0.03)
        assert (box.center_x, box.center_y) == pytest.approx((true.center_x, true.center_y), abs=6)


def test_rows_and_columns_without_numbers_have_no_expected_box():
    filled = {(0, 0): box_at(0, 0), (0, 2): box_at(0, 2)}
    assert expect_number_boxes(filled, [(0, 1), (1, 0)]) == {}


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_are_those_of_the_page_as_it_is_stored(turn):
    upright = {(0, 0): (0, 0, 20, 10), (0, 1): (100, 0, 120, 10), (1, 1): (100, 50, 120, 60)}
    back = {0: lambda x, y: (x, y), 90: lambda x, y: (-y, x)}
    back |= {180: lambda x, y: (-x, -y), 270: lambda x, y: (y, -x)}

    def stored(box):
        corners = back[turn](*box[:2]), back[turn](*box[2:])
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    boxes = {place: stored(box) for place, box in upright.items()}
    found = find_empty_cell_boxes(boxes, (2, 2), turn)
    assert found.pop((1, 0)) == stored((0, 50, 20, 60))
    beyond = {(0, 2): (200, 0, 220, 10), (1, 2): (200, 50, 220, 60)}  # a column and a row more
    beyond |= {(2, 0): (0, 100, 20, 110), (2, 1): (100, 100, 120, 110)}
    assert found == {place: stored(box) for place, box in beyond.items()}


def test_table_of_one_row_or_column_is_not_continued_across_it():
    boxes = {(0, 0): (0, 0, 20, 10), (0, 1): (100, 0, 120, 10)}
    assert find_empty_cell_boxes(boxes, (1, 2)) == {(0, 2): (200, 0, 220, 10)}
    assert find_empty_cell_boxes({}, (0, 0)) == {}


def test_large_tables_take_no_time():
    places = [(row, column) for row in range(60) for column in range(40)]
    filled = {place: box_at(*place) for place in places if place[0] % 2 or place[1] % 2}
    start = time.perf_counter()
    assert len(expect_number_boxes(filled, set(places) - set(filled))) == 600
    assert time.perf_counter() - start < 2
