"""Strokes as a pen leaves them, where a data set's scan broke them.

Of Kannada-MNIST's digits, whose strokes are 1.6 pixels wide, a third is in fragments; composed with
a fine pen, most would be lost.
"""

import cv2
import numpy as np
import numpy.typing as npt

_THIN = 1.9 / 28  # of an image's height; the catalogue's other data sets have 2.0 to 2.6 of 28
_SOFT, _BRIGHT = 0.85 / 28, 1.7  # mended, they are 2.7 of 28 wide, and a third as many are torn
_FLAT, _BRIGHT_IF_WIDENED = 0.3 / 28, 1.3  # the same of widened ones: 3.1 wide, a quarter as many
_SAMPLE = 500  # images that tell a data set's


def are_strokes_thin(images: npt.NDArray[np.uint8]) -> bool:
    """Tell whether a data set's strokes are so thin that a composer should mend them.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
        Ink bright.
    """
    sample = images[:: max(1, len(images) // _SAMPLE)]
    return bool(stroke_width(sample) < _THIN * images.shape[1])


def mend_strokes(images: npt.NDArray[np.uint8], *, widened: bool = False) -> npt.NDArray[np.uint8]:
    """Return images with their strokes joined and thickened.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
    widened : bool, default=False
        They were made wider, as `restore_width` does: upright strokes are whole, flat ones torn.
    """
    mended = np.empty_like(images)
    across, bright = (_FLAT, _BRIGHT_IF_WIDENED) if widened else (_SOFT, _BRIGHT)
    for image, out in zip(images, mended, strict=True):
        height = image.shape[0]
        soft = cv2.GaussianBlur(image, (0, 0), across * height, sigmaY=_SOFT * height)
        cv2.convertScaleAbs(soft, dst=out, alpha=bright)
    return mended


def stroke_width(images: npt.NDArray[np.uint8]) -> float:
    """Return how wide strokes typically are, pixels: twice the ink's area by its outline."""
    ink = images.astype(np.float64) / 255
    # By Cauchy and Crofton an outline's length is pi/4 of its steps along rows and columns.
    steps = np.abs(np.diff(ink, axis=1)).sum((1, 2)) + np.abs(np.diff(ink, axis=2)).sum((1, 2))
    has_ink = steps > 0
    if not has_ink.any():
        return 0.0
    return float(np.median(2 * ink.sum((1, 2))[has_ink] / (np.pi / 4 * steps[has_ink])))
