"""Encode digits and pictures as data URLs, which the page shows."""

import base64

import numpy as np
import numpy.typing as npt

from numerals.data.image_folders import encode_png


def data_url(image: npt.NDArray[np.uint8]) -> str:
    """Return an image, gray or RGB, as ``data:image/png;base64,...``."""
    png = encode_png(np.ascontiguousarray(image[..., ::-1]) if image.ndim == 3 else image)
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
