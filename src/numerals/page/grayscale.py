"""Convert pages to grayscale so that numbers are darker than their paper, even by hue alone."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import PageMaps
from numerals.page.regions import Region

_Rgb = npt.NDArray[np.uint8]
_Gray = npt.NDArray[np.uint8]
_Colors = npt.NDArray[np.float32]

INK_PROBABILITY = 0.5
"""Minimum probability of a number's ink."""
PAPER_NEIGHBORHOOD = np.ones((5, 5), np.uint8)
"""Neighborhood of ink that counts as its paper, map pixels."""
LUMINANCE_WEIGHTS = np.array([0.299, 0.587, 0.114])
"""ITU-R BT.601, as in OpenCV."""
MIN_LUMINANCE_CONTRAST = 0.25
"""Minimum luminance contrast, as a share of the best contrast."""
MIN_HUE_CONTRAST = 16.0
"""Minimum contrast of the best direction, of 255; less is color noise."""
MIN_COLOR_PIXELS = 8
"""Minimum number of map pixels of ink and of paper to measure their colors."""
COLOR_NOISE = 5.0
"""Standard deviation added to that of the paper, of 255."""
COLOR_MARGIN = 0.6
"""Margin around a region, number heights, as wide as a strip shows."""
MAX_INK_DEPTH = 0.8
"""Maximum darkness of ink, as a share of the paper's level."""


def to_number_grayscale(
    rgb: _Rgb, maps: PageMaps, regions: Sequence[Region]
) -> tuple[_Gray, _Gray, bool]:
    """Return a page in grayscale, its numbers darker than the paper around them.

    Gray is luminance. Where luminance hardly differs between a number's ink and its paper, such as
    red ink on green paper, gray is the color direction that separates them best.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    maps : PageMaps
    regions : sequence of Region

    Returns
    -------
    gray : ndarray of uint8, shape (height, width)
    luminance : ndarray of uint8, shape (height, width)
        Plain luminance, ink dark; the same object as `gray` if no other direction was used.
    is_inverted : bool
        Whether ink is brighter than paper in the picture.
    """
    luminance = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    is_ink = np.maximum(maps.number_ink, maps.print_ink) > INK_PROBABILITY
    is_near_ink = cv2.dilate(is_ink.astype(np.uint8), PAPER_NEIGHBORHOOD) > 0
    is_paper = is_near_ink & ~is_ink
    if not is_ink.any() or not is_paper.any():
        return luminance, luminance, False
    size = (is_ink.shape[1], is_ink.shape[0])
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32)
    levels = small @ LUMINANCE_WEIGHTS.astype(np.float32)
    is_inverted = bool(levels[is_ink].mean() > levels[is_paper].mean())
    if is_inverted:
        luminance = np.asarray(255 - luminance, np.uint8)
    gray = luminance
    for region in regions:
        rows, columns = _region_window(region, maps.scale, is_ink.shape)
        colors = small[rows, columns]
        paper = colors[is_paper[rows, columns]]
        direction = find_contrast_direction(colors[is_ink[rows, columns]], paper)
        if direction is None:
            continue
        if gray is luminance:
            gray = luminance.copy()
        window = _region_window(region, 1.0, gray.shape)
        gray[window] = _project_colors(rgb[window], paper, direction, is_inverted)
    return gray, luminance, is_inverted


def find_contrast_direction(ink: _Colors, paper: _Colors) -> npt.NDArray[np.float64] | None:
    """Return channel weights that separate ink from paper; None where luminance suffices.

    Parameters
    ----------
    ink, paper : ndarray of float32, shape (n_pixels, 3)

    Returns
    -------
    ndarray of float64, shape (3,), or None
        Ink has lower values than paper; the absolute weights sum to 1.

    References
    ----------
    R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7,
    1936, with the covariance of paper alone: pixels at the edges of strokes are mixtures and would
    count as variance along the direction to be found.
    """
    if min(len(ink), len(paper)) < MIN_COLOR_PIXELS:
        return None
    difference = (ink.mean(axis=0) - paper.mean(axis=0)).astype(np.float64)
    if abs(difference @ LUMINANCE_WEIGHTS) >= MIN_LUMINANCE_CONTRAST * np.abs(difference).max():
        return None  # no direction has more contrast than the best channel
    covariance = np.cov(paper.T.astype(np.float64)) + COLOR_NOISE**2 * np.eye(3)
    weights = -np.linalg.solve(covariance, difference)
    weights /= np.abs(weights).sum()
    contrast = -float(weights @ difference)
    if (
        contrast < MIN_HUE_CONTRAST
        or abs(difference @ LUMINANCE_WEIGHTS) >= MIN_LUMINANCE_CONTRAST * contrast
    ):
        return None
    return weights


def _project_colors(
    rgb: _Rgb, paper: _Colors, direction: npt.NDArray[np.float64], is_inverted: bool
) -> _Gray:
    """Project colors onto a direction; paper gets the same level as in the rest of the page."""
    color = paper.mean(axis=0)
    level = float(color @ LUMINANCE_WEIGHTS)
    level = 255 - level if is_inverted else level
    values = (rgb.reshape(-1, 3).astype(np.float32) - color) @ direction.astype(np.float32)
    deepest = max(-float(values.min()), 1.0)
    values = level + values * min(1.0, MAX_INK_DEPTH * level / deepest)
    return np.asarray(values.clip(0, 255), np.uint8).reshape(rgb.shape[:2])


def _region_window(region: Region, scale: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns around a region in a picture that is reduced by `scale`."""
    corners, margin = region.corners() / scale, COLOR_MARGIN * region.height / scale
    low = np.maximum(np.floor(corners.min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0) + margin), shape[1::-1]).astype(int)
    return slice(int(low[1]), int(max(high[1], low[1]))), slice(
        int(low[0]), int(max(high[0], low[0]))
    )


def to_rgb(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a grayscale or color picture as RGB, shape (height, width, 3)."""
    if pixels.ndim == 3:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8)


def to_grayscale(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a picture in grayscale, shape (height, width)."""
    if pixels.ndim == 2:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
