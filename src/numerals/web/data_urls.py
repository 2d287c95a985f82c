"""Digits as pictures in JSON: data URLs that a page can show."""

import base64

import cv2
import numpy as np
import numpy.typing as npt


def data_url(image: npt.NDArray[np.uint8]) -> str:
    """Return a grey picture as ``data:image/png;base64,...``."""
    _, content = cv2.imencode(".png", image)
    return "data:image/png;base64," + base64.b64encode(bytes(content)).decode("ascii")
