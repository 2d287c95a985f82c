"""Pictures that may be crops of one number are recognized."""

import numpy as np
import pytest

from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.ink.page_ink import PageInk
from numerals.page.number_layout import may_be_field


def page(shape, *places, height=40.0, has_number_ink=True):
    """Return a page with a number, 100 pixels wide, at each position."""
    lines = [InkLine((), height, LineFrame(x, x + 100, y, 0.0, height)) for x, y in places]
    gray = np.full(shape, 240, np.uint8)
    return PageInk(tuple(lines), 1.0, gray, has_number_ink=has_number_ink)


def test_a_low_picture_of_one_number_may_be_a_field():
    assert may_be_field(page((90, 400), (150, 45)))


def test_numbers_side_by_side_may_be_one_field():
    assert may_be_field(page((90, 400), (20, 45), (160, 47), (280, 44)))


def test_a_number_on_a_page_is_not_a_field():
    assert not may_be_field(page((600, 800), (150, 300)))


def test_numbers_in_a_column_are_not_a_field():
    assert not may_be_field(page((120, 400), (150, 30), (150, 85)))


@pytest.mark.parametrize(
    ("shape", "expected"), [((60, 200), True), ((200, 60), True), ((300, 300), False)]
)
def test_a_small_picture_may_show_an_undetected_number(shape, expected):
    assert may_be_field(page(shape)) == expected


def test_a_small_picture_without_number_ink_is_not_a_field():
    assert not may_be_field(page((60, 200), has_number_ink=False))
