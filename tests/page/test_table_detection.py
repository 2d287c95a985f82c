"""Tables are detected by rules or strict alignment; lists and notes are not tables."""

import cv2
import numpy as np
import pytest

from numerals.page.rows_and_columns import NumberBox
from numerals.page.table_detection import find_tables

SCALE = 4.0  # pixels of the page per pixel of the maps
HEIGHT = 32  # of the numbers, pixels
CELL = (120, 72)

RNG = np.random.default_rng(0)


def numbers(n_rows, n_columns, *, origin=(100, 100), step=CELL, missing=()):
    """Return boxes near the centers of cells, and the row and column of each."""
    cells = [(r, c) for r in range(n_rows) for c in range(n_columns) if (r, c) not in missing]
    return [number_in(r, c, origin=origin, step=step) for r, c in cells], cells


def number_in(row, column, *, origin=(100, 100), step=CELL, down=0.0):
    x = origin[0] + (column + 0.5) * step[0] + RNG.normal(0, 3)
    y = origin[1] + (row + 0.5) * step[1] + RNG.normal(0, 1.5) + down
    return NumberBox(x, y, 60, HEIGHT)


def blank(width=1000, height=800):
    return np.zeros((round(height / SCALE), round(width / SCALE)), np.float32)


def draw_rules(marks, n_rows, n_columns, *, origin=(100, 100), step=CELL, outer=True, only=""):
    """Draw the rules of a grid, or only those of one direction, "across" or "down"."""
    low = np.array(origin)
    high = low + np.multiply(step, (n_columns, n_rows))
    inner = slice(None) if outer else slice(1, -1)
    if only != "down":
        for y in np.linspace(low[1], high[1], n_rows + 1)[inner]:
            draw_rule(marks, (low[0], y), (high[0], y))
    if only != "across":
        for x in np.linspace(low[0], high[0], n_columns + 1)[inner]:
            draw_rule(marks, (x, low[1]), (x, high[1]))


def draw_rule(marks, start, end):
    points = [tuple(int(v) for v in np.round(np.divide(p, SCALE))) for p in (start, end)]
    cv2.line(marks, *points, 0.9, 1)


def places(number_boxes, marks):
    return [place and tuple(place) for place in find_tables(number_boxes, marks, SCALE)]


def in_table(cells, table=0):
    return [(table, *cell) for cell in cells]


@pytest.mark.parametrize(("n_rows", "n_columns"), [(2, 2), (3, 4), (12, 5), (2, 9)])
def test_cells_form_a_table(n_rows, n_columns):
    marks = blank(1300, 1100)
    draw_rules(marks, n_rows, n_columns)
    number_boxes, cells = numbers(n_rows, n_columns)
    assert places(number_boxes, marks) == in_table(cells)


def test_empty_cells_are_kept_and_empty_columns_are_dropped():
    marks = blank()
    draw_rules(marks, 4, 5)
    missing = {(r, 2) for r in range(4)} | {(1, 0), (2, 1), (3, 3), (0, 4)}
    number_boxes, cells = numbers(4, 5, missing=missing)
    assert places(number_boxes, marks) == in_table([(r, c - (c > 2)) for r, c in cells])


@pytest.mark.parametrize("shape", [(3, 2), (5, 4)])
@pytest.mark.parametrize("only", ["", "across", "down"])
def test_alignment_suffices_without_rules_or_with_rules_in_one_direction(shape, only):
    marks = blank()
    if only:
        draw_rules(marks, *shape, only=only)
    number_boxes, cells = numbers(*shape)
    assert places(number_boxes, marks) == in_table(cells)


@pytest.mark.parametrize("shape", [(3, 3), (4, 5), (6, 3)])
def test_outer_rules_are_optional(shape):
    marks = blank()
    draw_rules(marks, *shape, outer=False)
    number_boxes, cells = numbers(*shape)
    assert places(number_boxes, marks) == in_table(cells)


def test_notes_beside_and_above_a_table_are_outside():
    marks = blank()
    draw_rules(marks, 4, 3)
    number_boxes, cells = numbers(4, 3)
    notes = [
        NumberBox(560, 210, 60, HEIGHT),
        NumberBox(150, 60, 80, HEIGHT),
        NumberBox(40, 280, 50, HEIGHT),
    ]
    assert places(number_boxes + notes, marks) == in_table(cells) + [None] * 3


def test_notes_beside_an_unruled_table_are_outside():
    number_boxes, cells = numbers(5, 3)
    notes = [NumberBox(560, 210, 60, HEIGHT), NumberBox(250, 60, 80, HEIGHT)]
    assert places(number_boxes + notes, blank()) == in_table(cells) + [None] * 2


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("second", [(560, 130), (100, 480)], ids=["beside", "below"])
def test_two_tables(ruled, second):
    marks = blank()
    if ruled:
        draw_rules(marks, 4, 3)
        draw_rules(marks, 3, 2, origin=second)
    (first, first_cells), (other, cells) = numbers(4, 3), numbers(3, 2, origin=second)
    assert places(first + other, marks) == in_table(first_cells) + in_table(cells, 1)


def test_numbers_stacked_in_a_cell_share_it():
    marks = blank()
    draw_rules(marks, 3, 3, step=(120, 110))
    number_boxes, cells = numbers(3, 3, step=(120, 110), missing={(1, 1)})
    stack = [number_in(1, 1, step=(120, 110), down=down) for down in (-24, 24)]
    assert places(number_boxes + stack, marks) == in_table([*cells, (1, 1), (1, 1)])


def test_a_number_in_a_spanning_cell_is_in_the_first_cell():
    marks = blank()
    draw_rules(marks, 3, 4)
    marks[round(100 / SCALE) + 1 : round(172 / SCALE) - 1, round(340 / SCALE)] = 0  # cells 1 and 2
    number_boxes, cells = numbers(3, 4, missing={(0, 1), (0, 2)})
    spanning = NumberBox(340, 136, 60, HEIGHT)
    assert places([*number_boxes, spanning], marks) == in_table([*cells, (0, 1)])


def test_a_comb_in_a_cell_is_in_that_cell():
    marks = blank(1200)
    step = (260, 110)
    draw_rules(marks, 4, 3, step=step)
    number_boxes = []
    for row in range(4):
        for column in range(3):
            left, top = 100 + column * step[0] + 34, 100 + row * step[1] + 31
            for box in range(3):
                corner = (left + 66 * box, top)
                draw_rules(marks, 1, 1, origin=corner, step=(52, 48))
            first = (row + column) % 3  # empty boxes come first
            width = 66 * (3 - first) - 14
            number_boxes.append(NumberBox(left + 184 - width / 2, top + 24, width, HEIGHT))
    cells = [(r, c) for r in range(4) for c in range(3)]
    assert places(number_boxes, marks) == in_table(cells)


@pytest.mark.parametrize("ruled", [True, False])
def test_a_single_row_or_column_is_not_a_table(ruled):
    for shape in ((8, 1), (1, 8)):
        marks = blank(1300)
        if ruled:
            draw_rules(marks, *shape)
        number_boxes, _ = numbers(*shape)
        assert places(number_boxes, marks) == [None] * 8


def test_scattered_notes_are_not_a_table():
    for _ in range(20):
        number_boxes = [
            NumberBox(RNG.uniform(60, 940), RNG.uniform(60, 740), RNG.uniform(20, 120), HEIGHT)
            for _ in range(9)
        ]
        assert places(number_boxes, blank()) == [None] * 9


def test_column_sums_are_not_a_table():
    """Each sum has three numbers, the last one below a rule, with space between the sums."""
    number_boxes, marks = [], blank()
    for row in range(3):
        for column in range(3):
            left, top = 120 + 260 * column, 80 + 230 * row
            number_boxes += [
                NumberBox(left + 40, top + 45 * i + 10 * (i == 2), 70, HEIGHT) for i in range(3)
            ]
            draw_rule(marks, (left, top + 72), (left + 90, top + 72))
    assert places(number_boxes, marks) == [None] * 27


def test_a_frame_around_notes_is_not_a_table():
    marks = blank()
    draw_rules(marks, 1, 1, origin=(20, 20), step=(950, 750))
    number_boxes = [
        NumberBox(x, y, 70, HEIGHT) for x, y in [(100, 80), (420, 150), (700, 90), (200, 400)]
    ]
    assert places(number_boxes, marks) == [None] * 4


def test_no_numbers_give_no_table():
    marks = blank()
    draw_rules(marks, 4, 4)
    assert find_tables([], marks, SCALE) == []
