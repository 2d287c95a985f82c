import cv2
import numpy as np
import pytest

from numerals.synthesis.european_digits import add_european_strokes


def drawn(*strokes):
    """Return a picture of 28x28 with strokes, each a row of points."""
    canvas = np.zeros((28, 28), np.uint8)
    for stroke in strokes:
        cv2.polylines(canvas, [np.array(stroke, np.int32)], False, 255, 2, cv2.LINE_AA)
    return canvas


ONE = drawn([(14, 4), (14, 23)])
SEVEN = drawn([(7, 5), (20, 5), (12, 23)])
RING = cv2.circle(np.zeros((28, 28), np.uint8), (14, 14), 9, 255, 2, cv2.LINE_AA)


@pytest.mark.parametrize("seed", range(5))
def test_ones_get_an_upstroke_left_of_the_tip(seed):
    written = add_european_strokes(ONE, "1", np.random.default_rng(seed))
    more = (written > 128) & (ONE < 64)
    rows, columns = np.nonzero(more)
    assert columns[rows < 16].max() < 14
    assert columns.min() < 11


@pytest.mark.parametrize("seed", range(5))
def test_sevens_get_a_bar_that_crosses_their_stem(seed):
    written = add_european_strokes(SEVEN, "7", np.random.default_rng(seed))
    rows, columns = np.nonzero((written > 128) & (SEVEN < 64))
    assert rows.min() > 7
    assert columns.min() < 14 < columns.max()


def test_slashed_zeros_have_ink_in_the_center():
    written = add_european_strokes(RING, "0", np.random.default_rng(0))
    assert RING[11:17, 11:17].max() == 0
    assert written[11:17, 11:17].max() > 128


@pytest.mark.parametrize("digit", "2345689")
def test_other_digits_are_unchanged(digit):
    assert add_european_strokes(SEVEN, digit, np.random.default_rng(0)) is SEVEN


def test_blank_glyphs_stay_blank():
    blank = np.zeros((28, 28), np.uint8)
    assert not add_european_strokes(blank, "7", np.random.default_rng(0)).any()
