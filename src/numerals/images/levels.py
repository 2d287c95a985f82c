"""Scale deep gray values (16 bits, 32 bits, float) to 8 bits, a strip of rows at a time."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

DEPTHS = (8, 10, 12, 14, 16, 31, 32)
"""Bits per value of scanners and cameras, whatever the depth of the file."""

STRIP_VALUES = 1 << 20
"""Number of values converted at a time; they take 8 MiB as float64, a whole image up to 1 GB."""


def full_scale(maximum: float) -> int:
    """Return the value of white for integers, given the maximum of the image.

    Files of 16 bits often hold values of 10, 12 or 14 bits. The smallest depth that holds
    `maximum` is chosen, so that 12-bit data in a 16-bit file does not appear nearly black.

    Parameters
    ----------
    maximum : float
        Maximum of all values of the image.

    Returns
    -------
    int
        ``2**bits - 1`` for one of `DEPTHS`; the last of them for larger values.

    Examples
    --------
    >>> full_scale(4000), full_scale(40000)
    (4095, 65535)
    """
    levels = [(1 << bits) - 1 for bits in DEPTHS]
    return next((level for level in levels if maximum <= level), levels[-1])


def strips(shape: tuple[int, ...]) -> Iterator[slice]:
    """Yield slices of rows that hold about `STRIP_VALUES` values each.

    Examples
    --------
    >>> list(strips((3, 1 << 19)))
    [slice(0, 2, None), slice(2, 3, None)]
    """
    n_rows = max(1, STRIP_VALUES // max(1, math.prod(shape[1:])))
    for top in range(0, shape[0], n_rows):
        yield slice(top, min(top + n_rows, shape[0]))


def max_value(values: npt.NDArray[Any]) -> float:
    """Return the maximum of the finite values, at least 0."""
    if values.dtype.kind != "f":
        return float(values.max(initial=0))
    return float(np.max(values, initial=0.0, where=np.isfinite(values)))


def white_level(maximum: float, *, floats: bool) -> int:
    """Return the value of white: 1 for floats up to 1, otherwise as in `full_scale`."""
    return 1 if floats and maximum <= 1 else full_scale(maximum)


def scale_to_bytes(values: npt.NDArray[Any], white: int) -> npt.NDArray[np.uint8]:
    """Scale the range from 0 to `white` to 0 to 255.

    Parameters
    ----------
    values : ndarray of int or float, any shape
        One strip. Negative values become black, and NaN becomes white, like paper.
    white : int
        The `white_level` of the whole image.

    Returns
    -------
    ndarray of uint8, the same shape
    """
    if values.dtype.kind != "f" and white <= 65535:
        indices = values if values.dtype.kind == "u" else np.maximum(values, 0)
        looked_up: npt.NDArray[np.uint8] = _lookup_table(white)[indices]
        return looked_up
    unit = np.nan_to_num(values.astype(np.float64), nan=white, posinf=white, neginf=0)
    scaled: npt.NDArray[np.uint8] = np.rint(np.clip(unit / white, 0, 1) * 255).astype(np.uint8)
    return scaled


def array_to_bytes(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Scale a whole array to 0 to 255 by its `white_level`.

    Parameters
    ----------
    values : ndarray of int or float, at least 1-dimensional

    Returns
    -------
    ndarray of uint8, the same shape
    """
    maximum = max((max_value(values[rows]) for rows in strips(values.shape)), default=0.0)
    white = white_level(maximum, floats=values.dtype.kind == "f")
    scaled = np.empty(values.shape, np.uint8)
    for rows in strips(values.shape):
        scaled[rows] = scale_to_bytes(values[rows], white)
    return scaled


@lru_cache(maxsize=2)
def _lookup_table(white: int) -> npt.NDArray[np.uint8]:
    steps = np.arange(white + 1, dtype=np.float64) * 255 / white
    table: npt.NDArray[np.uint8] = np.rint(steps).astype(np.uint8)
    return table
