"""The position of a line in a picture, and the map from there to a strip of fixed height."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.models.line_model import STRIP_HEIGHT

STRIP_DIGIT_HEIGHT = 26
"""Height of the digits in a strip, pixels; the rest leaves room for strokes above and below."""

FRAME_MARGIN = 0.5
"""Margin of a strip to the left and right of the frame, digit heights."""
MAX_STRIP_WIDTH = 4000
"""Maximum width of a strip, pixels; longer lines are scaled down to limit memory."""


@dataclass(frozen=True)
class LineFrame:
    """The position of a line of writing in a picture.

    Attributes
    ----------
    left, right : float, pixels
        Left and right end of its ink.
    center_y : float, pixels
        Y of its center line at `left`, half-way up the digits.
    slope : float
        Slope of its center line, pixels down per pixel to the right.
    height : float, pixels
        Height of its digits.
    """

    left: float
    right: float
    center_y: float
    slope: float
    height: float

    @property
    def center(self) -> tuple[float, float]:
        """Midpoint x, y of the center line, pixels."""
        half_width = (self.right - self.left) / 2
        return self.left + half_width, self.center_y + self.slope * half_width

    @property
    def scale(self) -> float:
        """Pixels of the strip per pixel of the picture."""
        width = self.right - self.left + 2 * FRAME_MARGIN * self.height
        return min(STRIP_DIGIT_HEIGHT / max(self.height, 1.0), MAX_STRIP_WIDTH / max(width, 1.0))

    @property
    def strip_width(self) -> float:
        """Width of the strip, pixels."""
        return (self.right - self.left + 2 * FRAME_MARGIN * self.height) * self.scale

    def to_line(self) -> npt.NDArray[np.float64]:
        """Return the affine map, shape (2, 3), from the picture's pixels to the strip's."""
        s, left = self.scale, self.left - FRAME_MARGIN * self.height
        top = self.center_y - STRIP_HEIGHT / 2 / s
        return np.array(
            [[s, 0.0, -s * left], [-s * self.slope, s, s * (self.slope * self.left - top)]]
        )
