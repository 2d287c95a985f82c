"""How far a page is turned: the angle at which its ink falls into rows, and turning it back."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

_Numbers = npt.NDArray[np.float32]

_SIDE = 400  # pixels; rows of writing are some pixels high at this size
_MOST_POINTS = 6000
_WIDEST = 17.0  # degrees; what leans more is not taken for skew
_COARSE, _FINE = 1.0, 0.25  # degrees between two angles tried


@dataclass(frozen=True)
class Skew:
    """How a page's ink falls into rows.

    Attributes
    ----------
    angle : float, degrees
        By which the rows fall to the right; within 17 degrees of level.
    rows, columns : float
        How many times as sharp its rows are at that angle as at others; its columns likewise.
        Writing that runs up or down the page has sharp columns.
    """

    angle: float
    rows: float
    columns: float


NO_SKEW = Skew(0.0, 1.0, 1.0)
"""Of a page without ink, or one that is taken to be level."""


def find_skew(mask: npt.NDArray[np.uint8]) -> Skew:
    """Find the angle at which ink falls into the sharpest rows.

    Parameters
    ----------
    mask : ndarray of uint8, shape (height, width)
        255 where there is ink.

    Returns
    -------
    Skew

    References
    ----------
    W. Postl, "Detection of linear oblique structures and skew scan in digitized documents",
    ICPR 1986: the profile across the rows varies most where it is taken along them.
    """
    x, y, weights = _points(mask)
    if x.size == 0:
        return NO_SKEW
    angles = np.arange(-_WIDEST, _WIDEST + _COARSE / 2, _COARSE)
    rows = _sharpness(x, y, weights, angles)
    columns = _sharpness(-y, x, weights, angles)
    near = angles[rows.argmax()] + np.arange(-_COARSE, _COARSE + _FINE / 2, _FINE)
    best = float(near[_sharpness(x, y, weights, near).argmax()])
    return Skew(best, *(float(s.max() / np.median(s)) for s in (rows, columns)))


def _points(mask: npt.NDArray[np.uint8]) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Return where there is ink on a small copy of the page, and how much."""
    scale = min(1.0, _SIDE / max(mask.shape))
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    y, x = np.nonzero(small)
    if x.size > _MOST_POINTS:
        kept = np.random.default_rng(0).choice(x.size, _MOST_POINTS, replace=False)
        y, x = y[kept], x[kept]
    weights = np.asarray(small[y, x] / np.float32(255), np.float32)
    return x.astype(np.float32), y.astype(np.float32), weights


def _sharpness(
    x: _Numbers,
    y: _Numbers,
    weights: _Numbers,
    angles: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return for each angle, in degrees, the sum of squares of the profile across its rows."""
    found = []
    for angle in np.radians(angles):
        across = y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle))
        across -= across.min()
        profile = np.bincount(across.astype(np.int32), weights)
        found.append(float(np.square(profile).sum()))
    return np.array(found)


def turn_level(
    gray: npt.NDArray[np.uint8], angle: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Turn a picture so that its rows run level.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width) or (height, width, 3)
    angle : float, degrees
        By which its rows fall to the right.

    Returns
    -------
    turned : ndarray of uint8
        The whole picture, its border repeated where it has no pixels.
    matrix : ndarray of float64, shape (2, 3)
        From points of `turned` to those of `gray`.
    """
    height, width = gray.shape[:2]
    level = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    cos, sin = abs(level[0, 0]), abs(level[0, 1])
    size = (round(width * cos + height * sin), round(height * cos + width * sin))
    level[:, 2] += np.array([(size[0] - width) / 2, (size[1] - height) / 2])
    turned = cv2.warpAffine(
        gray, level, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, np.uint8), np.asarray(cv2.invertAffineTransform(level), np.float64)


def turn_quarters(
    gray: npt.NDArray[np.uint8], quarters: int
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Undo quarter turns, clockwise, of a page; return it, and the map back, as `turn_level`."""
    height, width = gray.shape[:2]
    matrices = (
        [[1, 0, 0], [0, 1, 0]],
        [[0, -1, width], [1, 0, 0]],
        [[-1, 0, width], [0, -1, height]],
        [[0, 1, 0], [-1, 0, height]],
    )
    turned = np.ascontiguousarray(np.rot90(gray, quarters % 4))  # counterclockwise
    return turned, np.array(matrices[quarters % 4], float)


def compose_maps(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the map, shape (3, 3), that applies `first`, then `second`; each (2, 3) or (3, 3)."""
    return _projective(second) @ _projective(first)


def _projective(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return matrix if len(matrix) == 3 else np.vstack([matrix, [0.0, 0.0, 1.0]])
