"""Measure the part of a picture that shows a number: its contrast and its noise."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.diagnosis.strip_properties import MIN_PAPER_PIXELS

CROP_MARGIN = 0.35
"""Margin around a number, heights of its box."""

_Gray = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class PhotoProperties:
    """Properties of a number in a picture.

    Attributes
    ----------
    contrast : float in [0, 1]
        How much darker the ink is than the paper, relative to the paper.
    noise : float
        Standard deviation of the paper, relative to the contrast of the ink.
    """

    contrast: float
    noise: float


def measure_photo(gray: _Gray) -> PhotoProperties | None:
    """Measure a crop that shows ink on paper.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on brighter paper, with some paper around.

    Returns
    -------
    PhotoProperties or None
        None for a crop without both ink and paper.

    Examples
    --------
    >>> gray = np.full((60, 60), 200, np.uint8)
    >>> gray[20:40, 28:32] = 100
    >>> photo = measure_photo(gray)
    >>> photo.contrast, photo.noise
    (0.5, 0.0)
    """
    if min(gray.shape) < 3:
        return None
    threshold, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    is_ink = gray <= threshold
    near = cv2.dilate(is_ink.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    paper = gray[~near]
    if not is_ink.any() or paper.size < MIN_PAPER_PIXELS:
        return None
    level, ink = float(np.median(paper)), float(np.percentile(gray[is_ink], 20))
    contrast = max(level - ink, 1.0)
    return PhotoProperties(contrast / max(level, 1.0), float(paper.std()) / contrast)


def crop_with_margin(
    image: _Gray, box: tuple[float, float, float, float], margin: float = CROP_MARGIN
) -> _Gray:
    """Return the part of an image within a box and a margin, clipped to the image.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3)
    box : tuple of four float
        Left, top, right and bottom, pixels.
    margin : float
        In heights of the box, or in its width where that is larger.
    """
    left, top, right, bottom = box
    reach = margin * max(bottom - top, min(right - left, 2 * (bottom - top)))
    y_min, y_max = max(int(top - reach), 0), int(np.ceil(bottom + reach))
    x_min, x_max = max(int(left - reach), 0), int(np.ceil(right + reach))
    return image[y_min : max(y_max, y_min + 1), x_min : max(x_max, x_min + 1)]
