import cv2
import numpy as np
import pytest

from numerals.errors import ImageError
from numerals.ink import to_mnist
from numerals.ink.normalize import estimate_stroke_width


def test_the_longer_side_fills_the_box():
    bar = np.zeros((90, 60), np.uint8)
    bar[10:80, 25:35] = 255
    image = to_mnist(bar)
    assert image.any(axis=1).sum() == 20
    assert image.any(axis=0).sum() == 3


def test_mass_is_centered():
    ink = np.zeros((40, 40), np.uint8)
    ink[0:40, 0:30] = 255
    image = to_mnist(ink).astype(float)
    y = (image.sum(axis=1) @ np.arange(28)) / image.sum()
    x = (image.sum(axis=0) @ np.arange(28)) / image.sum()
    assert abs(y - 13.5) <= 0.5 and abs(x - 13.5) <= 1


def test_a_picture_without_ink_gives_zeros():
    assert not to_mnist(np.zeros((5, 9), np.uint8)).any()


def test_the_position_of_the_glyph_does_not_matter():
    rng = np.random.default_rng(0)
    glyph = (rng.random((30, 20)) > 0.5).astype(np.uint8) * 255
    first, second = np.zeros((2, 100, 100), np.uint8)
    first[5:35, 7:27] = glyph
    second[60:90, 70:90] = glyph
    np.testing.assert_array_equal(to_mnist(first), to_mnist(second))


def test_thin_strokes_are_widened():
    ink = np.zeros((220, 220), np.uint8)
    ink[10:210, 109:112] = 255
    thin, thick = to_mnist(ink), to_mnist(ink, thicken=True)
    assert thick.sum() > 1.5 * thin.sum()
    assert thick.max() > 200


@pytest.mark.parametrize("bad", [np.zeros((3, 3, 3), np.uint8), np.zeros((3, 3), np.float32)])
def test_invalid_arrays_are_rejected(bad):
    with pytest.raises(ImageError, match="array of uint8"):
        to_mnist(bad)


def test_stroke_width_of_a_bar():
    bar = np.zeros((60, 200), np.uint8)
    bar[20:30, 10:190] = 1
    assert abs(estimate_stroke_width(bar) - 10) < 1


@pytest.mark.data
def test_mnist_images_are_unchanged(data_folder):
    from numerals.data import load_digits

    images = load_digits("mnist", "test").images[:500]
    np.testing.assert_array_equal(np.stack([to_mnist(image) for image in images]), images)


def test_a_glyph_is_squeezed_by_the_width_ratio():
    ring = np.zeros((40, 74), np.uint8)
    cv2.ellipse(ring, (37, 20), (32, 15), 0, 0, 360, 255, 4)
    rows, columns = np.nonzero(to_mnist(ring, width_ratio=1.85) > 60)
    assert np.ptp(columns) + 1 == pytest.approx((64 + 4) / 1.85 * 20 / 37, abs=3)
    assert np.ptp(rows) + 1 in (19, 20)
    assert to_mnist(np.full((9, 1), 255, np.uint8), width_ratio=1.85).any()
