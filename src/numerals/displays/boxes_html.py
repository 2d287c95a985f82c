"""Boxes in a picture, as HTML for notebooks."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from numerals.displays.boxes import BoxLike, draw_boxes
from numerals.displays.html import image_html
from numerals.picture_encoding import encode_jpeg

MAX_SHOWN_SIDE = 1000
"""Maximum of width and height of the pixels of a displayed picture."""

_MAX_SHOWN_WIDTH = 640  # CSS pixels
_MIN_WIDTH = 320  # pixels; smaller pictures are enlarged, so that the texts are readable
_MAX_ENLARGEMENT = 4.0
_PAPER = 255  # grey level where the picture is unknown


def boxes_html(
    picture: tuple[npt.NDArray[np.uint8], float] | None,
    frame: BoxLike,
    boxes: Sequence[BoxLike],
    texts: Sequence[str],
    confidences: Sequence[float],
) -> str:
    """Return a part of a picture with boxes and their texts as an ``<img>`` element.

    Parameters
    ----------
    picture : (ndarray of uint8, shape (height, width, 3), float) or None
        RGB, and pixels of the original per pixel of it. Without it, boxes are drawn on white.
    frame : (x_min, y_min, x_max, y_max)
        The part to show, in pixels of the original.
    boxes : sequence of (x_min, y_min, x_max, y_max)
        In pixels of the original.
    texts : sequence of str
    confidences : sequence of float in [0, 1]
    """
    pixels, zoom = _cut(picture, frame)
    moved = [tuple((v - frame[i % 2]) * zoom for i, v in enumerate(box)) for box in boxes]
    drawn = draw_boxes(pixels, moved, texts, confidences)  # type: ignore[arg-type]
    width = min(pixels.shape[1], _MAX_SHOWN_WIDTH)
    return image_html(encode_jpeg(drawn), f"picture with {len(boxes)} boxes", width)


def _cut(
    picture: tuple[npt.NDArray[np.uint8], float] | None, frame: BoxLike
) -> tuple[npt.NDArray[np.uint8], float]:
    """Return the part of the picture, resized for display, and its pixels per original pixel."""
    width, height = max(frame[2] - frame[0], 1), max(frame[3] - frame[1], 1)
    zoom = min(MAX_SHOWN_SIDE / max(width, height), max(1.0, _MIN_WIDTH / width), _MAX_ENLARGEMENT)
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    if picture is not None:
        pixels, scale = picture
        x_min, y_min, x_max, y_max = (max(0, round(v / scale)) for v in frame)
        part = pixels[y_min:y_max, x_min:x_max]
        if part.size:
            return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8), zoom
    return np.full((size[1], size[0], 3), _PAPER, np.uint8), zoom
