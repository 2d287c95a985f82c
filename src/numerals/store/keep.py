"""A page that was read, and its picture -> what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from numerals.records import Box, Line, Page

KEEP = ("nothing", "crops", "pictures")
"""Which pixels a store keeps with what was read."""

_MARGIN = 0.35  # of the line's height, around the crop
_HIGHEST = 160  # pixels: crops of larger writing are reduced
_WIDEST = 2400


@dataclass(frozen=True)
class KeptLine:
    """A line to be stored.

    Attributes
    ----------
    line : Line
    crop : bytes, optional
        PNG of the line and a little around it.
    frame : tuple of float, optional
        Left and top of the crop in the picture, and pixels of the picture per pixel of the crop;
        None where the writing was turned, so that boxes do not lie on the crop.
    """

    line: Line
    crop: bytes | None = None
    frame: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class KeptPage:
    """A page to be stored; `picture` is a PNG."""

    page: Page
    lines: tuple[KeptLine, ...]
    picture: bytes | None = None


def check_keep(keep: str, keep_days: int | None) -> None:
    """Raise ValueError unless these are settings that there are."""
    if keep not in KEEP:
        raise ValueError(f"keep={keep!r}; expected one of {', '.join(KEEP)}")
    if keep_days is not None and keep_days < 1:
        raise ValueError(f"keep_days={keep_days} must be at least 1; or leave it out")


def keep_page(
    page: Page, pixels: npt.NDArray[np.uint8] | None, scale: float = 1.0, *, keep: str = "crops"
) -> KeptPage:
    """Return what is kept of a page.

    Parameters
    ----------
    page : Page
    pixels : ndarray of uint8, shape (height, width), optional
        Its picture, as it was searched; without it no pixels are kept.
    scale : float, default=1
        Pixels of the original, in which boxes are given, per pixel of `pixels`.
    keep : {"nothing", "crops", "pictures"}, default="crops"
        Pictures are kept beside crops, not instead.
    """
    check_keep(keep, None)
    if keep == "nothing" or pixels is None:
        return KeptPage(page, tuple(KeptLine(line) for line in page.lines))
    turns = round(page.turn / 90) % 4  # quarters, clockwise
    lines = tuple(_crop(line, pixels, scale, turns) for line in page.lines)
    return KeptPage(page, lines, _png(pixels) if keep == "pictures" else None)


def digit_dicts(line: Line) -> list[dict[str, Any]]:
    """Return the digits of a line as plain values."""
    return [digit.to_dict() for digit in line.digits]


def _crop(line: Line, pixels: npt.NDArray[np.uint8], scale: float, turns: int) -> KeptLine:
    x_min, y_min, x_max, y_max = _around(line.box, scale, pixels.shape)
    crop = np.rot90(pixels[y_min:y_max, x_min:x_max], turns)  # upright, to be read by a person
    if crop.size == 0:
        return KeptLine(line)
    shrink = max(crop.shape[0] / _HIGHEST, crop.shape[1] / _WIDEST, 1.0)
    size = (max(1, round(crop.shape[1] / shrink)), max(1, round(crop.shape[0] / shrink)))
    small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA) if shrink > 1 else crop
    frame = None if turns else (x_min * scale, y_min * scale, scale * shrink)
    return KeptLine(line, _png(np.asarray(small, np.uint8)), frame)


def _around(box: Box, scale: float, shape: Sequence[int]) -> tuple[int, int, int, int]:
    x_min, y_min, x_max, y_max = (v / scale for v in box)
    margin = _MARGIN * (y_max - y_min) + 2
    return (
        max(0, round(x_min - margin)),
        max(0, round(y_min - margin)),
        min(shape[1], round(x_max + margin)),
        min(shape[0], round(y_max + margin)),
    )


def _png(pixels: npt.NDArray[np.uint8]) -> bytes:
    _, content = cv2.imencode(".png", np.ascontiguousarray(pixels))
    return bytes(content)
