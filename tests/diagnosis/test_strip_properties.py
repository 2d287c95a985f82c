"""The measured properties of a strip are those with which it was drawn."""

import cv2
import numpy as np
import pytest

from numerals.diagnosis.strip_properties import measure_strip

BOXES = [(20, 7, 24, 33), (44, 7, 48, 33), (68, 7, 72, 33)]  # bars of 4x26 pixels


def strip_of(boxes=BOXES, ink=200):
    strip = np.zeros((40, 100), np.uint8)
    for left, top, right, bottom in boxes:
        strip[top:bottom, left:right] = ink
    return strip


def test_properties_of_drawn_bars():
    properties = measure_strip(strip_of(), BOXES)
    assert properties["digit_height"] == 1
    assert properties["height_spread"] == 1
    assert properties["offset"] == 0
    assert properties["gap"] == pytest.approx(20 / 26)
    assert properties["widest"] == pytest.approx(4 / 26)
    assert properties["stroke_width"] == pytest.approx(4 / 26, rel=0.2)
    assert properties["slant"] == pytest.approx(0, abs=1)
    assert properties["paper_noise"] == 0


def test_noise_is_relative_to_the_ink():
    rng = np.random.default_rng(0)
    noisy = np.maximum(strip_of(), rng.integers(0, 60, (40, 100))).astype(np.uint8)
    assert measure_strip(noisy, BOXES)["paper_noise"] == pytest.approx(60 / 12**0.5 / 200, rel=0.1)


def test_blur_widens_edges():
    blurred = cv2.GaussianBlur(strip_of(), (0, 0), 2)
    sharp, soft = (measure_strip(strip, BOXES)["edge_width"] for strip in (strip_of(), blurred))
    assert soft > 1.3 * sharp


def test_signs_do_not_count_as_digits():
    boxes = [*BOXES, (84, 29, 88, 33)]
    assert measure_strip(strip_of(boxes), boxes)["height_spread"] == 1


def test_single_digit_has_no_gap():
    assert "gap" not in measure_strip(strip_of(BOXES[:1]), BOXES[:1])


def test_nothing_read_has_no_properties():
    assert measure_strip(strip_of(), []) == {}
