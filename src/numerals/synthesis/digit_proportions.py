"""Restore the aspect ratio of digits that a data set resized to squares."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Proportions:
    """Width of the digits as written, relative to their width in the data set.

    Attributes
    ----------
    width_factor : float
    spread : float
        Standard deviation of the logarithm of the width from digit to digit.
    """

    width_factor: float = 1.0
    spread: float = 0.06  # the variation of one writer's digits


# Each digit was cropped to its ink and resized to a square, so its width is lost: an average width
# with a large spread.
_CROPPED = Proportions(0.75, 0.22)
_PROPORTIONS = {
    # Cells of the filled-in sheets are 1.75 times as wide as high. Zeros on the sheets are 1.2
    # times as wide as high, zeros in the data set 0.55 times.
    "kannada-mnist": Proportions(1.85, 0.14),
    "cmaterdb-bangla": _CROPPED,
    "cmaterdb-devanagari": _CROPPED,
}


def proportions_of(name: str) -> Proportions:
    """Return the proportions of a data set, by its name; unchanged ones if it is unknown."""
    return _PROPORTIONS.get(name, Proportions())


def restore_width(images: npt.NDArray[np.uint8], width_factor: float) -> npt.NDArray[np.uint8]:
    """Return images resized to ``width_factor`` times their width.

    Returns
    -------
    ndarray of uint8, shape (n_images, height, n_columns)
    """
    if width_factor == 1.0:
        return images
    height, width = images.shape[1:]
    size = (round(width * width_factor), height)
    method = cv2.INTER_AREA if width_factor < 1 else cv2.INTER_LINEAR
    resized = [cv2.resize(image, size, interpolation=method) for image in images]
    return np.array(resized, np.uint8).reshape(-1, height, size[0])
