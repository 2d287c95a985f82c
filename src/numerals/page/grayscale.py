"""Colour -> grey in which numbers are darker than their paper, also where only the hue differs."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import PageMaps
from numerals.page.regions import Region

_Rgb = npt.NDArray[np.uint8]
_Gray = npt.NDArray[np.uint8]
_Colors = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.bool_]

_INK = 0.5  # probability of ink of a number
_NEAR = np.ones((5, 5), np.uint8)  # pixels of the maps around ink: its paper
_LUMINANCE = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as OpenCV has it
_WEAK = 0.25  # of the best contrast: luminance with less of it does not show the ink
_MIN_CONTRAST = 16.0  # of 255, of the best direction: less is noise of the colours
_MIN_PIXELS = 8  # of the maps, of ink and of paper: fewer tell no colour
_NOISE = 5.0  # of 255: standard deviation of paper that is added to the one measured
_MARGIN = 0.6  # number heights around a region, as a strip shows
_MAX_DEPTH = 0.8  # of the paper's level: ink gets no darker


def to_number_grayscale(
    rgb: _Rgb, maps: PageMaps, regions: Sequence[Region]
) -> tuple[_Gray, _Gray, bool]:
    """Return a page in grey, its numbers darker than the paper around them.

    Grey is luminance. Where it hardly differs between a number's ink and its paper, as of red ink
    on green paper, it is the direction of colour that separates them best.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    maps : PageMaps
    regions : sequence of Region

    Returns
    -------
    gray : ndarray of uint8, shape (height, width)
    luminance : ndarray of uint8, shape (height, width)
        The same without what was taken from other directions; the same object if nothing was.
    is_inverted : bool
        Whether ink is brighter than paper in the picture.
    """
    luminance = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    is_ink = np.maximum(maps.number_ink, maps.print_ink) > _INK
    near = cv2.dilate(is_ink.astype(np.uint8), _NEAR) > 0
    is_paper = near & ~is_ink
    if not is_ink.any() or not is_paper.any():
        return luminance, luminance, False
    size = (is_ink.shape[1], is_ink.shape[0])
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32)
    shades = small @ _LUMINANCE.astype(np.float32)
    is_inverted = bool(shades[is_ink].mean() > shades[is_paper].mean())
    if is_inverted:
        luminance = np.asarray(255 - luminance, np.uint8)
    gray = luminance
    for region in regions:
        rows, columns = _window(region, maps.scale, is_ink.shape)
        colors = small[rows, columns]
        paper = colors[is_paper[rows, columns]]
        direction = hue_direction(colors[is_ink[rows, columns]], paper)
        if direction is None:
            continue
        if gray is luminance:
            gray = luminance.copy()
        window = _window(region, 1.0, gray.shape)
        gray[window] = _project(rgb[window], paper, direction, is_inverted)
    return gray, luminance, is_inverted


def hue_direction(ink: _Colors, paper: _Colors) -> npt.NDArray[np.float64] | None:
    """Return the weights of the channels that separate ink from paper; None where luminance does.

    Parameters
    ----------
    ink, paper : ndarray of float32, shape (n_pixels, 3)

    Returns
    -------
    ndarray of float64, shape (3,), or None
        Ink has the lower values; the weights' absolute values add up to 1.

    References
    ----------
    R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7,
    1936, with the covariance of paper alone: pixels at the edges of strokes are a mixture, and
    would count as variance along the very direction that is looked for.
    """
    if min(len(ink), len(paper)) < _MIN_PIXELS:
        return None
    difference = (ink.mean(axis=0) - paper.mean(axis=0)).astype(np.float64)
    if abs(difference @ _LUMINANCE) >= _WEAK * np.abs(difference).max():
        return None  # no direction has more contrast than the channel with the most
    covariance = np.cov(paper.T.astype(np.float64)) + _NOISE**2 * np.eye(3)
    weights = -np.linalg.solve(covariance, difference)
    weights /= np.abs(weights).sum()
    contrast = -float(weights @ difference)
    if contrast < _MIN_CONTRAST or abs(difference @ _LUMINANCE) >= _WEAK * contrast:
        return None
    return weights


def _project(
    rgb: _Rgb, paper: _Colors, direction: npt.NDArray[np.float64], is_inverted: bool
) -> _Gray:
    """Return pixels along a direction of colour, the paper as bright as in the rest of the page."""
    color = paper.mean(axis=0)
    level = float(color @ _LUMINANCE)
    level = 255 - level if is_inverted else level
    values = (rgb.reshape(-1, 3).astype(np.float32) - color) @ direction.astype(np.float32)
    deepest = max(-float(values.min()), 1.0)
    values = level + values * min(1.0, _MAX_DEPTH * level / deepest)
    return np.asarray(values.clip(0, 255), np.uint8).reshape(rgb.shape[:2])


def _window(region: Region, scale: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns around a region, in a picture reduced by a scale."""
    corners, margin = region.corners() / scale, _MARGIN * region.height / scale
    low = np.maximum(np.floor(corners.min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0) + margin), shape[1::-1]).astype(int)
    return slice(int(low[1]), int(max(high[1], low[1]))), slice(
        int(low[0]), int(max(high[0], low[0]))
    )
