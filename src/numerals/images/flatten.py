"""A loaded Pillow image of any mode -> grey or RGB, a strip of rows at a time.

Pillow and NumPy copy a whole picture at each conversion: 120 megapixels of CMYK or float would
take several gigabytes.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from numerals.images.levels import scale_to_bytes, strips, top_value, white_level

Pixels = npt.NDArray[np.uint8]

_VISIBLE = 128  # alpha; what is below counts as transparent
_FAINT = 200  # grey; on white paper, brighter ink is lost


def flatten(image: Image.Image, color: bool = False) -> Pixels:
    """Return a loaded image as uint8 grey or RGB.

    What is transparent is laid on white paper, or on black if nothing would be seen on white, such
    as white strokes on a transparent canvas.

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
    mode = "RGB" if color else "L"
    width, height = image.size
    pixels = np.empty((height, width, 3) if color else (height, width), np.uint8)
    for rows, strip in zip(strips((height, width)), _flat_strips(image), strict=True):
        pixels[rows] = np.asarray(strip.convert(mode))
    return pixels


def _flat_strips(image: Image.Image) -> Iterator[Image.Image]:
    """Yield strips of a mode that Pillow converts to grey and RGB as it should."""
    if image.mode.startswith("I") or image.mode == "F":
        yield from _deep_strips(image)
    elif image.has_transparency_data:
        paper = choose_paper(image)
        yield from (_lay_on(strip, paper) for strip in _strips(image))
    elif image.mode in ("1", "L", "RGB", "YCbCr"):
        yield from _strips(image)
    else:  # RGB is the only way out of P, CMYK, LAB and HSV
        yield from (strip.convert("RGB") for strip in _strips(image))


def _strips(image: Image.Image) -> Iterator[Image.Image]:
    for rows in strips((image.height, image.width)):
        if rows == slice(0, image.height):
            yield image
        else:
            yield image.crop((0, rows.start, image.width, rows.stop))


def _deep_strips(image: Image.Image) -> Iterator[Image.Image]:
    top = max(top_value(np.asarray(strip)) for strip in _strips(image))
    white = white_level(top, floats=image.mode == "F")
    for strip in _strips(image):
        yield Image.fromarray(scale_to_bytes(np.asarray(strip), white))


def choose_paper(image: Image.Image) -> str:
    """Return on which paper an image with transparency is seen.

    Returns
    -------
    {"white", "black"}
        Black only if all that is opaque is too bright for white paper, so that the transparency
        alone carries the picture.
    """
    darkest, lowest_alpha, highest_alpha = 255, 255, 0
    for strip in _strips(image):
        rgba = _to_rgba(strip)
        darkest = min(darkest, _range(_lay_on(rgba, "white").convert("L"))[0])
        if darkest < _FAINT:
            return "white"
        low, high = _range(rgba.getchannel("A"))
        lowest_alpha, highest_alpha = min(lowest_alpha, low), max(highest_alpha, high)
    return "black" if lowest_alpha < _VISIBLE <= highest_alpha else "white"


def _range(image: Image.Image) -> tuple[int, int]:
    extrema: Any = image.getextrema()
    return int(extrema[0]), int(extrema[1])


def _to_rgba(image: Image.Image) -> Image.Image:
    if image.mode == "La":  # Pillow knows no direct way
        image = image.convert("LA")
    return image.convert("RGBA")


def _lay_on(image: Image.Image, paper: str) -> Image.Image:
    rgba = _to_rgba(image)
    sheet = Image.new("RGB", rgba.size, paper)
    sheet.paste(rgba, mask=rgba.getchannel("A"))
    return sheet
