"""Threshold a darkness picture into an ink mask, and measure the contrast of the ink."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import label_components, mask_of

MIN_INK_CONTRAST = 14
"""Minimum darkness of ink, of 255; fainter pixels are the grain of the paper."""
MIN_INK_PIXELS = 4
"""Minimum number of ink pixels in a picture that is not blank."""
MAX_NOISE_SHARE = 0.5
"""Maximum noise threshold, as a share of the darkest ink."""


def binarize(darkness: npt.NDArray[np.uint8], noise: float | None = None) -> npt.NDArray[np.uint8]:
    """Separate ink from paper by hysteresis thresholding.

    Faint pixels count as ink only where they are connected to clearly dark ones. This keeps the
    thin ends of strokes and drops the grain of the paper.

    Parameters
    ----------
    darkness : ndarray of uint8, shape (height, width)
        As returned by `compute_darkness`.
    noise : float, optional
        Standard deviation of blank paper, of 255. By default it is estimated from the picture, most
        of which is assumed to be paper.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        255 for ink, 0 elsewhere; all 0 for a blank page.
    """
    smooth = np.asarray(cv2.GaussianBlur(darkness, (3, 3), 0), np.uint8)
    noise = _estimate_noise(smooth) if noise is None else noise
    floor = max(MIN_INK_CONTRAST, 5.0 * noise)
    if np.count_nonzero(_above(smooth, floor)) < MIN_INK_PIXELS:
        return np.zeros_like(darkness)
    high = max(floor, 0.5 * _stroke_darkness(smooth, floor))
    low = max(0.55 * high, 3.0 * noise, 0.7 * MIN_INK_CONTRAST)
    faint = _above(smooth, low).view(np.uint8)
    count, labels = label_components(faint)
    is_ink = np.zeros(count, bool)
    is_ink[labels[_above(smooth, high)]] = True
    is_ink[0] = False
    return mask_of(faint, labels, is_ink)


def ink_contrast(darkness: npt.NDArray[np.uint8]) -> float:
    """Return the median darkness of stroke centers, of 255; 0 where there is no ink.

    Parameters
    ----------
    darkness : ndarray of uint8, shape (height, width)
        As returned by `compute_darkness`.
    """
    smooth = np.asarray(cv2.GaussianBlur(darkness, (3, 3), 0), np.uint8)
    # Broad strokes may cover so much that their ink is measured as noise of the paper.
    noise = min(5.0 * _estimate_noise(smooth), MAX_NOISE_SHARE * float(smooth.max()))
    floor = max(MIN_INK_CONTRAST, noise)
    if np.count_nonzero(_above(smooth, floor)) < MIN_INK_PIXELS:
        return 0.0
    return _stroke_darkness(smooth, floor)


def _estimate_noise(darkness: npt.NDArray[np.uint8]) -> float:
    """Estimate the standard deviation of blank paper from the 10th and 60th percentiles."""
    lower, upper = np.percentile(darkness[::3, ::3], (10, 60))
    return float(upper - lower) / 1.54  # distance of these percentiles in a normal distribution


def _stroke_darkness(darkness: npt.NDArray[np.uint8], floor: float) -> float:
    """Return the median darkness of the pixels above Otsu's threshold among possible ink."""
    dark = darkness[_above(darkness, floor)]
    threshold, _ = cv2.threshold(dark.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    core = dark[_above(dark, threshold)]
    return float(np.median(core if core.size else dark))


def _above(pixels: npt.NDArray[np.uint8], threshold: float) -> npt.NDArray[np.bool_]:
    """Compare pixels with a threshold of 0 or more as integers, which is much faster."""
    return np.asarray(pixels > int(threshold), np.bool_)
