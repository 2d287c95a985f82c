"""Encode digits as data URLs, which the page shows as pictures."""

import base64

import numpy as np
import numpy.typing as npt

from numerals.data.image_folders import encode_png


def data_url(image: npt.NDArray[np.uint8]) -> str:
    """Return a grey image as ``data:image/png;base64,...``."""
    return "data:image/png;base64," + base64.b64encode(encode_png(image)).decode("ascii")
