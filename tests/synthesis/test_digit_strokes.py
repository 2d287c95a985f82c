import cv2
import numpy as np

from numerals.synthesis.digit_strokes import has_thin_strokes, median_stroke_width, mend_strokes


def drawn(thickness, gap=0):
    image = np.zeros((28, 28), np.uint8)
    cv2.line(image, (5, 14), (22, 14), 255, thickness)
    image[:, 14 : 14 + gap] = 0
    return image[None]


def test_stroke_width_is_measured():
    y, x = np.mgrid[:28, :28] - 13.5
    ring = np.clip(2 - np.abs(np.hypot(x, y) - 9), 0, 1)  # radii 7.5 to 10.5
    assert abs(median_stroke_width((255 * ring[None]).astype(np.uint8)) - 3) < 0.3
    assert (
        median_stroke_width(drawn(5))
        > median_stroke_width(drawn(3))
        > median_stroke_width(drawn(1))
    )
    assert median_stroke_width(np.zeros((2, 28, 28), np.uint8)) == 0


def test_thin_strokes_are_detected():
    assert has_thin_strokes(drawn(1))
    assert not has_thin_strokes(drawn(3))


def test_a_broken_stroke_is_joined():
    torn = drawn(1, gap=1)
    mended = mend_strokes(torn)
    assert mended.shape == torn.shape and mended.dtype == np.uint8
    count = [
        cv2.connectedComponents((image[0] > 60).astype(np.uint8))[0] - 1 for image in (torn, mended)
    ]
    assert count == [2, 1]
    assert median_stroke_width(mended) > median_stroke_width(torn)


def test_only_horizontal_strokes_of_widened_images_are_mended():
    upright = np.zeros((1, 28, 52), np.uint8)
    upright[0, 4:24, 25:27] = 255
    flat = np.zeros_like(upright)
    flat[0, 14, 8:44] = 255
    flat[0, 15, 20:] = 255
    flat[0, 14, 22:24] = 0
    assert median_stroke_width(mend_strokes(upright, widened=True)) < 1.2 * median_stroke_width(
        upright
    )
    assert median_stroke_width(mend_strokes(flat, widened=True)) > 1.4 * median_stroke_width(flat)
