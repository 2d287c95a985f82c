"""Convert NumPy arrays of any usual dtype and range to uint8, 0 black to 255 white.

==========================  ==================================================================
dtype                       meaning of the values
==========================  ==================================================================
bool                        a mask: False black, True white
any integer, only 0 and 1   a mask: 0 black, 1 white
uint8                       0 black, 255 white
another integer             0 black; white is 255 if no value is larger, otherwise the maximum of
                            the smallest of 10, 12, 14 and 16 bits that holds all values
float, at most 1            0 black, 1 white
float, above 1              0 black, 255 white
==========================  ==================================================================

Polarity (dark or bright ink) is detected later, as for every image.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import ImageError
from numerals.images.levels import array_to_bytes, scale_to_bytes, strips

Array = npt.NDArray[Any]

MAX_MASK_VALUE = 1
"""The value of set pixels of a mask."""

_MIN_STROKE_SHARE = 0.005
"""Minimum share of strokes, and of background, in the pixels of a mask. The minimum over MNIST's
test digits, thresholded at 128, is 0.024."""

_MAX_CHANGES = 0.35
"""Maximum share of horizontally neighboring pixels that differ in a mask of strokes. The maximum
over the same digits is 0.14; noise has 0.5."""


def check_shape(array: Array) -> None:
    """Raise `ImageError` unless an array has the shape of one image."""
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 2, 3, 4)):
        raise ImageError(
            f"got shape {array.shape}, expected (height, width) or (height, width, 1 to 4 "
            "channels); pass one image at a time, channels last"
        )


def array_to_pixels(array: Array) -> npt.NDArray[np.uint8]:
    """Scale a non-empty array to 0 to 255.

    Raises
    ------
    ImageError
        For a dtype or range that is not in the table of this module.
    """
    kind = array.dtype.kind
    if kind == "b":
        return array.astype(np.uint8) * np.uint8(255)
    if kind not in "uif":
        raise ImageError(
            f"got dtype {array.dtype}, expected bool, an integer or a float; "
            "convert it with .astype(np.uint8)"
        )
    low, high = array.min(), array.max()
    if kind == "f":
        return _floats_to_pixels(array, float(low), float(high))
    return _integers_to_pixels(array, int(low), int(high))


def looks_like_mask(pixels: npt.NDArray[np.uint8]) -> bool:
    """Return whether pixels are strokes with values 0 and 1, not a black image with noise."""
    gray = pixels if pixels.ndim == 2 else pixels[:, :, 0]
    # Most images fail at their first pixel, which costs no pass over all of them.
    if gray[0, 0] > MAX_MASK_VALUE or pixels.max() != MAX_MASK_VALUE:
        return False
    share = np.count_nonzero(gray) / gray.size
    if not _MIN_STROKE_SHARE <= share <= 1 - _MIN_STROKE_SHARE:
        return False
    changes = sum(np.count_nonzero(np.diff(gray[rows], axis=1)) for rows in strips(gray.shape))
    return bool(changes <= _MAX_CHANGES * gray.size)


def _integers_to_pixels(array: Array, low: int, high: int) -> npt.NDArray[np.uint8]:
    if low < 0 or high > 65535:
        raise ImageError(
            f"got integers from {low} to {high}, expected 0 (black) to 255, or to 65535 (white); "
            "scale the array"
        )
    if high <= MAX_MASK_VALUE:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint8:
        return np.asarray(array, dtype=np.uint8)
    return array_to_bytes(array)


def _floats_to_pixels(array: Array, low: float, high: float) -> npt.NDArray[np.uint8]:
    if not (low >= 0 and high <= 255):  # NaN fails too
        raise ImageError(
            f"got floats from {low:g} to {high:g}, expected 0 (black) to 1 or to 255 (white), "
            "none of them NaN; scale the array"
        )
    pixels = np.empty(array.shape, np.uint8)
    for rows in strips(array.shape):
        pixels[rows] = scale_to_bytes(array[rows], 1 if high <= 1 else 255)
    return pixels
