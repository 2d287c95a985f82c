"""How wide digits were written, where a data set has fitted each into a square."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Proportions:
    """What undoes it.

    Attributes
    ----------
    across : float
        How many times as wide the digits were written as the set shows them.
    spread : float
        How far that varies from digit to digit: standard deviation of its logarithm.
    """

    across: float = 1.0
    spread: float = 0.06  # as people vary


_CROPPED = Proportions(0.75, 0.22)  # each to its ink, and that to a square: nobody knows how wide
_PROPORTIONS = {
    # Cells of the filled-in sheets are 1.75 times as wide as high. Zeros on the sheets themselves
    # are 1.2 times as wide as high, those of the set 0.55 times.
    "kannada-mnist": Proportions(1.85, 0.14),
    "cmaterdb-bangla": _CROPPED,
    "cmaterdb-devanagari": _CROPPED,
}


def proportions_of(name: str) -> Proportions:
    """Return how the digits of a data set were written; as it shows them if nothing is known."""
    return _PROPORTIONS.get(name, Proportions())


def restore_width(images: npt.NDArray[np.uint8], across: float) -> npt.NDArray[np.uint8]:
    """Return images so many times as wide, shape (n_images, height, n_columns)."""
    if across == 1.0:
        return images
    height, width = images.shape[1:]
    size = (round(width * across), height)
    method = cv2.INTER_AREA if across < 1 else cv2.INTER_LINEAR
    resized = [cv2.resize(image, size, interpolation=method) for image in images]
    return np.array(resized, np.uint8).reshape(-1, height, size[0])
