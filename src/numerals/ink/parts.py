"""Pieces of ink: found in a mask, put together, cut apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.components import Mask, Pieces
from numerals.records import Box

_LEAST_AREA = 6  # pixels
_MOST = 2000


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of ink.

    Attributes
    ----------
    box : Box
        Where it is, in pixels of the mask that it was found in.
    mask : ndarray of uint8, shape of the box
        255 where there is its ink.
    """

    box: Box
    mask: Mask

    @property
    def width(self) -> int:
        """Of the box, pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Of the box, pixels."""
        return self.box[3] - self.box[1]

    @property
    def center(self) -> tuple[float, float]:
        """The middle of the box, x and y."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


def find_parts(ink: Pieces, *, least_area: int = _LEAST_AREA, most: int = _MOST) -> list[Part]:
    """Return the connected pieces of ink, the `most` largest ones, left to right."""
    parts = []
    for piece in _largest(ink.stats, least_area, most):
        x, y, width, height = ink.stats[piece, :4].tolist()
        parts.append(Part((x, y, x + width, y + height), ink.cut_out(piece)))
    return sorted(parts, key=lambda part: part.box[0])


def writing_height(ink: Pieces) -> float:
    """Return the typical height of the parts that `find_parts` would find, without making them."""
    stats = ink.stats[_largest(ink.stats, _LEAST_AREA, _MOST)]
    return weighted_median(stats[:, cv2.CC_STAT_HEIGHT])


def _largest(stats: npt.NDArray[np.int32], least_area: int, most: int) -> list[int]:
    """Return which pieces are the largest, by number; the paper, number 0, is none."""
    areas = stats[:, cv2.CC_STAT_AREA]
    order = np.argsort(-areas)
    order = order[(order != 0) & (areas[order] >= least_area)]
    return [int(label) for label in order[:most]]


def typical_height(parts: Sequence[Part]) -> float:
    """Return the height of the digits among parts: the median, weighted by the heights' squares.

    Specks are many and small, digits few and large: the weight lets the digits decide.
    """
    return weighted_median([part.height for part in parts])


def weighted_median(heights: npt.ArrayLike, share: float = 0.5) -> float:
    """Return the median of heights, weighted by their squares, or another quantile; 0 of none."""
    heights = np.sort(np.asarray(heights, np.float64))
    if heights.size == 0:
        return 0.0
    weights = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weights, share * weights[-1])])


def merge(parts: Sequence[Part]) -> Part:
    """Return one part that holds the ink of all."""
    if len(parts) == 1:
        return parts[0]
    x_min, y_min = (min(part.box[i] for part in parts) for i in (0, 1))
    x_max, y_max = (max(part.box[i] for part in parts) for i in (2, 3))
    mask = np.zeros((y_max - y_min, x_max - x_min), np.uint8)
    for part in parts:
        left, top = part.box[0] - x_min, part.box[1] - y_min
        window = mask[top : top + part.height, left : left + part.width]
        np.maximum(window, part.mask, out=window)
    return Part((x_min, y_min, x_max, y_max), mask)


def crop(part: Part, mask: Mask) -> Part | None:
    """Return the part that `mask`, of the same shape as the part's, leaves; None if nothing."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    x, y = part.box[:2]
    box = (x + left, y + top, x + right, y + bottom)
    return Part(box, np.ascontiguousarray(mask[top:bottom, left:right]))
