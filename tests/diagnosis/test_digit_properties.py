"""The measured properties of a digit are those with which it was drawn."""

import cv2
import numpy as np
import pytest
from drawn_digits import bar, ring

from numerals.diagnosis.digit_properties import measure_digit


@pytest.mark.parametrize("width", [2, 3, 5])
def test_stroke_width_is_relative_to_the_height(width):
    # Twice the area by the outline is less than the width of a bar, because of its ends.
    assert measure_digit(bar(width))["stroke_width"] == pytest.approx(width / 20, rel=0.2)


def test_aspect_is_width_over_height():
    assert measure_digit(bar(10))["aspect"] == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("degrees", [-30, -10, 10, 30])
def test_slant_is_the_angle_of_a_sheared_bar(degrees):
    slope = np.tan(np.radians(degrees))
    matrix = np.array([[1.0, -slope, 14 * slope], [0, 1, 0]])
    leaning = cv2.warpAffine(bar(3), matrix, (28, 28))
    assert measure_digit(leaning)["slant"] == pytest.approx(degrees, abs=3)


def test_parts_and_loops_are_counted():
    assert (measure_digit(ring())["n_parts"], measure_digit(ring())["n_holes"]) == (1, 1)
    assert (measure_digit(bar(3))["n_parts"], measure_digit(bar(3))["n_holes"]) == (1, 0)
    broken = ring()
    broken[12:16] = 0
    properties = measure_digit(broken)
    assert (properties["n_parts"], properties["n_holes"]) == (2, 0)


def test_specks_are_not_parts():
    image = bar(3)
    image[2, 2] = 255
    assert measure_digit(image)["n_parts"] == 1


def test_soft_edges_are_the_gray_share():
    assert measure_digit(bar(4))["soft_edges"] == 0
    blurred = cv2.GaussianBlur(bar(4), (0, 0), 1.5)
    assert measure_digit(blurred)["soft_edges"] > 0.5


def test_blank_image_has_no_properties():
    assert measure_digit(np.zeros((28, 28), np.uint8)) == {}
