"""Digits as pens of the 19th century wrote them: open fours, sevens like a y."""

import cv2
import numpy as np
import numpy.typing as npt

_Rng = np.random.Generator
_Path = list[tuple[float, float]]

_FRAME, _FINE = 28, 4  # pixels of a glyph; strokes are drawn so many times as large
_JITTER = 1.1  # pixels: standard deviation of the points of a stroke
_STROKE = (1.7, 3.2)  # pixels

# Points that a stroke passes through, in MNIST's frame.
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

DIGITS = "".join(_PATHS)
"""Digits that are written otherwise."""


def write_old(digit: str, rng: _Rng) -> npt.NDArray[np.uint8]:
    """Return a digit of `DIGITS` as MNIST's frame shows one, ink bright, shape (28, 28).

    Parameters
    ----------
    digit : str
    rng : numpy.random.Generator
    """
    paths = _PATHS[digit][int(rng.integers(len(_PATHS[digit])))]
    canvas = np.zeros((_FRAME * _FINE, _FRAME * _FINE), np.uint8)
    thickness = round(_FINE * rng.uniform(*_STROKE))
    for path in paths:
        points = np.array(path) + rng.normal(0, _JITTER, (len(path), 2))
        curve = (_smooth(points) * _FINE * 16).round().astype(np.int32)  # 4 bits of fraction
        cv2.polylines(canvas, [curve], False, 255, thickness, cv2.LINE_AA, shift=4)
    small = cv2.resize(canvas, (_FRAME, _FRAME), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _smooth(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return points of a curve through the given ones (Catmull and Rom, 1974)."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, 9)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return np.concatenate(pieces)
