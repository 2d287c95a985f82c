"""Normalize one glyph to 28x28 as MNIST does; data sets, training and reading all use this."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import ImageError

MNIST_SIZE = 28
"""Side of the normalized image, pixels."""
MNIST_BOX = 20
"""Side of the box that the glyph is scaled into, pixels."""

MIN_MNIST_STROKE = 2.2
"""Width of a thin MNIST stroke, pixels of the 20x20 box; thinner strokes are widened to it."""
STROKE_MEASURING_SIDE = 120
"""Longer side of a glyph, pixels, at which its strokes are measured and widened."""


def to_mnist(
    ink: npt.NDArray[np.uint8], *, thicken: bool = False, width_ratio: float = 1.0
) -> npt.NDArray[np.uint8]:
    """Scale a glyph into 20x20 and center its mass in 28x28.

    Parameters
    ----------
    ink : ndarray of uint8, shape (height, width)
        One glyph, ink bright on a background of 0.
    thicken : bool, default=False
        Whether to widen strokes that would be thinner than MNIST's, such as those of a fine pen.
    width_ratio : float, default=1
        Width of a glyph relative to the same digit in the model's data set. The glyph is squeezed
        by it, as the digits of that data set were.

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        All 0 where there is no ink.

    Raises
    ------
    ImageError
        If `ink` is not a two-dimensional array of uint8.

    References
    ----------
    LeCun, Cortes, Burges: The MNIST database, section on the size-normalized, centered images.

    Examples
    --------
    >>> import numpy as np
    >>> stroke = np.zeros((50, 40), np.uint8)
    >>> stroke[5:45, 18:22] = 255
    >>> to_mnist(stroke).shape
    (28, 28)
    """
    if ink.ndim != 2 or ink.dtype != np.uint8:
        raise ImageError(
            f"a glyph must be a (height, width) array of uint8; got {ink.shape} of {ink.dtype}"
        )
    glyph = crop_to_ink(ink)
    if glyph.size == 0:
        return np.zeros((MNIST_SIZE, MNIST_SIZE), np.uint8)
    if width_ratio != 1.0:
        height, width = glyph.shape
        size = (max(1, round(width / width_ratio)), height)
        glyph = np.asarray(cv2.resize(glyph, size, interpolation=cv2.INTER_AREA), np.uint8)
    if thicken:
        glyph = _thicken(_resize_to_fit(glyph, STROKE_MEASURING_SIDE))
    return _center_by_mass(_resize_to_fit(glyph, MNIST_BOX))


def crop_to_ink(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the bounding box of the nonzero pixels of `ink`, shape (height, width)."""
    rows = np.flatnonzero(ink.any(axis=1))
    columns = np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return ink[:0, :0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def estimate_stroke_width(mask: npt.NDArray[np.uint8]) -> float:
    """Estimate the stroke width, pixels, as twice the area divided by the outline's length."""
    area = int(np.count_nonzero(mask))
    kernel = np.ones((3, 3), np.uint8)
    inner = cv2.erode(mask, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    outline = area - int(np.count_nonzero(inner))
    return 2.0 * area / max(outline, 1)


def _resize_to_fit(glyph: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    height, width = glyph.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized: npt.NDArray[np.uint8] = np.asarray(cv2.resize(glyph, size, interpolation=method))
    return resized


def _thicken(glyph: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    target = MIN_MNIST_STROKE * STROKE_MEASURING_SIDE / MNIST_BOX
    n_missing = round(target - estimate_stroke_width(np.asarray(glyph >= 128, np.uint8)))
    if n_missing < 1:
        return glyph
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (n_missing + 1, n_missing + 1))
    m = n_missing
    wider = cv2.copyMakeBorder(glyph, m, m, m, m, cv2.BORDER_CONSTANT, value=0)
    return crop_to_ink(np.asarray(cv2.dilate(wider, kernel), np.uint8))


def _center_by_mass(glyph: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = glyph.shape
    mass = max(float(glyph.sum(dtype=np.int64)), 1.0)
    center_y = float(glyph.sum(axis=1, dtype=np.int64) @ np.arange(height)) / mass
    center_x = float(glyph.sum(axis=0, dtype=np.int64) @ np.arange(width)) / mass
    # In MNIST the mass is centered on pixel 14 of 0..27; the glyph must stay inside.
    top = int(np.clip(round(MNIST_SIZE / 2 - center_y), 0, MNIST_SIZE - height))
    left = int(np.clip(round(MNIST_SIZE / 2 - center_x), 0, MNIST_SIZE - width))
    image = np.zeros((MNIST_SIZE, MNIST_SIZE), np.uint8)
    image[top : top + height, left : left + width] = glyph
    return image
