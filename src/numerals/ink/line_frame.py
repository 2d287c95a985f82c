"""Where a line of writing lies in a picture, and the map from there to a strip of one height."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HEIGHT = 40
"""Of a strip, pixels."""
DIGIT_HEIGHT = 26
"""Of the digits in it, pixels; what the writer lets hang or stand out has room above and below."""

_MARGIN = 0.5  # digit heights left and right of the ink
_WIDEST = 4000  # pixels; longer lines are squeezed, so that memory is bounded


@dataclass(frozen=True)
class LineFrame:
    """Where a line of writing lies in a picture.

    Attributes
    ----------
    left, right : float, pixels
        Where its ink begins and ends.
    center_y : float, pixels
        Half-way up its digits, at `left`.
    slope : float
        How far the line falls, pixels down per pixel to the right.
    height : float, pixels
        Of its digits.
    """

    left: float
    right: float
    center_y: float
    slope: float
    height: float

    @property
    def center(self) -> tuple[float, float]:
        """Half-way along the line, half-way up its digits, pixels."""
        half = (self.right - self.left) / 2
        return self.left + half, self.center_y + self.slope * half

    @property
    def scale(self) -> float:
        """Pixels of the result per pixel of the picture."""
        width = self.right - self.left + 2 * _MARGIN * self.height
        return min(DIGIT_HEIGHT / max(self.height, 1.0), _WIDEST / max(width, 1.0))

    @property
    def strip_width(self) -> float:
        """Of the result, pixels."""
        return (self.right - self.left + 2 * _MARGIN * self.height) * self.scale

    def to_line(self) -> npt.NDArray[np.float64]:
        """Return the affine map, shape (2, 3), from the picture's pixels to the result's."""
        s, left = self.scale, self.left - _MARGIN * self.height
        top = self.center_y - HEIGHT / 2 / s
        return np.array(
            [[s, 0.0, -s * left], [-s * self.slope, s, s * (self.slope * self.left - top)]]
        )
