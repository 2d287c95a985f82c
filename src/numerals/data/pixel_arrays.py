"""Convert pixel arrays to the images of `Digits`: uint8, bright ink on a dark background.

Each step is applied once to all images of a file: shape (`to_pictures`), scale (`to_bytes`) and
polarity (`make_ink_bright`).
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.file_options import check_scale
from numerals.errors import DataError

MIN_IMAGE_PIXELS = 16
"""Minimum number of pixels of an image whose array or columns have no usual name."""

_MIN_PAPER = 128  # gray level; minimum of background and border of dark ink on paper
_MAX_SAMPLE = 2000  # images from which the polarity of a data set is detected
_BLOCK_IMAGES = 4096  # scaled at once
_SCALE_TOLERANCE = 1e-3  # of the range 0 to 1; rounding errors of resampled images
_CHANNELS = (1, 3, 4)

Scale = tuple[float, float]


def to_pictures(path: Path, array: npt.NDArray[Any], n_labels: int | None) -> npt.NDArray[Any]:
    """Reshape an array of images to (n, height, width) or (n, height, width, channels).

    Parameters
    ----------
    path : Path
        The file, for messages.
    array : ndarray
        Of shape (n, height, width), with channels last or first, or flat (n, side * side). The
        images may be along the last axis, as MATLAB stores them, if `n_labels` is its length.
    n_labels : int, optional
        Number of labels, if known.

    Raises
    ------
    DataError
        If the array has another shape.
    """
    given = array.shape
    if array.ndim > 1 and n_labels not in (None, given[0]) and given[-1] == n_labels:
        array = np.moveaxis(array, -1, 0)
    if array.ndim == 4 and array.shape[3] not in _CHANNELS and array.shape[1] in _CHANNELS:
        array = np.moveaxis(array, 1, 3)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if array.ndim == 3 and 1 in array.shape[1:] and max(array.shape[1:]) > 3:
        array = array.reshape(len(array), -1)  # one row or column of pixels per image
    if array.ndim == 2:
        side = math.isqrt(array.shape[1])
        array = array.reshape(len(array), side, side) if side**2 == array.shape[1] else array
    if array.ndim == 3 or (array.ndim == 4 and array.shape[3] in _CHANNELS):
        return array
    raise DataError(
        f"{path}: got images of {array.dtype} and shape {given}, expected (n, height, width),"
        " (n, height, width, 1 or 3) or (n, side * side); reshape them, or name another array with"
        " --image-column"
    )


def to_bytes(path: Path, values: npt.NDArray[Any], scale: Scale | None) -> npt.NDArray[np.uint8]:
    """Scale pixel values to 0 to 255.

    Parameters
    ----------
    path : Path
        The file, for messages.
    values : ndarray of numbers, shape (n, ...)
    scale : tuple of (float, float), optional
        Values of black and white; detected by `find_scale` from all values by default.

    Raises
    ------
    DataError
        If values are not finite numbers, or their scale cannot be detected.
    """
    if values.dtype.kind not in "buif":
        raise DataError(f"{path}: got pixels of {values.dtype}, expected numbers; convert them")
    if values.size and not math.isfinite(float(values.min()) + float(values.max())):
        raise DataError(f"{path}: got nan or infinite pixels, expected numbers; replace them")
    low, high = check_scale(scale) if scale else _find_scale(path, values)
    if (low, high) == (0, 255) and values.dtype == np.uint8:
        return np.asarray(values, np.uint8)
    pixels = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), _BLOCK_IMAGES):
        block = (values[start : start + _BLOCK_IMAGES].astype(np.float32) - low) * (
            255 / (high - low)
        )
        pixels[start : start + _BLOCK_IMAGES] = np.rint(block.clip(0, 255))
    return pixels


def find_scale(low: float, high: float, *, integral: bool) -> Scale | None:
    """Detect the values of black and white from the range of the pixels.

    Parameters
    ----------
    low, high : float
        Minimum and maximum of all pixels of a file.
    integral : bool
        Whether all pixels are integers.

    Returns
    -------
    tuple of (float, float), or None
        0 and 1 (fractions and bilevel images), -1 and 1, 0 and 16 (the counts of UCI and
        scikit-learn), or 0 and 255; None for other ranges, such as that of standardized pixels.
    """
    if low >= -_SCALE_TOLERANCE and high <= 1 + _SCALE_TOLERANCE:
        return (0, 255) if integral and high == 0 else (0, 1)
    if -1 - _SCALE_TOLERANCE <= low <= -0.95 and high <= 1 + _SCALE_TOLERANCE:
        return (-1, 1)
    if low < -_SCALE_TOLERANCE or high > 255 + _SCALE_TOLERANCE:
        return None
    if integral:
        return (0, 16) if high == 16 else (0, 255)
    return (0, 255) if high >= _MIN_PAPER else None


def scale_message(low: float, high: float) -> str:
    """Return the message for a scale that `find_scale` cannot detect, with the option to set it."""
    return (
        f"pixels from {low:g} to {high:g}, expected 0 to 255, 0 to 1 or -1 to 1 in the whole"
        f" file; set the values of black and white, such as --scale {low:.4g}:{high:.4g}"
    )


def to_gray(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Convert images of shape (n, height, width, channels) to gray, shape (n, height, width)."""
    if images.ndim == 3:
        return np.ascontiguousarray(images)
    # The weights of ITU-R BT.601, as in Pillow and OpenCV.
    gray = images[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray(np.rint(gray), np.uint8)


def make_ink_bright(
    images: npt.NDArray[np.uint8], invert: bool | None
) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Invert images with dark ink on a bright background.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width)
    invert : bool, optional
        Whether to invert; by default detected from border and background of all images.

    Returns
    -------
    images : ndarray of uint8, shape (n, height, width)
    notes : tuple of str
        States that the images were inverted, if that was detected.
    """
    if invert is not None:
        return (np.invert(images) if invert else images), ()
    if not _has_bright_background(images):
        return images, ()
    note = "dark ink on a bright background, inverted (--no-invert keeps it)"
    return np.invert(images), (note,)


def _has_bright_background(images: npt.NDArray[np.uint8]) -> bool:
    if images.size == 0:
        return False
    sample = images[:: max(1, len(images) // _MAX_SAMPLE)]
    border = (sample[:, 0], sample[:, -1], sample[:, :, 0], sample[:, :, -1])
    brightness = min(np.median(np.concatenate(border, axis=1)), np.median(sample))
    return bool(brightness >= _MIN_PAPER)


def _find_scale(path: Path, values: npt.NDArray[Any]) -> Scale:
    if values.size == 0:
        return (0, 255)
    if values.dtype.kind == "b":
        return (0, 1)
    low, high = float(values.min()), float(values.max())
    integral = values.dtype.kind in "ui" or _are_integers(values)
    scale = find_scale(low, high, integral=integral)
    if scale is None:
        raise DataError(f"{path}: got {scale_message(low, high)}")
    return scale


def _are_integers(values: npt.NDArray[Any]) -> bool:
    return all(
        bool((block == np.rint(block)).all())
        for block in (values[i : i + _BLOCK_IMAGES] for i in range(0, len(values), _BLOCK_IMAGES))
    )
