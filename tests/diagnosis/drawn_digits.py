"""Digits drawn with known properties."""

import cv2
import numpy as np

SEVEN = [(0.28, 0.18), (0.72, 0.18), (0.45, 0.85)]
"""Corners of a brush's path, as shares of the side."""


def drawn_seven(side: int = 200, stroke: int = 14, ink: int = 0, paper: int = 255) -> np.ndarray:
    """Return a seven, uint8 of shape (side, side)."""
    canvas = np.full((side, side), paper, np.uint8)
    points = (np.array(SEVEN) * side).round().astype(np.int32)
    cv2.polylines(canvas, [points], False, ink, stroke, cv2.LINE_AA)
    return canvas


def bar(width: int, height: int = 20) -> np.ndarray:
    """Return an upright bar as a model input of 28x28 pixels, ink bright."""
    image = np.zeros((28, 28), np.uint8)
    left, top = (28 - width) // 2, (28 - height) // 2
    image[top : top + height, left : left + width] = 255
    return image


def ring() -> np.ndarray:
    """Return a circle as a model input of 28x28 pixels, ink bright."""
    image = np.zeros((28, 28), np.uint8)
    cv2.circle(image, (14, 14), 8, 255, 2, cv2.LINE_AA)
    return image
