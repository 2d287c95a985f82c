"""Reduce a page whose digits are larger than needed, so that its resolution does not matter."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import PageMaps
from numerals.page.multiscale_detection import MIN_SCALE_CHANGE, TARGET_DIGIT_HEIGHT
from numerals.page.regions import Region

_Rgb = npt.NDArray[np.uint8]


def digit_height_reduction(regions: Sequence[Region]) -> float:
    """Return the factor by which a page is reduced; 1 where its digits are not much too large.

    At that size, digits are as high as in the page network's input. In a larger picture, the grain
    of the paper and the edges of strokes are resolved, and are taken for ink of their own.
    """
    if not regions:
        return 1.0
    factor = TARGET_DIGIT_HEIGHT / float(np.median([region.height for region in regions]))
    return factor if np.log(factor) <= -MIN_SCALE_CHANGE else 1.0


def reduce_page(
    rgb: _Rgb, maps: PageMaps, regions: Sequence[Region]
) -> tuple[_Rgb, PageMaps, list[Region], npt.NDArray[np.float64]]:
    """Reduce a page to the digit height of the page network; smaller digits are not enlarged.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    maps : PageMaps
        The maps of the page.
    regions : sequence of Region
        The numbers on the page.

    Returns
    -------
    rgb, maps, regions
        In pixels of the reduced page.
    matrix : ndarray of float64, shape (3, 3)
        Affine map from points of the reduced page to points of the given one.
    """
    height, width = rgb.shape[:2]
    factor = digit_height_reduction(regions)
    size = (max(1, round(factor * width)), max(1, round(factor * height)))
    if size == (width, height):
        return rgb, maps, list(regions), np.eye(3)
    reduced = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    x, y = size[0] / width, size[1] / height
    moved = [
        replace(
            region,
            center_x=x * region.center_x,
            center_y=y * region.center_y,
            width=x * region.width,
            height=y * region.height,
        )
        for region in regions
    ]
    return reduced, replace(maps, scale=x * maps.scale), moved, np.diag([1 / x, 1 / y, 1.0])
