"""The size of the pictures of steps in a report or on a page."""

import numpy as np
import numpy.typing as npt

MAX_STEP_SIDE = 480
"""Maximum longer side of the picture of a step, pixels."""

_Image = npt.NDArray[np.uint8]


def enlarge_pixels(image: _Image, min_side: int, max_side: int = MAX_STEP_SIDE) -> _Image:
    """Return an image enlarged by a whole factor, so that its pixels stay visible.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3)
    min_side : int, pixels
        Shorter side to reach, as far as the longer side does not exceed `max_side`.
    max_side : int, pixels

    Examples
    --------
    >>> enlarge_pixels(np.zeros((28, 28), np.uint8), 100).shape
    (84, 84)
    """
    longer, shorter = max(image.shape[:2]), min(image.shape[:2])
    factor = max(1, min(min_side // shorter, max_side // longer))
    return np.repeat(np.repeat(image, factor, axis=0), factor, axis=1)
