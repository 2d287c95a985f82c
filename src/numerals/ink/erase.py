"""Ink that is none of the writing: painted over with the paper around it."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import Mask, square_kernel

_BESIDE = 5  # pixels: the side of a stroke's surroundings that stay as they are


def erase_ink(
    gray: npt.NDArray[np.uint8], gone: Mask, kept: Mask, thickness: int
) -> npt.NDArray[np.uint8]:
    """Return a picture without some of its ink.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter ground.
    gone, kept : ndarray of uint8, shape (height, width)
        255 where there is ink that goes, or stays.
    thickness : int, pixels
        Of what goes.
    """
    # The soft edge of what goes goes too, but not that of a stroke beside it.
    around = cv2.dilate(gone, square_kernel(thickness // 2 * 2 + 3))
    strokes = cv2.dilate(kept, square_kernel(_BESIDE))
    around[(strokes > 0) & (gone == 0)] = 0
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, square_kernel(2 * thickness + 5))
    return np.where(around > 0, paper, gray).astype(np.uint8)
