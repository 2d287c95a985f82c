"""Uniform backgrounds are detected, and only those."""

import cv2
import numpy as np
import pytest

from numerals.ink import find_field_ink, stretch_mask
from numerals.ink.uniform_background import find_uniform_background


@pytest.mark.parametrize(("level", "is_dark"), [(255, False), (240, False), (0, True), (20, True)])
def test_level_and_ink_polarity_are_detected(level, is_dark):
    picture = np.full((200, 300), level, np.uint8)
    cv2.putText(picture, "47", (60, 150), 0, 4, 130, 30)
    background = find_uniform_background(picture)
    assert (background.level, background.is_dark) == (level, is_dark)
    assert background.noise < 0.5


@pytest.mark.parametrize("shape", [(28, 28), (90, 200)])
@pytest.mark.parametrize("value", [0, 77, 255])
def test_blank_pictures_have_no_uniform_background(shape, value):
    assert find_uniform_background(np.full(shape, value, np.uint8)) is None


def test_shadows_are_not_a_uniform_background(draw):
    picture = draw("69032", margin=80)
    shade = np.ones(picture.shape)
    shade[:, picture.shape[1] // 2 :] = 0.55
    assert (
        find_uniform_background((picture * cv2.GaussianBlur(shade, (0, 0), 6)).astype(np.uint8))
        is None
    )
    inner = np.ones(picture.shape)  # the border is bright everywhere
    inner[20:-20, 20:-20] = 0.7
    assert (
        find_uniform_background((picture * cv2.GaussianBlur(inner, (0, 0), 6)).astype(np.uint8))
        is None
    )


def test_grain_is_not_a_uniform_background():
    grain = np.random.default_rng(0).normal(200, 20, (300, 300)).clip(0, 255).astype(np.uint8)
    assert find_uniform_background(grain) is None


def test_broad_strokes_are_kept_whole(draw):
    canvas = np.full((600, 600), 255, np.uint8)
    cv2.line(canvas, (150, 130), (450, 130), 0, 60)
    cv2.line(canvas, (450, 130), (280, 500), 0, 60)
    [line] = find_field_ink(canvas).lines
    [component] = line.components
    assert np.count_nonzero(component.mask) == pytest.approx(
        np.count_nonzero(canvas == 0), rel=0.05
    )


def test_a_broad_stroke_on_a_dark_background_is_writing():
    canvas = np.zeros((280, 280), np.uint8)
    cv2.line(canvas, (115, 235), (165, 45), 255, 36, cv2.LINE_AA)
    [line] = find_field_ink(canvas).lines
    assert line.height == pytest.approx(226, abs=8)


def test_masks_of_zeros_and_ones_are_stretched(draw):
    mask = (draw("36") < 128).astype(np.uint8)
    np.testing.assert_array_equal(stretch_mask(mask), mask * 255)
    rng = np.random.default_rng(0)
    for picture in (draw("36"), mask * 0, mask * 2, (rng.random((80, 80)) < 0.1).astype(np.uint8)):
        assert stretch_mask(picture) is picture  # the last one is grain of a black photo
