"""Regions of numbers on a page, and their geometry."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import PageMaps

_Boxes = npt.NDArray[np.float64]

MIN_RULE_PROBABILITY = 0.35
"""Minimum probability of a rule that separates cells, or parts of a number."""


@dataclass(frozen=True)
class Region:
    """The position of a number on a page, before it is read.

    Attributes
    ----------
    center_x, center_y, width, height : float, pixels of the picture
        The box around its digits, which is rotated by `angle`.
    angle : float, degrees
        Clockwise rotation.
    score : float in [0, 1]
        Mean probability of its core.
    is_printed : bool
        Whether it is print rather than handwriting.
    network_height : float, pixels
        Height of its digits in the picture that the network saw.
    """

    center_x: float
    center_y: float
    width: float
    height: float
    angle: float
    score: float
    is_printed: bool
    network_height: float

    @property
    def rectangle(self) -> tuple[tuple[float, float], tuple[float, float], float]:
        """The box as a rotated rectangle of OpenCV: center, size, angle."""
        size = (max(self.width, 1.0), max(self.height, 1.0))
        return (self.center_x, self.center_y), size, self.angle

    def corners(self) -> npt.NDArray[np.float32]:
        """Return the corners of the box, shape (4, 2), pixels."""
        return np.asarray(cv2.boxPoints(self.rectangle), np.float32)


def overlap(one: Region, other: Region) -> float:
    """Return the area of the intersection of two regions, square pixels."""
    reach = [
        (r.width * abs(np.cos(np.radians(r.angle))) + r.height * abs(np.sin(np.radians(r.angle))),
         r.height * abs(np.cos(np.radians(r.angle))) + r.width * abs(np.sin(np.radians(r.angle))))
        for r in (one, other)
    ]  # fmt: skip
    if abs(one.center_x - other.center_x) > (reach[0][0] + reach[1][0]) / 2:
        return 0.0
    if abs(one.center_y - other.center_y) > (reach[0][1] + reach[1][1]) / 2:
        return 0.0
    kind, points = cv2.rotatedRectangleIntersection(one.rectangle, other.rectangle)
    if not kind or points is None or len(points) < 3:
        return 0.0
    return float(cv2.contourArea(cv2.convexHull(points)))


def upright_boxes(regions: Sequence[Region]) -> _Boxes:
    """Return the bounding boxes of regions with a margin of 1 pixel, shape (n_regions, 4)."""
    if not regions:
        return np.zeros((0, 4))
    corners = np.stack([region.corners() for region in regions]).astype(np.float64)
    return np.concatenate([corners.min(axis=1) - 1, corners.max(axis=1) + 1], axis=1)


def boxes_meet(boxes: _Boxes, box: _Boxes) -> npt.NDArray[np.bool_]:
    """Return for each box whether it intersects `box`; only such regions can overlap."""
    return np.asarray(
        (boxes[:, 0] < box[2])
        & (boxes[:, 2] > box[0])
        & (boxes[:, 1] < box[3])
        & (boxes[:, 3] > box[1]),
        np.bool_,
    )


def has_rule(maps: PageMaps, left: float, right: float, y: float, reach: float) -> bool:
    """Return whether there is a vertical rule between two positions.

    Parameters
    ----------
    maps : PageMaps
    left, right : float, pixels of the picture
    y : float, pixels of the picture
        Center of the rows that are checked.
    reach : float, pixels of the picture
        Distance of the first and last row from `y`.
    """
    scale = maps.scale
    rows = slice(max(0, int((y - reach) / scale)), int((y + reach) / scale) + 1)
    columns = slice(max(0, int(left / scale)), int(right / scale) + 1)
    between = maps.mark_ink[rows, columns]
    return bool(between.size and between.mean(axis=0).max() > MIN_RULE_PROBABILITY)
