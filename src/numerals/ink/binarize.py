"""Darkness -> ink mask."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import label_components, mask_of

_LEAST_CONTRAST = 14  # of 255; fainter than this is the grain of the paper
_LEAST_INK = 4  # pixels
_MOST_NOISE = 0.5  # of the darkest ink


def binarize(darkness: npt.NDArray[np.uint8], noise: float | None = None) -> npt.NDArray[np.uint8]:
    """Separate ink from paper by a threshold with hysteresis.

    Faint pixels count as ink only where they hang together with clearly dark ones, so that a
    stroke keeps its thin ends and the paper's grain goes.

    Parameters
    ----------
    darkness : ndarray of uint8, shape (height, width)
        As `compute_darkness` returns it.
    noise : float, optional
        Standard deviation of bare paper, where it is known. By default it is that of most pixels,
        which are taken to be paper.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        255 where there is ink, 0 elsewhere; all zero for a blank page.
    """
    smooth = np.asarray(cv2.GaussianBlur(darkness, (3, 3), 0), np.uint8)
    noise = _noise(smooth) if noise is None else noise
    floor = max(_LEAST_CONTRAST, 5.0 * noise)
    if np.count_nonzero(_above(smooth, floor)) < _LEAST_INK:
        return np.zeros_like(darkness)
    high = max(floor, 0.5 * _contrast(smooth, floor))
    low = max(0.55 * high, 3.0 * noise, 0.7 * _LEAST_CONTRAST)
    faint = _above(smooth, low).view(np.uint8)
    count, labels = label_components(faint)
    is_ink = np.zeros(count, bool)
    is_ink[labels[_above(smooth, high)]] = True
    is_ink[0] = False
    return mask_of(faint, labels, is_ink)


def ink_contrast(darkness: npt.NDArray[np.uint8]) -> float:
    """Return how dark the middle of a stroke is, of 255; 0 where there is no ink.

    Parameters
    ----------
    darkness : ndarray of uint8, shape (height, width)
        As `compute_darkness` returns it.
    """
    smooth = np.asarray(cv2.GaussianBlur(darkness, (3, 3), 0), np.uint8)
    # Broad strokes may cover so much that what seems the noise of paper is ink.
    noise = min(5.0 * _noise(smooth), _MOST_NOISE * float(smooth.max()))
    floor = max(_LEAST_CONTRAST, noise)
    if np.count_nonzero(_above(smooth, floor)) < _LEAST_INK:
        return 0.0
    return _contrast(smooth, floor)


def _noise(darkness: npt.NDArray[np.uint8]) -> float:
    """Return the standard deviation of bare paper, from the middle half of all pixels."""
    lower, upper = np.percentile(darkness[::3, ::3], (10, 60))
    return float(upper - lower) / 1.54  # 60 % minus 10 % of a normal distribution


def _contrast(darkness: npt.NDArray[np.uint8], floor: float) -> float:
    """How dark the middle of a stroke is: a high percentile of what may be ink."""
    dark = darkness[_above(darkness, floor)]
    threshold, _ = cv2.threshold(dark.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    core = dark[_above(dark, threshold)]
    return float(np.median(core if core.size else dark))


def _above(pixels: npt.NDArray[np.uint8], threshold: float) -> npt.NDArray[np.bool_]:
    """Compare pixels with a threshold of 0 or more, as integers, which is far quicker."""
    return np.asarray(pixels > int(threshold), np.bool_)
