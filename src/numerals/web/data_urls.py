"""Encode digits as data URLs, which the page shows as pictures."""

import base64

import cv2
import numpy as np
import numpy.typing as npt


def data_url(image: npt.NDArray[np.uint8]) -> str:
    """Return a grey image as ``data:image/png;base64,...``."""
    _, content = cv2.imencode(".png", image)
    return "data:image/png;base64," + base64.b64encode(bytes(content)).decode("ascii")
