"""Draw readings into a picture."""

import numpy as np
import numpy.typing as npt

from numerals.displays.boxes import draw_boxes
from numerals.records import Page


def annotate(
    pixels: npt.NDArray[np.uint8], page: Page, *, scale: float = 1.0
) -> npt.NDArray[np.uint8]:
    """Draw the box and the text of each digit, colored by confidence from red to green.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The picture, RGB; not modified.
    page : Page
        The reading of the picture.
    scale : float, default=1.0
        Pixels of the page's boxes per pixel of `pixels`.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    digits = [digit for line in page.lines for digit in line.digits]
    boxes = [digit.box_at(scale) for digit in digits]
    return draw_boxes(pixels, boxes, [d.text for d in digits], [d.confidence for d in digits])
