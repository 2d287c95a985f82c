"""Convert a loaded Pillow image of any mode to gray or RGB, a strip of rows at a time.

Pillow and NumPy copy the whole image at each conversion, which would take several gigabytes for
120 megapixels of CMYK or float.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from numerals.images.levels import max_value, scale_to_bytes, strips, white_level

Pixels = npt.NDArray[np.uint8]

_MIN_OPAQUE = 128  # alpha; pixels below count as transparent
_MIN_FAINT = 200  # gray level; brighter ink is not visible on a white background


def flatten(image: Image.Image, color: bool = False) -> Pixels:
    """Convert a loaded image to uint8 gray or RGB.

    Transparent images are composed on a white background, or on black if nothing would be visible
    on white, such as white strokes on a transparent canvas.

    Parameters
    ----------
    image : PIL.Image.Image
        Any of Pillow's modes; see `levels` for the scale of deep gray values.
    color : bool
        RGB instead of gray.

    Returns
    -------
    ndarray of uint8, shape (height, width) or (height, width, 3)
    """
    mode = "RGB" if color else "L"
    width, height = image.size
    pixels = np.empty((height, width, 3) if color else (height, width), np.uint8)
    for rows, strip in zip(strips((height, width)), _flat_strips(image), strict=True):
        pixels[rows] = np.asarray(strip.convert(mode))
    return pixels


def _flat_strips(image: Image.Image) -> Iterator[Image.Image]:
    """Yield opaque strips in modes that Pillow converts to gray and RGB correctly."""
    if image.mode.startswith("I") or image.mode == "F":
        yield from _deep_strips(image)
    elif image.has_transparency_data:
        background = choose_background(image)
        yield from (_compose_on(strip, background) for strip in _strips(image))
    elif image.mode in ("1", "L", "RGB", "YCbCr"):
        yield from _strips(image)
    else:  # P, CMYK, LAB and HSV convert to RGB only
        yield from (strip.convert("RGB") for strip in _strips(image))


def _strips(image: Image.Image) -> Iterator[Image.Image]:
    for rows in strips((image.height, image.width)):
        if rows == slice(0, image.height):
            yield image
        else:
            yield image.crop((0, rows.start, image.width, rows.stop))


def _deep_strips(image: Image.Image) -> Iterator[Image.Image]:
    maximum = max(max_value(np.asarray(strip)) for strip in _strips(image))
    white = white_level(maximum, floats=image.mode == "F")
    for strip in _strips(image):
        yield Image.fromarray(scale_to_bytes(np.asarray(strip), white))


def choose_background(image: Image.Image) -> str:
    """Return the background on which a transparent image is visible.

    Returns
    -------
    {"white", "black"}
        Black if all opaque pixels are too bright to be visible on white.
    """
    darkest, min_alpha, max_alpha = 255, 255, 0
    for strip in _strips(image):
        rgba = _to_rgba(strip)
        darkest = min(darkest, _range(_compose_on(rgba, "white").convert("L"))[0])
        if darkest < _MIN_FAINT:
            return "white"
        low, high = _range(rgba.getchannel("A"))
        min_alpha, max_alpha = min(min_alpha, low), max(max_alpha, high)
    return "black" if min_alpha < _MIN_OPAQUE <= max_alpha else "white"


def _range(image: Image.Image) -> tuple[int, int]:
    extrema: Any = image.getextrema()
    return int(extrema[0]), int(extrema[1])


def _to_rgba(image: Image.Image) -> Image.Image:
    if image.mode == "La":  # Pillow has no direct conversion
        image = image.convert("LA")
    return image.convert("RGBA")


def _compose_on(image: Image.Image, background: str) -> Image.Image:
    rgba = _to_rgba(image)
    canvas = Image.new("RGB", rgba.size, background)
    canvas.paste(rgba, mask=rgba.getchannel("A"))
    return canvas
