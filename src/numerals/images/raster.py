"""Convert an opened image or array to upright uint8 pixels of the requested size."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from numerals.errors import ImageError
from numerals.images.array_pixels import (
    MAX_MASK_VALUE,
    array_to_pixels,
    check_shape,
    looks_like_mask,
)
from numerals.images.flatten import Pixels, flatten
from numerals.images.limits import DEFAULT_LIMITS, Limits

LOSSY = ("JPEG", "WEBP", "HEIF")
"""Pillow names of lossy formats, in which dark noise may look like a mask of 0 and 1."""


@dataclass(frozen=True)
class DecodeOptions:
    """Options of decoding.

    Attributes
    ----------
    resolution : float, dots per inch
        Resolution at which PDF pages are rendered.
    color : bool
        RGB instead of gray.
    max_side : int, pixels, optional
        Maximum of width and height; larger images are reduced to it.
    limits : Limits
        Sizes above which an image is refused.
    """

    resolution: float = 200
    color: bool = False
    max_side: int | None = None
    limits: Limits = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        if not (self.resolution > 0 and math.isfinite(self.resolution)):
            raise ImageError(f"resolution={self.resolution} must be above 0; use 200 for scans")
        if self.max_side is not None and self.max_side < 1:
            raise ImageError(f"max_side={self.max_side} must be at least 1; raise or omit it")


@dataclass(frozen=True, eq=False)
class Raster:
    """Upright pixels, with the width and height of the image before it was reduced."""

    pixels: Pixels
    width: int
    height: int


def image_to_raster(image: Image.Image, options: DecodeOptions, *, draft: bool = False) -> Raster:
    """Decode a Pillow image: load, flatten, reduce, and apply its EXIF orientation.

    Parameters
    ----------
    image : PIL.Image.Image
        An opened image, whose pixels need not be loaded.
    options : DecodeOptions
    draft : bool
        Whether a JPEG may be decoded directly to gray and to a half, quarter or eighth of its
        size. This changes `image`.

    Returns
    -------
    Raster

    Raises
    ------
    ImageError
        If the image is empty or exceeds a limit.
    """
    width, height = image.size
    _check_size(width, height, options.limits)
    if draft:
        image.draft("RGB" if options.color else "L", _draft_size(width, height, options.max_side))
    image.load()
    orientation = _orientation(image)
    pixels = flatten(image, options.color)
    if image.format not in LOSSY and looks_like_mask(pixels):
        pixels *= np.uint8(255 // MAX_MASK_VALUE)
    pixels = apply_orientation(shrink(pixels, options.max_side), orientation)
    if orientation >= 5:  # a quarter turn
        width, height = height, width
    return Raster(pixels, width, height)


def array_to_raster(array: npt.NDArray[np.generic], options: DecodeOptions) -> Raster:
    """Flatten and reduce a NumPy array.

    Parameters
    ----------
    array : ndarray
        Of a dtype and range that `numerals.images.array_pixels` lists.
    options : DecodeOptions

    Returns
    -------
    Raster

    Raises
    ------
    ImageError
        If shape, dtype or range are not supported, or the array exceeds a limit.
    """
    check_shape(array)
    height, width = array.shape[:2]
    _check_size(width, height, options.limits)
    pixels = array_to_pixels(array)
    if array.ndim == 3 and array.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim == 3 or options.color:
        pixels = flatten(Image.fromarray(pixels), options.color)
    return Raster(shrink(pixels, options.max_side), width, height)


def shrink(pixels: Pixels, max_side: int | None) -> Pixels:
    """Reduce an image by area averaging so that its longer side is at most `max_side`."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if max_side is None or longer <= max_side:
        return pixels
    size = (max(1, round(width * max_side / longer)), max(1, round(height * max_side / longer)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def apply_orientation(pixels: Pixels, orientation: int) -> Pixels:
    """Turn and mirror an image upright by its EXIF orientation, 1 to 8 (EXIF 2.3)."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # an image with damaged EXIF is still readable
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _draft_size(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    longer = max(width, height)
    share = 1.0 if max_side is None else min(1.0, max_side / longer)
    return math.ceil(width * share), math.ceil(height * share)


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width < 1 or height < 1:
        raise ImageError(f"is {width} x {height} pixels, expected at least 1 x 1; save it again")
    limits.check_pixels(width, height)
