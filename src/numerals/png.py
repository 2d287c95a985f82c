"""Pictures as PNG bytes and as data URLs."""

import base64

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import DataError


def encode_png(image: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture as the bytes of a PNG file.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3)
        Grey levels or RGB.

    Raises
    ------
    DataError
        If the image has no pixels.
    """
    if image.size == 0:
        raise DataError(
            f"got an image of shape {image.shape}, expected at least one pixel; PNG cannot hold it"
        )
    bgr = image[..., ::-1] if image.ndim == 3 else image
    _, content = cv2.imencode(".png", np.ascontiguousarray(bgr))
    return bytes(content)


def data_url(image: npt.NDArray[np.uint8] | bytes) -> str:
    """Return a picture, or the bytes of a PNG file, as ``data:image/png;base64,...``."""
    png = image if isinstance(image, bytes) else encode_png(image)
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
