"""Digits in the boxes of a comb are joined, and the boxes are erased."""

import cv2
import numpy as np
import pytest
from page_maps import blank_maps, paint

from numerals.ink.connected_components import Component
from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.page.combs import join_combs

TOP, SIDE, DIGIT = 100, 60, (20, 36)
PAPER, WALL, PEN = 230, 150, 40


def page(lefts, *, walls=WALL):
    """Return a page with a box at each left edge."""
    gray = np.full((400, 800), PAPER, np.uint8)
    for x in lefts:
        cv2.rectangle(gray, (x, TOP), (x + SIDE, TOP + SIDE), walls, 2)
    return gray


def digit_box(left):
    x, y = left + (SIDE - DIGIT[0]) // 2, TOP + (SIDE - DIGIT[1]) // 2
    return x, y, x + DIGIT[0], y + DIGIT[1]


def write(gray, maps, left, *, ink=PEN):
    """Write a digit, drawn as a block, into a box."""
    x_min, y_min, x_max, y_max = digit_box(left)
    gray[y_min:y_max, x_min:x_max] = ink
    paint(maps.number_ink, (x_min, y_min, x_max, y_max))


def line(first, last=None):
    """Return the line that the page network finds from one box to another."""
    (x_min, y_min, *_), (_, _, x_max, y_max) = digit_box(first), digit_box(last or first)
    height = y_max - y_min
    component = Component((x_min, y_min, x_max, y_max), np.ones((height, x_max - x_min), np.bool_))
    margin = 0.25 * height
    frame = LineFrame(x_min - margin, x_max + margin, (y_min + y_max) / 2, 0.0, height)
    return InkLine((component,), float(height), frame, False, 0.9, 1.0)


def spans(lines):
    return [(round(found.frame.left), round(found.frame.right)) for found in lines]


def test_digits_in_separate_boxes_are_joined():
    lefts = (100, 180, 260)
    gray, maps = page(lefts), blank_maps()
    for left in lefts:
        write(gray, maps, left)
    [found], cleaned = join_combs([line(left) for left in lefts], gray, maps)
    assert spans([found])[0] == pytest.approx((100, 320), abs=8)
    assert len(found.components) == 3
    assert cleaned[TOP, 100:320].min() > PAPER - 10 and cleaned[130, 210] == PEN
    assert gray[TOP, 130] == WALL  # the given page is unchanged


def test_rows_of_boxes_are_split_at_wider_gaps():
    lefts = (100, 170, 240, 340, 410, 480)
    gray, maps = page(lefts), blank_maps()
    for left in lefts:
        write(gray, maps, left)
    found, _ = join_combs([line(left) for left in lefts], gray, maps)
    np.testing.assert_allclose(spans(found), [(100, 300), (340, 540)], atol=8)


def test_a_faint_digit_inside_a_detected_number_is_kept():
    lefts = (100, 180, 260)
    gray, maps = page(lefts), blank_maps()
    for left in lefts[1:]:
        write(gray, maps, left)
    x_min, y_min, _, y_max = digit_box(100)
    gray[y_min:y_max, x_min : x_min + 2] = 170
    found, cleaned = join_combs([line(100, 260)], gray, maps)
    assert spans(found)[0][0] == pytest.approx(100, abs=8)
    assert cleaned[130, x_min] == 170


@pytest.mark.parametrize("is_digit", [True, False])
def test_an_undetected_cell_is_kept_if_its_ink_is_a_digit(is_digit):
    lefts = (100, 180, 260)
    gray, maps = page(lefts), blank_maps()
    for left in lefts:
        write(gray, maps, left)
    if not is_digit:  # a cross
        paint(maps.number_ink, digit_box(100), 0.1)
        paint(maps.mark_ink, digit_box(100), 0.9)
    found, _ = join_combs([line(180), line(260)], gray, maps)
    assert spans(found)[0][0] == pytest.approx(100 if is_digit else 180, abs=8)


def test_an_undetected_one_is_kept_and_a_cross_is_not():
    for is_one in (True, False):
        lefts = (100, 180, 260)
        gray, maps = page(lefts), blank_maps()
        for left in lefts[1:]:
            write(gray, maps, left)
        ends = [((135, 112), (135, 148))] if is_one else [((105, 105), (155, 155))] * 2
        for start, end in ends:
            cv2.line(gray, start, end, PEN, 3)
        [found], _ = join_combs([line(180, 260)], gray, maps)
        assert found.frame.left == pytest.approx(100 if is_one else 180, abs=8)


def test_a_page_without_boxes_is_unchanged():
    gray, maps = page(()), blank_maps()
    write(gray, maps, 100)
    lines = [line(100)]
    found, cleaned = join_combs(lines, gray, maps)
    assert found == lines and cleaned is gray
