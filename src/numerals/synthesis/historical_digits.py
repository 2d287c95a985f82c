"""Draw digit shapes of 19th-century registers: open fours, sevens like a y."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.normalize import MNIST_SIZE
from numerals.synthesis.digit_hands import DRAWING_SCALE

_Rng = np.random.Generator
_Path = list[tuple[float, float]]

_JITTER = 1.1  # pixels: standard deviation of the points of a stroke
_STROKE_WIDTH = (1.7, 3.2)  # pixels: range

# Points that a stroke passes through, in MNIST's frame; each digit has one or more variants.
_PATHS: dict[str, list[list[_Path]]] = {
    "4": [
        [[(9, 5), (8, 13), (19, 13)], [(18, 4), (12, 24)]],
        [[(10, 6), (8, 15), (20, 12)], [(19, 8), (14, 18), (13, 24)]],
        [[(8, 7), (7, 13), (11, 15), (20, 12)], [(18, 5), (14, 24)]],
    ],
    "5": [[[(20, 4), (13, 6), (12, 12), (16, 16), (13, 23), (8, 23)]]],
    "7": [
        [[(8, 6), (10, 11), (18, 5), (12, 24)]],
        [[(7, 8), (9, 6), (12, 9), (19, 5), (14, 15), (12, 24)]],
    ],
}

HISTORICAL_DIGITS = "".join(_PATHS)
"""The digits that have a historical shape."""


def draw_historical_digit(digit: str, rng: _Rng) -> npt.NDArray[np.uint8]:
    """Draw a random variant of a digit.

    Parameters
    ----------
    digit : str
        A character of `HISTORICAL_DIGITS`.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        Ink bright, in MNIST's frame.
    """
    paths = _PATHS[digit][int(rng.integers(len(_PATHS[digit])))]
    canvas = np.zeros((MNIST_SIZE * DRAWING_SCALE, MNIST_SIZE * DRAWING_SCALE), np.uint8)
    thickness = round(DRAWING_SCALE * rng.uniform(*_STROKE_WIDTH))
    for path in paths:
        points = np.array(path) + rng.normal(0, _JITTER, (len(path), 2))
        curve = (
            (_smooth(points) * DRAWING_SCALE * 16).round().astype(np.int32)
        )  # 4 bits of fraction
        cv2.polylines(canvas, [curve], False, 255, thickness, cv2.LINE_AA, shift=4)
    small = cv2.resize(canvas, (MNIST_SIZE, MNIST_SIZE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _smooth(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return points of a Catmull-Rom spline through the given points (Catmull and Rom, 1974)."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, 9)[:, None]
    segments = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        segments.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return np.concatenate(segments)
