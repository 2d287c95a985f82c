"""Rows and columns of numbers in grids: level, sloping, with gaps, of different sizes."""

import numpy as np
import pytest

from numerals.page.rows_and_columns import NumberBox, group_columns, group_rows

RNG = np.random.default_rng(0)


def grid(n_rows, n_columns, *, angle=0.0, step=(120, 60), missing=(), shuffle=True):
    """Return the boxes of a grid rotated clockwise, in degrees, and the cell of each box."""
    cells = [(r, c) for r in range(n_rows) for c in range(n_columns) if (r, c) not in missing]
    if shuffle:
        cells = [cells[i] for i in RNG.permutation(len(cells))]
    turn = np.radians(angle)
    number_boxes = []
    for row, column in cells:
        x, y = column * step[0] + RNG.normal(0, 2), row * step[1] + RNG.normal(0, 1.5)
        x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
        number_boxes.append(NumberBox(500 + x, 500 + y, RNG.uniform(20, 60), RNG.uniform(28, 34)))
    return number_boxes, cells


def columns(number_boxes):
    return group_columns(number_boxes, group_rows(number_boxes))


@pytest.mark.parametrize("angle", [0.0, 2.5, -2.5])
@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (6, 1), (9, 5), (20, 12)])
def test_sloping_grids_are_grouped_into_rows_and_columns(angle, shape):
    number_boxes, cells = grid(*shape, angle=angle)
    rows = group_rows(number_boxes)
    assert [[cells[i] for i in row] for row in rows] == [
        [(r, c) for c in range(shape[1])] for r in range(shape[0])
    ]
    assert columns(number_boxes) == [c for _, c in cells]


def test_empty_cells_do_not_shift_their_neighbors():
    missing = {(0, 0), (1, 2), (3, 1), (3, 3)}
    number_boxes, cells = grid(5, 4, missing=missing)
    for number, row in enumerate(group_rows(number_boxes)):
        assert all(cells[i][0] == number for i in row)
    assert columns(number_boxes) == [c for _, c in cells]


def test_no_numbers_give_no_rows():
    assert group_rows([]) == [] and group_columns([], []) == []


def test_neighbors_in_a_row_are_in_two_columns():
    number_boxes = [NumberBox(x, 60.0 * row, 30, 30) for row in range(3) for x in (100, 135, 400)]
    assert columns(number_boxes) == [0, 1, 2] * 3


def test_a_right_aligned_column_is_one_column():
    number_boxes = [
        NumberBox(300 - width / 2, 60.0 * i, width, 30.0)
        for i, width in enumerate((90, 20, 70, 45))
    ]
    left = [NumberBox(60, 60.0 * i, 40, 30) for i in range(4)]
    assert columns(left + number_boxes) == [0] * 4 + [1] * 4


def test_lines_of_different_heights_are_separate_rows():
    number_boxes = [
        NumberBox(200, 60, 300, 100),
        NumberBox(100, 150, 60, 20),
        NumberBox(300, 152, 60, 20),
    ]
    assert group_rows(number_boxes) == [[0], [1, 2]]


def test_an_outlier_does_not_change_the_slope():
    number_boxes, cells = grid(4, 6, shuffle=False)
    number_boxes.append(NumberBox(1500, 510, 40, 30))  # far to the right of the first row
    cells.append((0, 6))
    rows = group_rows(number_boxes)
    assert [cells[i] for i in rows[0]] == [(0, c) for c in range(7)]
    assert len(rows) == 4


def test_thousands_of_numbers_are_grouped():
    number_boxes, cells = grid(60, 50, step=(80, 50))
    assert len(group_rows(number_boxes)) == 60
    assert columns(number_boxes) == [c for _, c in cells]


def test_a_large_sheet_of_uneven_digits_keeps_its_columns():
    rng = np.random.default_rng(0)
    number_boxes = [
        NumberBox(148 * j + rng.normal(0, 13), 88 * i + rng.normal(0, 9), rng.uniform(60, 100), 62)
        for i in range(40)
        for j in range(32)
    ]
    number_boxes.append(NumberBox(150 * 7 + 40, 88 * 3, 20, 60))  # a fragment of a digit
    rows = group_rows(number_boxes)
    assert len(rows) == 40
    assert max(group_columns(number_boxes, rows)) + 1 <= 33
