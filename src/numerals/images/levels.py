"""Deep grey values (16 bit, 32 bit, float) to 8 bits."""

from typing import Any

import numpy as np
import numpy.typing as npt

DEPTHS = (8, 10, 12, 14, 16, 31, 32)
"""Bits that scanners and cameras deliver, whatever the file's own depth."""


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


def integers_to_bytes(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Scale integers to 0..255 by `full_scale`; negative ones count as black.

    Parameters
    ----------
    values : ndarray of int, any shape but empty

    Returns
    -------
    ndarray of uint8, the same shape
    """
    full = full_scale(int(values.max()))
    if full > 65535:
        return floats_to_bytes(values / full)
    table = np.arange(full + 1, dtype=np.float64) * 255 / full  # one look-up a pixel
    small = values if values.dtype.kind == "u" else np.maximum(values, 0)
    scaled: npt.NDArray[np.uint8] = np.rint(table).astype(np.uint8)[small]
    return scaled


def floats_to_bytes(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Scale floats to 0..255: those within 0..1 by 255, others by `full_scale`.

    Parameters
    ----------
    values : ndarray of float, any shape but empty
        What is not a number counts as white, like paper.

    Returns
    -------
    ndarray of uint8, the same shape
    """
    top = float(np.max(values, initial=0.0, where=np.isfinite(values)))
    full = 1 if top <= 1 else full_scale(top)
    unit = np.nan_to_num(values, nan=full, posinf=full, neginf=0)
    scaled: npt.NDArray[np.uint8] = np.rint(np.clip(unit / full, 0, 1) * 255).astype(np.uint8)
    return scaled
