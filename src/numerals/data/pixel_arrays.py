"""Arrays of pixels in any usual form -> pictures as `Digits` has them: uint8, ink bright on dark.

Three steps, each once for a whole file: the shape (`to_pictures`), the scale (`to_bytes`), the
polarity (`make_ink_bright`).
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.data.file_options import check_scale
from numerals.errors import DataError

_BRIGHT = 128  # ground and border of dark ink on paper are brighter than this
_JUDGED = 2000  # images; enough to tell the polarity of a set
_BLOCK = 4096  # images scaled at once
_SLACK = 1e-3  # of 0..1; rounding of resampled pictures
_CHANNELS = (1, 3, 4)

Scale = tuple[float, float]


def to_pictures(path: Path, array: npt.NDArray[Any], n_labels: int | None) -> npt.NDArray[Any]:
    """Bring an array to shape (n, height, width) or (n, height, width, channels).

    Parameters
    ----------
    path : Path
        For messages.
    array : ndarray
        (n, height, width), with channels last or first, or flat: (n, side * side). With the
        images along the last axis, as MATLAB has them, if `n_labels` says so.
    n_labels : int, optional
        How many labels there are, where it is known.
    """
    given = array.shape
    if array.ndim > 1 and n_labels not in (None, given[0]) and given[-1] == n_labels:
        array = np.moveaxis(array, -1, 0)
    if array.ndim == 4 and array.shape[3] not in _CHANNELS and array.shape[1] in _CHANNELS:
        array = np.moveaxis(array, 1, 3)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if array.ndim == 3 and 1 in array.shape[1:] and max(array.shape[1:]) > 3:
        array = array.reshape(len(array), -1)  # a row or a column of pixels
    if array.ndim == 2:
        side = math.isqrt(array.shape[1])
        array = array.reshape(len(array), side, side) if side**2 == array.shape[1] else array
    if array.ndim == 3 or (array.ndim == 4 and array.shape[3] in _CHANNELS):
        return array
    raise DataError(
        f"{path}: images of {array.dtype} and shape {given}; expected (n, height, width),"
        " (n, height, width, 1 or 3) or (n, side * side): reshape them, or name another array with"
        " --image-column"
    )


def to_bytes(path: Path, values: npt.NDArray[Any], scale: Scale | None) -> npt.NDArray[np.uint8]:
    """Bring pixel values to 0..255; which range they have is told from all of them together.

    Parameters
    ----------
    path : Path
        For messages.
    values : ndarray of numbers, shape (n, ...)
    scale : tuple of (float, float), optional
        The values of black and white; see `find_scale` for what is told without it.

    Raises
    ------
    DataError
        If there are values that are no numbers, or of a range that does not tell the scale.
    """
    if values.dtype.kind not in "buif":
        raise DataError(f"{path}: pixels of {values.dtype}; expected numbers: convert them")
    if values.size and not math.isfinite(float(values.min()) + float(values.max())):
        raise DataError(f"{path}: pixels that are nan or infinite; expected numbers: replace them")
    low, high = check_scale(scale) if scale else _find_scale(path, values)
    if (low, high) == (0, 255) and values.dtype == np.uint8:
        return np.asarray(values, np.uint8)
    pixels = np.empty(values.shape, np.uint8)
    for start in range(0, len(values), _BLOCK):
        block = (values[start : start + _BLOCK].astype(np.float32) - low) * (255 / (high - low))
        pixels[start : start + _BLOCK] = np.rint(block.clip(0, 255))
    return pixels


def find_scale(low: float, high: float, *, whole: bool) -> Scale | None:
    """Tell the values of black and white from the lowest and highest that occur.

    Parameters
    ----------
    low, high : float
        The lowest and the highest value of all pixels of a file.
    whole : bool
        Whether all are whole numbers.

    Returns
    -------
    tuple of (float, float), or None
        0..1 (fractions and bilevel pictures), -1..1, 0..16 (the counts of UCI and scikit-learn),
        0..255; None for anything else, as for standardized pixels.
    """
    if low >= -_SLACK and high <= 1 + _SLACK:
        return (0, 255) if whole and high == 0 else (0, 1)
    if -1 - _SLACK <= low <= -0.95 and high <= 1 + _SLACK:
        return (-1, 1)
    if low < -_SLACK or high > 255 + _SLACK:
        return None
    if whole:
        return (0, 16) if high == 16 else (0, 255)
    return (0, 255) if high >= _BRIGHT else None


def scale_message(low: float, high: float) -> str:
    """Say which option helps where `find_scale` does not tell the scale."""
    return (
        f"pixels from {low:g} to {high:g}; expected 0 to 255, 0 to 1 or -1 to 1 in the whole file:"
        f" say which values are black and white, such as --scale {low:.4g}:{high:.4g}"
    )


def to_grey(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return pictures of shape (n, height, width, channels) in grey."""
    if images.ndim == 3:
        return np.ascontiguousarray(images)
    # The weights of ITU-R BT.601, as every grey conversion of a photograph uses them.
    grey = images[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.asarray(np.rint(grey), np.uint8)


def make_ink_bright(
    images: npt.NDArray[np.uint8], invert: bool | None
) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Invert dark ink on a bright ground.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, height, width)
    invert : bool, optional
        Whether to invert; told from border and ground of all pictures together if not given.

    Returns
    -------
    images : ndarray of uint8
    notes : tuple of str
        Says so if that was told from the pictures.
    """
    if invert is not None:
        return (np.invert(images) if invert else images), ()
    if not _has_bright_ground(images):
        return images, ()
    note = "dark ink on a bright ground, inverted (--no-invert leaves it)"
    return np.invert(images), (note,)


def _has_bright_ground(images: npt.NDArray[np.uint8]) -> bool:
    if images.size == 0:
        return False
    judged = images[:: max(1, len(images) // _JUDGED)]
    border = (judged[:, 0], judged[:, -1], judged[:, :, 0], judged[:, :, -1])
    brightness = min(np.median(np.concatenate(border, axis=1)), np.median(judged))
    return bool(brightness >= _BRIGHT)


def _find_scale(path: Path, values: npt.NDArray[Any]) -> Scale:
    if values.size == 0:
        return (0, 255)
    if values.dtype.kind == "b":
        return (0, 1)
    low, high = float(values.min()), float(values.max())
    whole = values.dtype.kind in "ui" or _are_whole(values)
    scale = find_scale(low, high, whole=whole)
    if scale is None:
        raise DataError(f"{path}: {scale_message(low, high)}")
    return scale


def _are_whole(values: npt.NDArray[Any]) -> bool:
    return all(
        bool((block == np.rint(block)).all())
        for block in (values[i : i + _BLOCK] for i in range(0, len(values), _BLOCK))
    )
