"""The corners of a frame that is seen from the side, and the page made straight by them."""

import cv2
import numpy as np
import pytest

from numerals.ink.components import Pieces
from numerals.ink.perspective import angle_of, find_corners, straighten

ASKEW = [(120, 90), (560, 60), (600, 420), (80, 380)]


def framed(corners, size=(500, 700)):
    mask = np.zeros(size, np.uint8)
    cv2.polylines(mask, [np.array(corners, np.int32)], True, 255, 3)
    return mask


def test_corners_are_found_clockwise_from_the_left_upper_one():
    corners = find_corners(Pieces(framed(ASKEW)))
    np.testing.assert_allclose(corners, ASKEW, atol=4)


@pytest.mark.parametrize(
    "corners",
    [
        pytest.param([(100, 80), (600, 80), (600, 400), (100, 400)], id="straight"),
        pytest.param([(-20, 90), (560, 60), (600, 420), (-40, 380)], id="goes on"),
        pytest.param([(120, 90), (200, 80), (210, 120), (110, 130)], id="small"),
        pytest.param([(120, 90), (560, 60), (600, 420)], id="three"),
        pytest.param([(280, 90), (420, 60), (640, 420), (60, 430)], id="too far askew"),
    ],
)
def test_what_lies_straight_or_is_no_table_has_none(corners):
    assert find_corners(Pieces(framed(corners))) is None


def test_a_frame_with_a_gap_at_a_corner_has_none():
    mask = framed([(100, 80), (600, 80), (600, 400), (100, 400)])
    mask[:130, :260] = 0  # what is left looks as if it leaned
    assert find_corners(Pieces(mask)) is None


def test_a_circle_and_a_blank_page_have_none():
    mask = np.zeros((500, 700), np.uint8)
    assert find_corners(Pieces(mask)) is None
    cv2.circle(mask, (350, 250), 200, 255, 3)
    assert find_corners(Pieces(mask)) is None


def test_a_page_is_straightened_and_maps_back():
    gray = 255 - framed(ASKEW)
    corners = find_corners(Pieces(255 - gray))
    straight, back = straighten(gray, corners)
    assert find_corners(Pieces(255 - cv2.threshold(straight, 128, 255, 0)[1])) is None
    y, x = (float(values.min()) for values in np.nonzero(straight < 128))
    left_upper = cv2.perspectiveTransform(np.array([[[x, y]]]), back)[0, 0]
    np.testing.assert_allclose(left_upper, ASKEW[0], atol=5)


def test_a_page_that_would_become_far_larger_is_left_as_it_is():
    gray = np.full((500, 2000), 255, np.uint8)
    corners = np.array([(20, 20), (120, 70), (120, 130), (20, 180)], np.float32)
    assert straighten(gray, corners) is None


def test_the_angle_is_that_of_the_upper_and_the_lower_side():
    corners = np.array([(0, 0), (100, 10), (100, 60), (0, 50)], np.float32)
    assert angle_of(corners) == pytest.approx(np.degrees(np.arctan(0.1)))
