"""A picture -> the copy that is searched, its ink dark, and a mask of the ink."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import binarize
from numerals.ink.component_labels import LabeledComponents, Mask
from numerals.ink.illumination import compute_darkness, is_ink_bright
from numerals.ink.uniform_background import UniformBackground, find_uniform_background, stretch_mask

WORKING_SIDE = 2000
"""Longest side that a page is searched at, pixels: digits of 1/100 of a page are still 20 high."""
_LEAST_SIDE = 160  # pixels; a smaller picture is enlarged, so that strokes are some pixels wide
_FINE_ENOUGH = 60  # pixels; a picture with a side so long tells bright ink from dark as it is

_BROAD = 1 / 14  # of the longer side: smaller blots are dots
_ROUND = 0.45  # of a piece's longer side: no brush is so broad beside the digit that it draws

_Gray = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class WorkingCopy:
    """A picture as it is searched.

    Attributes
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter ground.
    scale : float
        Pixels of the given picture per pixel of it.
    background : Ground, optional
        The level of the ground, where it is uniform.
    original : ndarray of uint8
        The given picture, its ink dark as well.
    """

    gray: _Gray
    scale: float
    background: UniformBackground | None
    original: _Gray


def make_working_copy(gray: _Gray) -> WorkingCopy:
    """Bring a picture to the size at which it is searched, its ink dark.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    """
    gray = stretch_mask(gray)
    working, scale = _resized(gray)
    background = find_uniform_background(gray)
    if background is not None:
        is_bright = background.is_dark
    else:
        # An enlarged copy shows no more than the picture does, and takes far longer to look at.
        is_enlarged = scale < 1 and max(gray.shape) >= _FINE_ENOUGH
        is_bright = is_ink_bright(gray if is_enlarged else working)
    if not is_bright:
        return WorkingCopy(working, scale, background, gray)
    return WorkingCopy(
        np.asarray(255 - working, np.uint8),
        scale,
        None if background is None else background.inverted(),
        np.asarray(255 - gray, np.uint8),
    )


def find_ink_mask(
    working: _Gray, background: UniformBackground | None, *, tight: bool = False
) -> tuple[_Gray, LabeledComponents]:
    """Return how dark each pixel of a working copy is, as `compute_darkness` does, and what of it is ink."""
    darkness = compute_darkness(working, tight=tight, background=background)
    if background is None:  # what is broad was evened out with the light
        return darkness, LabeledComponents(binarize(darkness))
    ink = LabeledComponents(binarize(darkness, background.noise))
    return darkness, ink if tight else _without_blots(ink)


def _without_blots(ink: LabeledComponents) -> LabeledComponents:
    """Drop large pieces that are no strokes, such as discs: a line model takes them for zeros."""
    broad = ink.stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(axis=1)
    candidates = 1 + np.flatnonzero(broad[1:] > _BROAD * max(ink.mask.shape))
    blots = [piece for piece in candidates.tolist() if _is_blot(ink.component_mask(piece))]
    return LabeledComponents(ink.split(blots)[1]) if blots else ink


def _is_blot(piece: Mask) -> bool:
    inscribed = 2 * cv2.distanceTransform(np.pad(piece, 1), cv2.DIST_L2, 3).max()
    return bool(inscribed > _ROUND * max(piece.shape))


def _resized(gray: _Gray) -> tuple[_Gray, float]:
    """Return a picture of the size at which it is searched, and the scale of it."""
    height, width = gray.shape
    factor = 1.0
    if max(height, width) > WORKING_SIDE:
        factor = WORKING_SIDE / max(height, width)
    elif min(height, width) < _LEAST_SIDE:
        factor = min(_LEAST_SIDE / min(height, width), WORKING_SIDE / max(height, width), 6.0)
    if factor == 1.0:
        return gray, 1.0
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(gray, size, interpolation=method), np.uint8), 1 / factor
