"""Boxes with texts, drawn into a picture and colored by confidence."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from numerals.scripts import to_ascii_digits

# RGB colors of the confidences 0, 0.71 (its square is 0.5) and 1.
_RED, _AMBER, _GREEN = (214, 40, 40), (225, 150, 0), (22, 140, 60)
_FONT = cv2.FONT_HERSHEY_SIMPLEX

BoxLike = tuple[float, float, float, float]


def draw_boxes(
    pixels: npt.NDArray[np.uint8],
    boxes: Sequence[BoxLike],
    texts: Sequence[str],
    confidences: Sequence[float],
) -> npt.NDArray[np.uint8]:
    """Draw boxes with their texts, colored by confidence from red to green.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The picture, RGB; not modified.
    boxes : sequence of (x_min, y_min, x_max, y_max)
        In pixels of `pixels`.
    texts : sequence of str
        Drawn below each box, with ASCII digits.
    confidences : sequence of float in [0, 1]

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    canvas: npt.NDArray[np.uint8] = np.array(pixels, np.uint8, order="C")
    thickness = max(1, round(max(canvas.shape) / 700))
    for box, text, confidence in zip(boxes, texts, confidences, strict=True):
        _draw_box(canvas, box, text, confidence_color(confidence), thickness)
    return canvas


def confidence_color(confidence: float) -> tuple[int, int, int]:
    """Return the RGB color of a confidence in [0, 1], from red over amber to green."""
    # Squared, because most confidences are above 0.5.
    share = min(max(confidence, 0.0), 1.0) ** 2
    low, middle, high = np.array(_RED), np.array(_AMBER), np.array(_GREEN)
    color = (
        low + (middle - low) * 2 * share
        if share < 0.5
        else middle + (high - middle) * (2 * share - 1)
    )
    red, green, blue = (round(float(v)) for v in color)
    return (red, green, blue)


def _draw_box(
    canvas: npt.NDArray[np.uint8],
    box: BoxLike,
    text: str,
    color: tuple[int, int, int],
    thickness: int,
) -> None:
    x_min, y_min, x_max, y_max = (round(v) for v in box)
    pad = thickness + 1
    corners = ((x_min - pad, y_min - pad), (x_max + pad, y_max + pad))
    cv2.rectangle(canvas, *corners, color, thickness, cv2.LINE_AA)
    font_scale = max(0.35, (y_max - y_min) / 70)
    weight = max(1, round(font_scale * 1.6))
    (_, text_height), _ = cv2.getTextSize("0", _FONT, font_scale, weight)
    below = y_max + pad + text_height + 2 * thickness + 2
    above = y_min - pad - 2 * thickness
    y = below if below < canvas.shape[0] else max(above, text_height)
    # Hershey fonts have ASCII characters only.
    ascii_text = to_ascii_digits(text).encode("ascii", "replace").decode()
    cv2.putText(canvas, ascii_text, (x_min, y), _FONT, font_scale, color, weight, cv2.LINE_AA)
