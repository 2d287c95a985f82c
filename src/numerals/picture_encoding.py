"""Pictures as PNG and JPEG bytes, and as data URLs."""

import base64

import cv2
import numpy as np
import numpy.typing as npt

from numerals.errors import DataError

_JPEG_START = b"\xff\xd8"


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
    _, content = cv2.imencode(".png", _to_bgr(image))
    return bytes(content)


def encode_jpeg(image: npt.NDArray[np.uint8], quality: int = 80) -> bytes:
    """Return a picture as the bytes of a JPEG file.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3)
        Grey levels or RGB.
    quality : int in 1 to 100, default=80
    """
    _, content = cv2.imencode(".jpg", _to_bgr(image), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(content)


def data_url(image: npt.NDArray[np.uint8] | bytes) -> str:
    """Return a picture as a URL that contains it, such as ``data:image/png;base64,...``.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width) or (height, width, 3), or bytes
        Pixels, which are encoded as PNG, or the bytes of a PNG or JPEG file.
    """
    content = image if isinstance(image, bytes) else encode_png(image)
    kind = "jpeg" if content.startswith(_JPEG_START) else "png"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _to_bgr(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(image[..., ::-1] if image.ndim == 3 else image)
