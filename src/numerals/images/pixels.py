"""One opened picture of any mode to upright uint8 pixels: flat, reduced, turned."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from numerals.errors import ImageError
from numerals.images.levels import floats_to_bytes, integers_to_bytes
from numerals.images.limits import DEFAULT_LIMITS, Limits

Pixels = npt.NDArray[np.uint8]


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
    pixels = upright(shrink(flatten(image, wanted.color), wanted.max_side), orientation)
    if orientation >= 5:  # a quarter turn
        width, height = height, width
    return Raster(pixels, width, height)


def array_to_raster(array: npt.NDArray[np.generic], wanted: Wanted) -> Raster:
    """Flatten and reduce a NumPy array.

    Parameters
    ----------
    array : ndarray of uint8, uint16, bool or float in [0, 1]
        Shape (height, width), or (height, width, channels) with 1 grey, 2 grey and alpha, 3 RGB
        or 4 RGBA channels.
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
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 2, 3, 4)):
        raise ImageError(
            f"got shape {array.shape}, expected (height, width) or (height, width, 1 to 4 "
            "channels); give one picture at a time, channels last"
        )
    height, width = array.shape[:2]
    _check_size(width, height, wanted.limits)
    pixels = _array_to_bytes(array).reshape(array.shape)
    if array.ndim == 3 and array.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim == 3 or wanted.color:
        pixels = flatten(Image.fromarray(pixels), wanted.color)
    return Raster(shrink(pixels, wanted.max_side), width, height)


def flatten(image: Image.Image, color: bool = False) -> Pixels:
    """Return a loaded image as uint8 grey or RGB, transparency laid on white.

    Parameters
    ----------
    image : PIL.Image.Image
        Any of Pillow's modes; deep grey is scaled as `levels` says.
    color : bool
        RGB instead of grey.

    Returns
    -------
    ndarray of uint8, shape (height, width) or (height, width, 3)
    """
    if image.mode.startswith("I"):
        image = Image.fromarray(integers_to_bytes(np.asarray(image)))
    elif image.mode == "F":
        image = Image.fromarray(floats_to_bytes(np.asarray(image)))
    elif image.has_transparency_data:
        image = _on_white(image)
    elif image.mode not in ("1", "L", "RGB", "YCbCr"):
        image = image.convert("RGB")  # the only way out of P, CMYK, LAB and HSV
    return np.asarray(image.convert("RGB" if color else "L"))


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


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    paper = Image.new("RGB", rgba.size, "white")
    paper.paste(rgba, mask=rgba.getchannel("A"))
    return paper


def _array_to_bytes(array: npt.NDArray[np.generic]) -> Pixels:
    if array.dtype == np.uint8:
        return np.asarray(array, dtype=np.uint8)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint16:
        return integers_to_bytes(array)
    if array.dtype.kind != "f":
        raise ImageError(
            f"got dtype {array.dtype}, expected uint8, uint16, bool or float; "
            "convert it with .astype(np.uint8)"
        )
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 1):  # NaN fails too
        raise ImageError(
            f"got floats from {low:g} to {high:g}, expected 0 (black) to 1 (white); "
            "divide by the highest value"
        )
    return floats_to_bytes(array)


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width < 1 or height < 1:
        raise ImageError(f"is {width} x {height} pixels: there is nothing in it to read")
    limits.check_pixels(width, height)
