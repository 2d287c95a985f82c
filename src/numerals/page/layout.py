"""What a picture shows, told by the numbers found on it."""

from dataclasses import replace

import numpy as np

from numerals.ink.page import PageInk
from numerals.page.order import Spot, rows_of

_FIELD_HEIGHT = 3.2  # number heights: a picture no higher shows one line (development pages)
_CROP_SIDES = (120, 400)  # pixels: a picture no larger may show one number that was not found


def may_be_field(ink: PageInk) -> bool:
    """Return whether a picture may be cropped to one number, so that all its ink is part of it."""
    frames = [line.frame for line in ink.lines if line.frame is not None]
    if not frames:
        short, long = sorted(ink.gray.shape)
        return short <= _CROP_SIDES[0] and long <= _CROP_SIDES[1] and ink.has_number_ink
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


def without_print(ink: PageInk) -> PageInk:
    """Return a page without its printed numbers; if all of them are, they stay."""
    written = tuple(line for line in ink.lines if not line.is_printed)
    return replace(ink, lines=written) if written else ink
