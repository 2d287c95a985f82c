"""Rotated and skewed pages are read; boxes are in pixels of the given picture."""

from functools import cache

import cv2
import numpy as np
import pytest

from numerals.reading import Reader

NUMBERS = ("835620", "4927", "61358")


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.fixture(scope="module")
def page(draw):
    sheet = np.full((640, 560), 245, np.uint8)
    for number, text in enumerate(NUMBERS):
        drawn = draw(text, margin=10)
        top = 60 + 180 * number
        sheet[top : top + drawn.shape[0], 60 : 60 + drawn.shape[1]] = drawn
    return sheet


def rotated(page, quarters):
    return np.ascontiguousarray(np.rot90(page, -quarters))


@pytest.fixture(scope="module")
def read_rotated(reader, page):
    """Return a function that reads the page after some quarter turns, each only once."""
    return cache(lambda quarters: reader.read(rotated(page, quarters)))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_rotated_by_quarter_turns_is_read(read_rotated, quarters):
    found = read_rotated(quarters)
    assert found.text.split("\n") == list(NUMBERS)
    assert found.turn == 90 * quarters


@pytest.mark.parametrize("angle", [-12, 15])
def test_a_skewed_page_is_read(reader, page, angle):
    height, width = page.shape
    around = cv2.copyMakeBorder(page, 100, 100, 100, 100, cv2.BORDER_REPLICATE)
    turn = cv2.getRotationMatrix2D((width / 2 + 100, height / 2 + 100), -angle, 1.0)
    leaning = cv2.warpAffine(
        around, turn, (width + 200, height + 200), borderMode=cv2.BORDER_REPLICATE
    )
    found = reader.read(leaning)
    assert found.text.split("\n") == list(NUMBERS)
    assert abs(found.turn - angle) < 1.5


def test_boxes_are_in_pixels_of_the_given_picture(read_rotated, page):
    given = rotated(page, 1)  # its first line runs down the right side
    first = read_rotated(1).lines[0]
    ys, xs = np.nonzero(given[:, given.shape[1] - 200 :] < 150)
    expected = (xs.min() + given.shape[1] - 200, ys.min(), xs.max() + given.shape[1] - 199)
    assert np.abs(np.array(first.box[:3]) - expected).max() < 12


def test_a_given_turn_is_not_verified(page):
    given = rotated(page, 2)
    assert Reader(turn=180).read(given).text.split("\n") == list(NUMBERS)
    assert Reader(turn=0).read(given).turn == 0


@pytest.mark.parametrize(("turn", "layout"), [(45, "page"), (90, "field")])
def test_a_turn_for_another_layout_is_rejected(turn, layout):
    with pytest.raises(ValueError, match="turn="):
        Reader(turn=turn, layout=layout)
