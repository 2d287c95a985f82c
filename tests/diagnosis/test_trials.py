"""Corrections change the property that they are meant to change."""

import cv2
import numpy as np
import pytest
from drawn_digits import bar, ring

from numerals.diagnosis.digit_properties import measure_digit
from numerals.diagnosis.strip_properties import measure_strip
from numerals.diagnosis.trials import DIGIT_CORRECTIONS, STRIP_CORRECTIONS

BOXES = [(20, 7, 24, 33), (44, 7, 48, 33)]


def strip():
    image = np.zeros((40, 80), np.uint8)
    for left, top, right, bottom in BOXES:
        image[top:bottom, left:right] = 200
    return image


def corrected(image, name, target):
    value = measure_digit(image)[name]
    return measure_digit(DIGIT_CORRECTIONS[name][1](image, value, target))[name]


@pytest.mark.parametrize("target", [0.08, 0.2])
def test_strokes_get_the_width(target):
    assert corrected(ring(), "stroke_width", target) == pytest.approx(target, abs=0.03)


def test_slant_is_removed():
    matrix = np.array([[1.0, -0.5, 7], [0, 1, 0]])
    leaning = cv2.warpAffine(bar(3), matrix, (28, 28))
    assert abs(corrected(leaning, "slant", 0.0)) < 3 < 20 < measure_digit(leaning)["slant"]


def test_aspect_is_changed():
    assert corrected(ring(), "aspect", 0.6) == pytest.approx(0.6, abs=0.08)


def test_hard_edges_become_soft():
    assert corrected(bar(4), "soft_edges", 0.5) > 0.2


def test_only_the_largest_part_is_kept():
    image = bar(3)
    image[2:6, 20:24] = 255
    assert corrected(image, "n_parts", 1.0) == 1


def test_digits_of_a_strip_are_moved_to_the_center():
    low = np.roll(strip(), 5, axis=0)
    _, correct = STRIP_CORRECTIONS["offset"]
    assert np.array_equal(correct(low, 5 / 26, 0.0), strip())


def test_paper_of_a_strip_is_blanked():
    noisy = np.maximum(strip(), 30)
    _, correct = STRIP_CORRECTIONS["paper_noise"]
    assert np.array_equal(correct(noisy, 0.2, 0.0), strip())


def test_strokes_of_a_strip_get_the_width():
    _, correct = STRIP_CORRECTIONS["stroke_width"]
    thin = correct(strip(), 4 / 26, 2 / 26)
    widths = [measure_strip(image, BOXES)["stroke_width"] for image in (strip(), thin)]
    assert widths[1] < 0.75 * widths[0]
