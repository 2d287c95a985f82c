"""Estimate and correct the skew of a page: the angle at which its ink forms the sharpest rows."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]

SKEW_SIDE = 400
"""Longer side of the copy that skew is measured on, pixels; rows are several pixels high there."""
MAX_SKEW_POINTS = 6000
"""Maximum number of ink pixels that are sampled."""
MAX_SKEW = 17.0
"""Maximum skew, degrees; stronger slants are not treated as skew."""
COARSE_SKEW_STEP = 1.0
"""Step between the angles of the first search, degrees."""
FINE_SKEW_STEP = 0.25
"""Step between the angles of the search around the best coarse angle, degrees."""


@dataclass(frozen=True)
class Skew:
    """Skew of a page, and how distinct its rows and columns are.

    Attributes
    ----------
    angle : float, degrees
        Angle by which the rows fall to the right, -17 to 17.
    rows, columns : float
        Profile energy at the best angle relative to the median over all angles, for rows and for
        columns. Writing that runs up or down the page has sharp columns.
    """

    angle: float
    rows: float
    columns: float


NO_SKEW = Skew(0.0, 1.0, 1.0)
"""Skew of a page without ink, or of one that is assumed to be level."""


def find_skew(mask: npt.NDArray[np.uint8]) -> Skew:
    """Find the angle at which ink forms the sharpest rows.

    Parameters
    ----------
    mask : ndarray of uint8, shape (height, width)
        255 for ink.

    Returns
    -------
    Skew

    References
    ----------
    W. Postl, "Detection of linear oblique structures and skew scan in digitized documents",
    ICPR 1986: the projection profile has maximum variance along the rows.
    """
    x, y, weights = _ink_points(mask)
    if x.size == 0:
        return NO_SKEW
    angles = np.arange(-MAX_SKEW, MAX_SKEW + COARSE_SKEW_STEP / 2, COARSE_SKEW_STEP)
    rows = _profile_energies(x, y, weights, angles)
    columns = _profile_energies(-y, x, weights, angles)
    near = angles[rows.argmax()] + np.arange(
        -COARSE_SKEW_STEP, COARSE_SKEW_STEP + FINE_SKEW_STEP / 2, FINE_SKEW_STEP
    )
    best = float(near[_profile_energies(x, y, weights, near).argmax()])
    return Skew(best, *(float(s.max() / np.median(s)) for s in (rows, columns)))


def _ink_points(mask: npt.NDArray[np.uint8]) -> tuple[_Floats, _Floats, _Floats]:
    """Return x, y and weight of the ink pixels on a small copy of the page."""
    scale = min(1.0, SKEW_SIDE / max(mask.shape))
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    y, x = np.nonzero(small)
    if x.size > MAX_SKEW_POINTS:
        sampled = np.random.default_rng(0).choice(x.size, MAX_SKEW_POINTS, replace=False)
        y, x = y[sampled], x[sampled]
    weights = np.asarray(small[y, x] / np.float32(255), np.float32)
    return x.astype(np.float32), y.astype(np.float32), weights


def _profile_energies(
    x: _Floats,
    y: _Floats,
    weights: _Floats,
    angles: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return the sum of squares of the projection profile at each angle, in degrees."""
    energies = []
    for angle in np.radians(angles):
        offsets = y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle))
        offsets -= offsets.min()
        profile = np.bincount(offsets.astype(np.int32), weights)
        energies.append(float(np.square(profile).sum()))
    return np.array(energies)


def rotate_to_level(
    gray: npt.NDArray[np.uint8], angle: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Rotate a picture so that its rows are level.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width) or (height, width, 3)
    angle : float, degrees
        Angle by which its rows fall to the right.

    Returns
    -------
    turned : ndarray of uint8
        The whole picture; its border pixels are repeated outside of it.
    matrix : ndarray of float64, shape (2, 3)
        Affine map from points of `turned` to points of `gray`.
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


def undo_quarter_turns(
    gray: npt.NDArray[np.uint8], quarters: int
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Undo clockwise quarter turns of a page.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width) or (height, width, 3)
    quarters : int
        Number of quarter turns.

    Returns
    -------
    turned : ndarray of uint8
    matrix : ndarray of float64, shape (2, 3)
        Affine map from points of `turned` to points of `gray`.
    """
    height, width = gray.shape[:2]
    matrices = (
        [[1, 0, 0], [0, 1, 0]],
        [[0, -1, width], [1, 0, 0]],
        [[-1, 0, width], [0, -1, height]],
        [[0, 1, 0], [-1, 0, height]],
    )
    turned = np.ascontiguousarray(np.rot90(gray, quarters % 4))  # np.rot90 is counterclockwise
    return turned, np.array(matrices[quarters % 4], float)


def compose_maps(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the projective map that applies `first`, then `second`.

    Parameters
    ----------
    first, second : ndarray of float64, shape (2, 3) or (3, 3)

    Returns
    -------
    ndarray of float64, shape (3, 3)
    """
    return _projective(second) @ _projective(first)


def _projective(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return matrix if len(matrix) == 3 else np.vstack([matrix, [0.0, 0.0, 1.0]])
