"""Measure single digits: properties by which a picture can differ from the training data."""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.normalize import crop_to_ink, estimate_stroke_width

INK_LEVEL = 100
"""Minimum level of ink in a normalized digit or strip, of 255."""
MEASURING_SCALE = 4
"""Enlargement at which strokes are measured, so that widths are not whole pixels."""
MIN_PART_AREA = 3
"""Minimum area of a separate part or of a hole, pixels of the digit."""
SOFT_LEVELS = (32, 224)
"""Levels between background and full ink: the soft edge of a stroke."""

_Image = npt.NDArray[np.uint8]


def measure_digit(image: _Image) -> dict[str, float]:
    """Measure a normalized digit.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width)
        Ink bright on a background of 0; small, as the input of a digit model.

    Returns
    -------
    dict of str to float
        ``stroke_width``: relative to the height of the digit. ``aspect``: width relative to height.
        ``slant``: degrees, positive for digits that lean to the right. ``soft_edges``: share of
        the inked pixels that are gray. ``n_parts``, ``n_holes``: number of separate strokes, and
        of enclosed areas. Empty if there is no ink.

    Examples
    --------
    >>> stroke = np.zeros((28, 28), np.uint8)
    >>> stroke[4:24, 13:16] = 255
    >>> properties = measure_digit(stroke)
    >>> round(properties["aspect"], 2), properties["n_parts"], properties["n_holes"]
    (0.15, 1.0, 0.0)
    """
    enlarged = cv2.resize(
        image, None, fx=MEASURING_SCALE, fy=MEASURING_SCALE, interpolation=cv2.INTER_LINEAR
    )
    mask = np.asarray(enlarged >= INK_LEVEL, np.uint8)
    cropped = crop_to_ink(mask)
    if cropped.size == 0:
        return {}
    height, width = cropped.shape
    is_inked = image >= SOFT_LEVELS[0]
    return {
        "stroke_width": estimate_stroke_width(cropped) / height,
        "aspect": width / height,
        "slant": measure_slant(cropped),
        "soft_edges": float(np.mean(image[is_inked] < SOFT_LEVELS[1])),
        "n_parts": float(_count_parts(mask)),
        "n_holes": float(_count_parts(np.pad(1 - mask, 1, constant_values=1), 4) - 1),
    }


def measure_slant(mask: _Image) -> float:
    """Return how far ink leans to the right, degrees, from its second moments.

    Parameters
    ----------
    mask : ndarray of uint8, shape (height, width)
        Not 0 where there is ink.
    """
    moments: Mapping[str, float] = cv2.moments(mask, binaryImage=True)
    if moments["mu02"] <= 0:
        return 0.0
    return float(np.degrees(np.arctan(-moments["mu11"] / moments["mu02"])))


def _count_parts(mask: _Image, connectivity: int = 8) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return int(np.count_nonzero(areas >= MIN_PART_AREA * MEASURING_SCALE**2))
