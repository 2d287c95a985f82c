"""Lines of every size, from boxes alone."""

import numpy as np
import pytest

from numerals.ink.lines import find_lines
from numerals.ink.parts import Part


def part(x, y, width, height):
    return Part((x, y, x + width, y + height), np.full((height, width), 255, np.uint8))


def number(x, y, height, n=4):
    return [part(x + round(0.9 * height) * i, y, round(0.6 * height), height) for i in range(n)]


def shapes(parts):
    return [(len(line.parts), line.height) for line in find_lines(parts)]


def test_no_parts_are_no_lines():
    assert find_lines([]) == []


@pytest.mark.parametrize("sizes", [(80, 20), (20, 80), (200, 80, 30, 12), (30, 120, 30), (80, 100)])
def test_lines_of_several_sizes_are_found_top_to_bottom(sizes):
    parts, y = [], 10
    for size in sizes:
        parts += number(20, y, size)
        y += size + 30
    assert shapes(parts) == [(4, size) for size in sizes]


def test_digits_of_one_line_may_differ():
    line = [part(10, 40, 30, 40), part(60, 10, 40, 80), part(120, 20, 40, 60), part(180, 15, 6, 70)]
    assert shapes(line) == [(4, 70.0)]


def test_points_dashes_and_pieces_belong_to_their_line():
    digits = number(10, 10, 80)
    point, dash = part(75, 82, 8, 8), part(132, 45, 20, 6)
    pieces = [part(150 + 12 * i, 20, 10, 14) for i in range(4)]
    assert shapes([*digits, point, dash, *pieces]) == [(10, 80.0)]


def test_specks_are_no_lines():
    specks = [part(100 * i, 300 + 90 * i, 5, 5) for i in range(6)]
    far = [part(300 + 150 * i, 200, 12, 14) for i in range(3)]
    assert shapes([*number(10, 10, 80), *specks, *far]) == [(4, 80.0)]


def test_a_lone_digit_is_a_line_where_it_is_as_high_as_others():
    assert shapes([*number(10, 10, 80), part(10, 200, 40, 70)]) == [(4, 80.0), (1, 70.0)]
    assert shapes([part(10, 200, 40, 70)]) == [(1, 70.0)]


def test_what_passes_by_several_lines_is_none():
    lines = number(200, 10, 60) + number(200, 110, 60) + number(200, 210, 60)
    brace = part(120, 10, 40, 260)
    assert shapes([*lines, brace]) == [(4, 60.0)] * 3


def test_a_large_number_beside_a_small_one_is_a_line_of_its_own():
    assert shapes(number(10, 10, 150) + number(700, 100, 50)) == [(4, 150.0), (4, 50.0)]


def test_numbers_within_the_reach_of_something_huge_are_not_its_pieces():
    huge = [part(0, 0, 60, 400), part(900, 20, 70, 380), part(1000, 0, 40, 390)]
    assert (4, 50.0) in shapes([*huge, *number(400, 150, 50)])
