"""The scale of arrays follows from their dtype and range."""

import numpy as np
import pytest

from numerals.errors import ImageError
from numerals.images import load_picture

MASK = np.zeros((20, 30), bool)
MASK[5:15, 10:20] = True
PICTURE = MASK * np.uint8(255)


@pytest.mark.parametrize(
    "array",
    [
        MASK,
        MASK.astype(np.uint8),
        MASK.astype(np.int64),
        MASK.astype(np.float32),
        MASK.astype(np.float64) * 255,
        MASK.astype(np.uint8) * 255,
        MASK.astype(np.int32) * 255,
        MASK.astype(np.uint16) * 65535,
        MASK.astype(">u2") * 4095,
        MASK[:, :, np.newaxis].astype(np.uint8),
        np.stack([MASK.astype(np.uint8)] * 3, axis=2),
    ],
    ids=lambda array: f"{array.dtype}-{array.max()}-{array.ndim}",
)
def test_black_and_white_in_every_usual_range(array):
    np.testing.assert_array_equal(load_picture(array).pixels, PICTURE)


@pytest.mark.parametrize("scale", [1, 255])
def test_floats_keep_their_shades(scale):
    shades = np.linspace(0, 1, 256)[np.newaxis]
    pixels = load_picture(shades * scale).pixels
    np.testing.assert_array_equal(pixels[0], np.arange(256))


def test_dark_uint8_is_not_a_mask():
    array = np.full((4, 4), 2, np.uint8)
    assert (load_picture(array).pixels == 2).all()


def test_a_mask_saved_as_a_picture(encode):
    np.testing.assert_array_equal(
        load_picture(encode(MASK.astype(np.uint8), "PNG")).pixels, PICTURE
    )


def test_a_speck_on_black_is_not_a_mask(encode):
    speck = np.zeros((28, 28), np.uint8)
    speck[14, 14] = 1
    assert load_picture(encode(speck, "PNG")).pixels.max() == 1


def test_noise_of_a_black_picture_stays_black(encode):
    noise = np.random.default_rng(0).integers(0, 2, (40, 40), np.uint8)
    noise[0, 0] = 0
    assert load_picture(encode(noise, "PNG")).pixels.max() == 1


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.full((2, 3), np.nan), "got floats from nan to nan, expected 0"),
        (np.array([[0, np.inf]]), "got floats from 0 to inf"),
        (np.array([[-1.0, 1.0]]), "got floats from -1 to 1, expected 0"),
        (np.full((2, 3), 65535.0), "got floats from 65535"),
        (np.array([[-1, 255]]), "got integers from -1 to 255, expected 0"),
        (np.array([[0, 70_000]]), "got integers from 0 to 70000"),
        (np.array([["a", "b"]]), "got dtype <U1, expected bool"),
        (np.zeros((2, 3), complex), "got dtype complex128"),
        (np.array([[None, 1]]), "got dtype object"),
        (np.zeros((2, 2), "M8[s]"), "got dtype datetime64"),
        (np.zeros((0, 5), bool), "is 5 x 0 pixels, expected at least 1 x 1"),
        (np.zeros(()), r"got shape \(\)"),
    ],
)
def test_invalid_dtypes_and_ranges_are_refused(array, message):
    with pytest.raises(ImageError, match=f"<array>: .*{message}"):
        load_picture(array)


def test_large_arrays_are_scaled_like_small_ones():
    rows = np.repeat(np.arange(2000, dtype=np.float64)[:, np.newaxis], 1200, axis=1) / 1999
    pixels = load_picture(rows).pixels  # several strips
    np.testing.assert_array_equal(pixels[:, 0], np.rint(rows[:, 0] * 255))
