"""Mend strokes that the scan of a data set made thin or broken.

The strokes of Kannada-MNIST are 1.6 pixels wide, and a third of its digits is broken into
fragments. Lines composed of them with a fine pen would lose most strokes.
"""

import cv2
import numpy as np
import numpy.typing as npt

# Stroke width, relative to the image height, below which strokes are mended. The other data sets
# of the catalogue have 2.0/28 to 2.6/28.
_MAX_THIN_WIDTH = 1.9 / 28
# Standard deviation of the blur, relative to the image height, and gain after it. Measured on
# Kannada-MNIST: strokes become 2.7/28 wide, and a third as many digits are broken.
_SIGMA, _GAIN = 0.85 / 28, 1.7
# The same for widened images: horizontal blur and gain. Strokes become 3.1/28 wide, and a quarter
# as many digits are broken.
_WIDENED_SIGMA_X, _WIDENED_GAIN = 0.3 / 28, 1.3
_N_SAMPLED = 500  # images from which a data set's stroke width is measured


def has_thin_strokes(images: npt.NDArray[np.uint8]) -> bool:
    """Return whether the strokes of a data set are so thin that they should be mended.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
        Ink bright.
    """
    sample = images[:: max(1, len(images) // _N_SAMPLED)]
    return bool(median_stroke_width(sample) < _MAX_THIN_WIDTH * images.shape[1])


def mend_strokes(images: npt.NDArray[np.uint8], *, widened: bool = False) -> npt.NDArray[np.uint8]:
    """Return images with broken strokes joined and thin strokes thickened.

    Parameters
    ----------
    images : ndarray of uint8, shape (n_images, height, width)
    widened : bool, default=False
        Whether `restore_width` made the images wider. That thickened upright strokes, so mostly
        horizontal strokes need mending.
    """
    mended = np.empty_like(images)
    sigma_x, gain = (_WIDENED_SIGMA_X, _WIDENED_GAIN) if widened else (_SIGMA, _GAIN)
    for image, out in zip(images, mended, strict=True):
        height = image.shape[0]
        blurred = cv2.GaussianBlur(image, (0, 0), sigma_x * height, sigmaY=_SIGMA * height)
        cv2.convertScaleAbs(blurred, dst=out, alpha=gain)
    return mended


def median_stroke_width(images: npt.NDArray[np.uint8]) -> float:
    """Return the median stroke width of images, pixels: twice the ink's area by its perimeter."""
    ink = images.astype(np.float64) / 255
    # Cauchy-Crofton: the perimeter is pi/4 of the summed gray-level steps along rows and columns.
    steps = np.abs(np.diff(ink, axis=1)).sum((1, 2)) + np.abs(np.diff(ink, axis=2)).sum((1, 2))
    has_ink = steps > 0
    if not has_ink.any():
        return 0.0
    return float(np.median(2 * ink.sum((1, 2))[has_ink] / (np.pi / 4 * steps[has_ink])))
