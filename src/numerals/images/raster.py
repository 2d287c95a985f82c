"""One opened picture of any mode to upright uint8 pixels: flat, reduced, turned."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from numerals.errors import ImageError
from numerals.images.arrays import MASK_TOP, array_to_pixels, check_shape, looks_like_mask
from numerals.images.flatten import Pixels, flatten
from numerals.images.limits import DEFAULT_LIMITS, Limits

LOSSY = ("JPEG", "WEBP", "HEIF")
"""Pillow's names of formats in which dark noise may look like a mask of 0 and 1."""


@dataclass(frozen=True)
class Wanted:
    """How the caller wants its pictures.

    Attributes
    ----------
    resolution : float, dots per inch
        At which PDF pages are drawn.
    color : bool
        RGB instead of grey.
    max_side : int, pixels, optional
        The longer side's limit; larger pictures are reduced to it.
    limits : Limits
        What is refused.
    """

    resolution: float = 200
    color: bool = False
    max_side: int | None = None
    limits: Limits = DEFAULT_LIMITS

    def __post_init__(self) -> None:
        if not (self.resolution > 0 and math.isfinite(self.resolution)):
            raise ImageError(f"resolution={self.resolution} must be above 0; 200 dpi suits scans")
        if self.max_side is not None and self.max_side < 1:
            raise ImageError(f"max_side={self.max_side} must be at least 1; or leave it out")


@dataclass(frozen=True, eq=False)
class Raster:
    """Upright pixels, and the size that the picture had before it was reduced."""

    pixels: Pixels
    width: int
    height: int


def image_to_raster(image: Image.Image, wanted: Wanted, *, draft: bool = False) -> Raster:
    """Load, flatten, reduce and turn upright one Pillow image.

    Parameters
    ----------
    image : PIL.Image.Image
        Opened; its pixels need not be loaded yet.
    wanted : Wanted
        Colour, size and limits.
    draft : bool
        Let a JPEG decode straight to grey and to a half, quarter or eighth of its size. It changes
        `image`, so only for images opened here.

    Returns
    -------
    Raster
    """
    width, height = image.size
    _check_size(width, height, wanted.limits)
    if draft:
        image.draft("RGB" if wanted.color else "L", _draft_size(width, height, wanted.max_side))
    image.load()
    orientation = _orientation(image)
    pixels = flatten(image, wanted.color)
    if image.format not in LOSSY and looks_like_mask(pixels):
        pixels *= np.uint8(255 // MASK_TOP)
    pixels = upright(shrink(pixels, wanted.max_side), orientation)
    if orientation >= 5:  # a quarter turn
        width, height = height, width
    return Raster(pixels, width, height)


def array_to_raster(array: npt.NDArray[np.generic], wanted: Wanted) -> Raster:
    """Flatten and reduce a NumPy array.

    Parameters
    ----------
    array : ndarray
        As `arrays` describes it.
    wanted : Wanted
        Colour, size and limits.

    Returns
    -------
    Raster

    Raises
    ------
    ImageError
        For another shape, dtype or range.
    """
    check_shape(array)
    height, width = array.shape[:2]
    _check_size(width, height, wanted.limits)
    pixels = array_to_pixels(array)
    if array.ndim == 3 and array.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim == 3 or wanted.color:
        pixels = flatten(Image.fromarray(pixels), wanted.color)
    return Raster(shrink(pixels, wanted.max_side), width, height)


def shrink(pixels: Pixels, max_side: int | None) -> Pixels:
    """Average areas so that the longer side is at most `max_side`; never enlarge."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    if max_side is None or longer <= max_side:
        return pixels
    size = (max(1, round(width * max_side / longer)), max(1, round(height * max_side / longer)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo EXIF's orientation, 1 to 8, as the EXIF 2.3 standard numbers them."""
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
    except Exception:  # damaged EXIF must not cost the picture
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _draft_size(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    longer = max(width, height)
    share = 1.0 if max_side is None else min(1.0, max_side / longer)
    return math.ceil(width * share), math.ceil(height * share)


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width < 1 or height < 1:
        raise ImageError(f"is {width} x {height} pixels: there is nothing in it to read")
    limits.check_pixels(width, height)
