"""Bring a picture to working size with dark ink, and find its ink mask."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import binarize
from numerals.ink.component_labels import LabeledComponents, Mask
from numerals.ink.illumination import compute_darkness, is_ink_bright
from numerals.ink.uniform_background import UniformBackground, find_uniform_background, stretch_mask

WORKING_SIDE = 2000
"""Maximum longer side of a working copy, pixels; digits of 1/100 of a page are still 20 high."""
MIN_WORKING_SIDE = 160
"""Minimum shorter side of a working copy, pixels; smaller pictures are enlarged up to six times, so
that strokes are several pixels wide."""
MIN_POLARITY_SIDE = 60
"""Minimum longer side, pixels, of a picture whose ink polarity is detected without enlarging it."""

MIN_BLOT_SIZE = 1 / 14
"""Minimum shorter side of a blot, as a share of the picture's longer side."""
MIN_BLOT_ROUNDNESS = 0.45
"""Minimum diameter of a blot's inscribed circle, as a share of its longer side.

No brush is that broad in relation to the digit that it draws."""

_Gray = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class WorkingCopy:
    """A picture at working size.

    Attributes
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter background.
    scale : float
        Pixels of the given picture per pixel of `gray`.
    background : UniformBackground, optional
        The background, where it has a uniform level.
    original : ndarray of uint8
        The given picture at its own size, with dark ink.
    is_inverted : bool, default=False
        Whether the ink is brighter than the paper in the given picture.
    """

    gray: _Gray
    scale: float
    background: UniformBackground | None
    original: _Gray
    is_inverted: bool = False


def make_working_copy(gray: _Gray) -> WorkingCopy:
    """Resize a picture to working size and invert it if its ink is bright.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    """
    gray = stretch_mask(gray)
    copy, scale = _resize_to_working_size(gray)
    background = find_uniform_background(gray)
    if background is not None:
        is_bright = background.is_dark
    else:
        # An enlarged copy shows no more than the picture, and takes far longer to analyze.
        is_enlarged = scale < 1 and max(gray.shape) >= MIN_POLARITY_SIDE
        is_bright = is_ink_bright(gray if is_enlarged else copy)
    if not is_bright:
        return WorkingCopy(copy, scale, background, gray)
    return WorkingCopy(
        np.asarray(255 - copy, np.uint8),
        scale,
        None if background is None else background.inverted(),
        np.asarray(255 - gray, np.uint8),
        is_inverted=True,
    )


def find_ink_mask(
    gray: _Gray, background: UniformBackground | None, *, tight: bool = False
) -> tuple[_Gray, LabeledComponents]:
    """Return the darkness of each pixel, as `compute_darkness` does, and the labeled ink.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        A working copy, dark ink on a brighter background.
    background : UniformBackground, optional
    tight : bool, default=False
        Whether the picture shows one line or digit; large blots are not dropped then.
    """
    darkness = compute_darkness(gray, tight=tight, background=background)
    if background is None:  # evening out the illumination has removed blots already
        return darkness, LabeledComponents(binarize(darkness))
    ink = LabeledComponents(binarize(darkness, background.noise))
    return darkness, ink if tight else _drop_blots(ink)


def _drop_blots(ink: LabeledComponents) -> LabeledComponents:
    """Drop large round components, such as disks, which a line model reads as zeros."""
    min_sides = ink.stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].min(axis=1)
    candidates = 1 + np.flatnonzero(min_sides[1:] > MIN_BLOT_SIZE * max(ink.mask.shape))
    blots = [label for label in candidates.tolist() if _is_blot(ink.component_mask(label))]
    return LabeledComponents(ink.split(blots)[1]) if blots else ink


def _is_blot(mask: Mask) -> bool:
    inscribed = 2 * cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3).max()
    return bool(inscribed > MIN_BLOT_ROUNDNESS * max(mask.shape))


def _resize_to_working_size(gray: _Gray) -> tuple[_Gray, float]:
    """Return a picture at working size, and pixels of the picture per pixel of the result."""
    height, width = gray.shape
    factor = 1.0
    if max(height, width) > WORKING_SIDE:
        factor = WORKING_SIDE / max(height, width)
    elif min(height, width) < MIN_WORKING_SIDE:
        factor = min(MIN_WORKING_SIDE / min(height, width), WORKING_SIDE / max(height, width), 6.0)
    if factor == 1.0:
        return gray, 1.0
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(gray, size, interpolation=method), np.uint8), 1 / factor
