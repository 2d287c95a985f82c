"""Map boxes of a rotated or reduced page to the picture as it was given."""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink import PageInk
from numerals.records import Box, Digit, Line, union

ROUNDING_ERROR = 1e-6
"""Error of mapped points, pixels; a box at the edge of a picture must not reach beyond it."""


def map_line_to_picture(line: Line, ink: PageInk, scale: float) -> Line:
    """Return a line with its boxes mapped to the picture as it was given.

    Parameters
    ----------
    line : Line
    ink : PageInk
        Ink of the page, with the map back to the picture.
    scale : float
        Pixels of the line's boxes per pixel of the working copy.
    """
    if not line.digits or np.array_equal(ink.unturn_matrix, np.eye(3)):
        return line
    digits = tuple(_map_digit(digit, ink.unturn_matrix, scale) for digit in line.digits)
    return replace(line, digits=digits, box=union([digit.box for digit in digits]))


def _map_digit(digit: Digit, unturn_matrix: npt.NDArray[np.float64], scale: float) -> Digit:
    x_min, y_min, x_max, y_max = digit.box
    corners = np.array([[x, y] for x in (x_min, x_max) for y in (y_min, y_max)], float)
    points = cv2.perspectiveTransform(corners[None] / scale, unturn_matrix)[0] * scale
    low = np.floor(points.min(axis=0) + ROUNDING_ERROR)
    high = np.ceil(points.max(axis=0) - ROUNDING_ERROR)
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    box: Box = (left, top, max(int(high[0]), left + 1), max(int(high[1]), top + 1))
    return replace(digit, box=box)
