"""What a picture shows, told by the numbers found on it."""

import numpy as np

from numerals.ink.page import PageInk
from numerals.page.order import Spot, rows_of

_FIELD_HEIGHT = 3.2  # number heights: a picture no higher shows one line (development pages)


def is_field(ink: PageInk) -> bool:
    """Return whether a picture is cropped to one line, so that all its ink belongs together."""
    frames = [line.frame for line in ink.lines if line.frame is not None]
    if not frames:
        return False
    spots = [
        Spot(
            (frame.left + frame.right) / 2,
            frame.middle + frame.slope * (frame.right - frame.left) / 2,
            frame.right - frame.left,
            frame.height,
        )
        for frame in frames
    ]
    height = float(np.median([spot.height for spot in spots]))
    return len(rows_of(spots)) == 1 and ink.gray.shape[0] <= _FIELD_HEIGHT * height
