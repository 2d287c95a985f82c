"""Pieces of ink: found in a mask, put together, cut apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import LabeledComponents, Mask
from numerals.records import Box

_LEAST_AREA = 6  # pixels
_MOST = 2000


@dataclass(frozen=True, eq=False)
class Component:
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


def find_components(
    ink: LabeledComponents, *, least_area: int = _LEAST_AREA, most: int = _MOST
) -> list[Component]:
    """Return the connected pieces of ink, the `most` largest ones, left to right."""
    components = []
    for piece in _largest(ink.stats, least_area, most):
        x, y, width, height = ink.stats[piece, :4].tolist()
        components.append(Component((x, y, x + width, y + height), ink.component_mask(piece)))
    return sorted(components, key=lambda component: component.box[0])


def writing_height(ink: LabeledComponents) -> float:
    """Return the typical height of the parts that `find_components` would find, without making them."""
    stats = ink.stats[_largest(ink.stats, _LEAST_AREA, _MOST)]
    return squared_weight_quantile(stats[:, cv2.CC_STAT_HEIGHT])


def _largest(stats: npt.NDArray[np.int32], least_area: int, most: int) -> list[int]:
    """Return which pieces are the largest, by number; the paper, number 0, is none."""
    areas = stats[:, cv2.CC_STAT_AREA]
    order = np.argsort(-areas)
    order = order[(order != 0) & (areas[order] >= least_area)]
    return [int(label) for label in order[:most]]


def typical_height(components: Sequence[Component]) -> float:
    """Return the height of the digits among parts: the median, weighted by the heights' squares.

    Specks are many and small, digits few and large: the weight lets the digits decide.
    """
    return squared_weight_quantile([component.height for component in components])


def squared_weight_quantile(heights: npt.ArrayLike, share: float = 0.5) -> float:
    """Return the median of heights, weighted by their squares, or another quantile; 0 of none."""
    heights = np.sort(np.asarray(heights, np.float64))
    if heights.size == 0:
        return 0.0
    weights = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weights, share * weights[-1])])


def merge_components(components: Sequence[Component]) -> Component:
    """Return one part that holds the ink of all."""
    if len(components) == 1:
        return components[0]
    x_min, y_min = (min(component.box[i] for component in components) for i in (0, 1))
    x_max, y_max = (max(component.box[i] for component in components) for i in (2, 3))
    mask = np.zeros((y_max - y_min, x_max - x_min), np.uint8)
    for component in components:
        left, top = component.box[0] - x_min, component.box[1] - y_min
        window = mask[top : top + component.height, left : left + component.width]
        np.maximum(window, component.mask, out=window)
    return Component((x_min, y_min, x_max, y_max), mask)


def crop_component(component: Component, mask: Mask) -> Component | None:
    """Return the part that `mask`, of the same shape as the part's, leaves; None if nothing."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    x, y = component.box[:2]
    box = (x + left, y + top, x + right, y + bottom)
    return Component(box, np.ascontiguousarray(mask[top:bottom, left:right]))
