"""Extract the ink of number regions as lines for the readers."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import binarize
from numerals.ink.component_labels import LabeledComponents
from numerals.ink.connected_components import Component, find_components, typical_height
from numerals.ink.illumination import compute_darkness
from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.models.page_model import Map, PageMaps
from numerals.page.regions import Region

_Gray = npt.NDArray[np.uint8]
_Bounds = tuple[int, int, int, int]

# Lengths in number heights.
PAPER_MARGIN = 0.5
"""Margin around a region from which the paper's brightness is estimated."""
MAX_INK_DISTANCE_X = 0.25
"""Maximum horizontal distance of a component's center from the region."""
MAX_INK_DISTANCE_Y = 0.65
"""Maximum vertical distance of a component's center from the center line."""
FRAME_EXTENSION = 0.25
"""Extension of the frame at either end (development pages: 359 -> 366 right)."""
MIN_REGION_COMPONENT_SIZE = 0.08
"""Minimum longer side of a component; smaller ones are dust."""
MIN_MARK_PROBABILITY, MAX_MARK_NUMBER_PROBABILITY = 0.5, 0.3
"""Ink is erased as a mark if its mark probability exceeds the first value, and its number
probability is below the second."""
HEIGHT_RATIO_RANGE = (0.6, 1.4)
"""Minimum and maximum ratio of the ink's height to the region's height."""


def find_region_ink(gray: _Gray, region: Region, maps: PageMaps) -> InkLine | None:
    """Return the ink of one number with its frame; None where there is no ink.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        The page, dark ink on brighter paper.
    region : Region
    maps : PageMaps
        Probabilities of rules and other marks, which are erased.
    """
    bounds = _region_bounds(region, gray.shape)
    x_min, y_min, x_max, y_max = bounds
    if x_max - x_min < 2 or y_max - y_min < 2:
        return None
    mask = binarize(compute_darkness(gray[y_min:y_max, x_min:x_max], tight=True))
    number = np.maximum(maps.number_ink, maps.print_ink)
    number, mark, other = (
        _resample_map(values, maps.scale, bounds)
        for values in (number, maps.mark_ink, maps.other_ink)
    )
    mask[(mark > MIN_MARK_PROBABILITY) & (number < MAX_MARK_NUMBER_PROBABILITY)] = 0
    components = [
        component.shifted(x_min, y_min) for component in find_components(LabeledComponents(mask))
    ]
    components = [component for component in components if _belongs_to_region(component, region)]
    if not components:
        return None
    height = typical_height(components)
    low, high = (factor * region.height for factor in HEIGHT_RATIO_RANGE)
    return InkLine(
        tuple(components),
        float(np.clip(height, low, high)),
        _region_frame(region),
        region.is_printed,
        region.score,
        _purity(mask > 0, number, mark, other),
    )


def _purity(is_ink: npt.NDArray[np.bool_], number: Map, mark: Map, other: Map) -> float:
    """Return the share of the ink that belongs to numbers, 0 to 1."""
    if not is_ink.any():
        return 0.0
    number_sum, other_sum = number[is_ink].sum(), (mark + other)[is_ink].sum()
    return float(number_sum / max(number_sum + other_sum, 1e-3))


def _region_frame(region: Region) -> LineFrame:
    slope = float(np.tan(np.radians(region.angle)))
    reach = region.width / 2 + FRAME_EXTENSION * region.height
    return LineFrame(
        region.center_x - reach,
        region.center_x + reach,
        region.center_y - slope * reach,
        slope,
        region.height,
    )


def _region_bounds(region: Region, shape: tuple[int, ...]) -> _Bounds:
    corners, margin = region.corners(), PAPER_MARGIN * region.height
    low, high = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    x_min, y_min = np.maximum(low, 0).astype(int).tolist()
    x_max, y_max = np.minimum(high, shape[1::-1]).astype(int).tolist()
    return x_min, y_min, x_max, y_max


def _resample_map(values: Map, scale: float, bounds: _Bounds) -> Map:
    """Return a map resampled to the resolution of the page, cropped to bounds."""
    x_min, y_min, x_max, y_max = bounds
    to_map = np.array([[1 / scale, 0, (x_min + 0.5) / scale - 0.5],
                       [0, 1 / scale, (y_min + 0.5) / scale - 0.5]])  # fmt: skip
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (x_max - x_min, y_max - y_min)
    return np.asarray(
        cv2.warpAffine(values, to_map, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    )


def _belongs_to_region(component: Component, region: Region) -> bool:
    """Return whether a component lies in a region and is larger than dust."""
    if max(component.width, component.height) < MIN_REGION_COMPONENT_SIZE * region.height:
        return False
    x, y = component.center
    angle = np.radians(region.angle)
    dx, dy = x - region.center_x, y - region.center_y
    along, down = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
    return bool(
        abs(along) < region.width / 2 + MAX_INK_DISTANCE_X * region.height
        and abs(down) < MAX_INK_DISTANCE_Y * region.height
    )
