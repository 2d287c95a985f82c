"""Connected components of ink: find, measure, merge and crop them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import LabeledComponents, Mask
from numerals.records import Box

MIN_COMPONENT_AREA = 6
"""Minimum area of a component, pixels."""
MAX_COMPONENTS = 2000
"""Maximum number of components that are returned for one picture."""


@dataclass(frozen=True, eq=False)
class Component:
    """One connected component of ink, or several merged into one.

    Attributes
    ----------
    box : Box
        Bounding box, in pixels of the mask that the component comes from.
    mask : ndarray of uint8, shape of the box
        255 for ink of the component, 0 elsewhere.
    """

    box: Box
    mask: Mask

    @property
    def width(self) -> int:
        """Width of the box, pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Height of the box, pixels."""
        return self.box[3] - self.box[1]

    @property
    def center(self) -> tuple[float, float]:
        """Center x, y of the box, pixels."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    def shifted(self, x: int, y: int) -> "Component":
        """Return the component moved by x and y pixels."""
        x_min, y_min, x_max, y_max = self.box
        return Component((x_min + x, y_min + y, x_max + x, y_max + y), self.mask)


def find_components(
    ink: LabeledComponents,
    *,
    min_area: int = MIN_COMPONENT_AREA,
    max_components: int = MAX_COMPONENTS,
) -> list[Component]:
    """Return the largest connected components, sorted by left edge.

    Parameters
    ----------
    ink : LabeledComponents
    min_area : int, pixels, default=MIN_COMPONENT_AREA
    max_components : int, default=MAX_COMPONENTS
    """
    components = []
    for label in _largest_labels(ink.stats, min_area, max_components):
        x, y, width, height = ink.stats[label, :4].tolist()
        components.append(Component((x, y, x + width, y + height), ink.component_mask(label)))
    return sorted(components, key=lambda component: component.box[0])


def writing_height(ink: LabeledComponents) -> float:
    """Return the `typical_height` of the components of a mask without extracting them, pixels."""
    stats = ink.stats[_largest_labels(ink.stats, MIN_COMPONENT_AREA, MAX_COMPONENTS)]
    return squared_weight_quantile(stats[:, cv2.CC_STAT_HEIGHT])


def _largest_labels(stats: npt.NDArray[np.int32], min_area: int, max_components: int) -> list[int]:
    """Return the labels of the largest components by descending area, without the background."""
    areas = stats[:, cv2.CC_STAT_AREA]
    order = np.argsort(-areas)
    order = order[(order != 0) & (areas[order] >= min_area)]
    return [int(label) for label in order[:max_components]]


def typical_height(components: Sequence[Component]) -> float:
    """Return the typical height of digits among components, pixels.

    This is the median weighted by squared height: specks are many and small, digits few and large,
    so the weight lets the digits decide.
    """
    return squared_weight_quantile([component.height for component in components])


def squared_weight_quantile(heights: npt.ArrayLike, share: float = 0.5) -> float:
    """Return a quantile of heights weighted by their squares, by default the median; 0 if empty."""
    heights = np.sort(np.asarray(heights, np.float64))
    if heights.size == 0:
        return 0.0
    weights = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weights, share * weights[-1])])


def merge_components(components: Sequence[Component]) -> Component:
    """Return one component with the ink of all, in their common bounding box."""
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
    """Return the part of a component inside `mask`, which has its shape; None if it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    x, y = component.box[:2]
    box = (x + left, y + top, x + right, y + bottom)
    return Component(box, np.ascontiguousarray(mask[top:bottom, left:right]))
