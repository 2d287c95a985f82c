"""Deep grey values (16 bit, 32 bit, float) to 8 bits, a strip of rows at a time."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

DEPTHS = (8, 10, 12, 14, 16, 31, 32)
"""Bits that scanners and cameras deliver, whatever the file's own depth."""

STRIP_VALUES = 1 << 20
"""How many values are converted at a time: their float64 takes 8 MiB, the whole picture's 1 GB."""


def full_scale(top: float) -> int:
    """Return the value that means white, given the highest value found.

    Files of 16 bits often hold 10, 12 or 14 of them. The smallest depth that holds `top` is taken,
    so 12-bit data in a 16-bit file is not read as nearly black.

    Parameters
    ----------
    top : float
        The highest value in the picture.

    Returns
    -------
    int
        ``2**bits - 1`` for one of `DEPTHS`; the highest depth's for anything beyond.

    Examples
    --------
    >>> full_scale(4000), full_scale(40000)
    (4095, 65535)
    """
    fulls = [(1 << bits) - 1 for bits in DEPTHS]
    return next((full for full in fulls if top <= full), fulls[-1])


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


def top_value(values: npt.NDArray[Any]) -> float:
    """Return the highest finite value, at least 0."""
    if values.dtype.kind != "f":
        return float(values.max(initial=0))
    return float(np.max(values, initial=0.0, where=np.isfinite(values)))


def white_level(top: float, *, floats: bool) -> int:
    """Return the value that means white: 1 for floats within 0..1, else by `full_scale`."""
    return 1 if floats and top <= 1 else full_scale(top)


def scale_to_bytes(values: npt.NDArray[Any], white: int) -> npt.NDArray[np.uint8]:
    """Scale 0..`white` to 0..255.

    Parameters
    ----------
    values : ndarray of int or float, any shape
        One strip. Negative values count as black; what is not a number counts as white, like
        paper.
    white : int
        As `white_level` tells it of the whole picture.

    Returns
    -------
    ndarray of uint8, the same shape
    """
    if values.dtype.kind != "f" and white <= 65535:
        small = values if values.dtype.kind == "u" else np.maximum(values, 0)
        looked_up: npt.NDArray[np.uint8] = _table(white)[small]  # one look-up a pixel
        return looked_up
    unit = np.nan_to_num(values.astype(np.float64), nan=white, posinf=white, neginf=0)
    scaled: npt.NDArray[np.uint8] = np.rint(np.clip(unit / white, 0, 1) * 255).astype(np.uint8)
    return scaled


def array_to_bytes(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Scale a whole array to 0..255 by its `white_level`.

    Parameters
    ----------
    values : ndarray of int or float, of at least one dimension

    Returns
    -------
    ndarray of uint8, the same shape
    """
    top = max((top_value(values[rows]) for rows in strips(values.shape)), default=0.0)
    white = white_level(top, floats=values.dtype.kind == "f")
    scaled = np.empty(values.shape, np.uint8)
    for rows in strips(values.shape):
        scaled[rows] = scale_to_bytes(values[rows], white)
    return scaled


@lru_cache(maxsize=2)
def _table(white: int) -> npt.NDArray[np.uint8]:
    steps = np.arange(white + 1, dtype=np.float64) * 255 / white
    table: npt.NDArray[np.uint8] = np.rint(steps).astype(np.uint8)
    return table
