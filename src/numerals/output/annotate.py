"""The picture with what was read drawn in."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.records import Digit, Page

_LOW, _HIGH = (214, 40, 40), (22, 140, 60)  # RGB: red for no confidence, green for full


def annotate(
    pixels: npt.NDArray[np.uint8], page: Page, *, scale: float = 1.0
) -> npt.NDArray[np.uint8]:
    """Draw each digit's box and reading, red where in doubt, green where sure.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        The picture, RGB; it stays as it was.
    page : Page
        What was read in it.
    scale : float, default=1.0
        Pixels of the page's boxes per pixel of `pixels`.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    canvas: npt.NDArray[np.uint8] = np.array(pixels, np.uint8, order="C")
    thickness = max(1, round(max(canvas.shape) / 700))
    for line in page.lines:
        for digit in line.digits:
            _draw(canvas, digit, scale, thickness)
    return canvas


def confidence_color(confidence: float) -> tuple[int, int, int]:
    """Return the RGB colour, from red over amber to green, of a confidence in [0, 1]."""
    # Most confidences are above 0.5: the square spreads them over the colours.
    share = min(max(confidence, 0.0), 1.0) ** 2
    low, high = np.array(_LOW), np.array(_HIGH)
    amber = np.array((225, 150, 0))
    color = (
        low + (amber - low) * 2 * share if share < 0.5 else amber + (high - amber) * (2 * share - 1)
    )
    red, green, blue = (round(float(v)) for v in color)
    return (red, green, blue)


def _draw(canvas: npt.NDArray[np.uint8], digit: Digit, scale: float, thickness: int) -> None:
    x_min, y_min, x_max, y_max = (round(v / scale) for v in digit.box)
    color = confidence_color(digit.confidence)
    pad = thickness + 1
    corners = ((x_min - pad, y_min - pad), (x_max + pad, y_max + pad))
    cv2.rectangle(canvas, *corners, color, thickness, cv2.LINE_AA)
    size = max(0.35, (y_max - y_min) / 70)
    weight = max(1, round(size * 1.6))
    (_, text_height), _ = cv2.getTextSize("0", cv2.FONT_HERSHEY_SIMPLEX, size, weight)
    below = y_max + pad + text_height + 2 * thickness + 2
    above = y_min - pad - 2 * thickness
    y = below if below < canvas.shape[0] else max(above, text_height)
    # Hershey fonts have no native digits; a script's characters are drawn by their value.
    text = digit.text if digit.text.isascii() else _ascii(digit.text)
    place = (x_min, y)
    cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, color, weight, cv2.LINE_AA)


def _ascii(text: str) -> str:
    return "".join(str(int(c)) if c.isdigit() else "?" for c in text)
