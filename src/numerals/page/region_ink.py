"""Regions of numbers -> lines of ink, as the line reader takes them."""

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

_MARGIN = 0.5  # number heights of paper around a region that tell how bright the paper is
_BESIDE, _ABOVE = 0.25, 0.65  # number heights from the region's ends, from its center line
_WIDER = 0.25  # number heights by which strips reach further (development pages: 359 -> 366 right)
_SPECK = 0.08  # number heights: smaller parts are dust
_MARK, _NUMBER = 0.5, 0.3  # probabilities: more of a mark, and less of a number, is no digit
_FITTING = (0.6, 1.4)  # times the region's height that the ink's height may be


def find_region_ink(gray: _Gray, region: Region, maps: PageMaps) -> InkLine | None:
    """Return the ink of one number, and where the region says that it lies; None without ink.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        The page, dark ink on brighter paper.
    region : Region
    maps : PageMaps
        They tell rules and other marks from digits.
    """
    bounds = _bounds(region, gray.shape)
    x_min, y_min, x_max, y_max = bounds
    if x_max - x_min < 2 or y_max - y_min < 2:
        return None
    mask = binarize(compute_darkness(gray[y_min:y_max, x_min:x_max], tight=True))
    number = np.maximum(maps.number_ink, maps.print_ink)
    number, mark, other = (
        _sample(values, maps.scale, bounds) for values in (number, maps.mark_ink, maps.other_ink)
    )
    mask[(mark > _MARK) & (number < _NUMBER)] = 0
    components = [
        _moved(component, x_min, y_min) for component in find_components(LabeledComponents(mask))
    ]
    components = [component for component in components if _belongs(component, region)]
    if not components:
        return None
    height = typical_height(components)
    low, high = (factor * region.height for factor in _FITTING)
    return InkLine(
        tuple(components),
        float(np.clip(height, low, high)),
        _frame(region),
        region.is_printed,
        region.score,
        _purity(mask > 0, number, mark, other),
    )


def _purity(is_ink: npt.NDArray[np.bool_], number: Map, mark: Map, other: Map) -> float:
    """Return the share of the ink that belongs to numbers."""
    if not is_ink.any():
        return 0.0
    of_number, of_others = number[is_ink].sum(), (mark + other)[is_ink].sum()
    return float(of_number / max(of_number + of_others, 1e-3))


def _frame(region: Region) -> LineFrame:
    slope = float(np.tan(np.radians(region.angle)))
    reach = region.width / 2 + _WIDER * region.height
    return LineFrame(
        region.center_x - reach,
        region.center_x + reach,
        region.center_y - slope * reach,
        slope,
        region.height,
    )


def _bounds(region: Region, shape: tuple[int, ...]) -> _Bounds:
    corners, margin = region.corners(), _MARGIN * region.height
    low, high = corners.min(axis=0) - margin, corners.max(axis=0) + margin
    x_min, y_min = np.maximum(low, 0).astype(int).tolist()
    x_max, y_max = np.minimum(high, shape[1::-1]).astype(int).tolist()
    return x_min, y_min, x_max, y_max


def _sample(values: Map, scale: float, bounds: _Bounds) -> Map:
    """Return a map at the resolution of the page, within bounds."""
    x_min, y_min, x_max, y_max = bounds
    to_map = np.array([[1 / scale, 0, (x_min + 0.5) / scale - 0.5],
                       [0, 1 / scale, (y_min + 0.5) / scale - 0.5]])  # fmt: skip
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (x_max - x_min, y_max - y_min)
    return np.asarray(
        cv2.warpAffine(values, to_map, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    )


def _moved(component: Component, x: int, y: int) -> Component:
    x_min, y_min, x_max, y_max = component.box
    return Component((x_min + x, y_min + y, x_max + x, y_max + y), component.mask)


def _belongs(component: Component, region: Region) -> bool:
    """Return whether a part lies in a region, and is more than dust."""
    if max(component.width, component.height) < _SPECK * region.height:
        return False
    x, y = component.center
    angle = np.radians(region.angle)
    dx, dy = x - region.center_x, y - region.center_y
    along, down = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
    return bool(
        abs(along) < region.width / 2 + _BESIDE * region.height
        and abs(down) < _ABOVE * region.height
    )
