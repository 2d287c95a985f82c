"""Measure the strips that line models read."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.diagnosis.digit_properties import INK_LEVEL, MEASURING_SCALE, measure_slant
from numerals.ink.line_frame import STRIP_DIGIT_HEIGHT
from numerals.ink.normalize import estimate_stroke_width
from numerals.models.line_model import STRIP_HEIGHT

MIN_DIGIT_HEIGHT = 0.6
"""Minimum height of characters that are measured, heights of the tallest; lower ones are signs."""
INK_REACH = 7
"""Diameter of the area around ink that is not paper, pixels of the strip."""
EDGE_ROWS = 2
"""Rows at the top and at the bottom of a strip in which other marks are looked for."""
SOBEL_SCALE = 8
"""Sum of the weights of a Sobel filter, gradients per pixel."""
MIN_PAPER_PIXELS = 50
"""Minimum number of pixels of paper for measuring its noise."""

_Strip = npt.NDArray[np.uint8]
StripBox = tuple[float, float, float, float]


def measure_strip(strip: _Strip, boxes: Sequence[StripBox]) -> dict[str, float]:
    """Measure a strip of writing.

    Parameters
    ----------
    strip : ndarray of uint8, shape (40, n_columns)
        As `numerals.ink.line_image` returns it: ink bright.
    boxes : sequence of tuple of four float
        Box of each character that was read: left, top, right and bottom, pixels of the strip.

    Returns
    -------
    dict of str to float
        ``digit_height``: median, relative to the height that the reader aims at.
        ``height_spread``: height of the lowest digit relative to the tallest. ``stroke_width``:
        relative to the height of the digits. ``slant``: median, degrees, positive to the right.
        ``widest``: width of the widest character, digit heights. ``gap``: median gap between
        neighbors, digit heights.
        ``offset``: median distance of the digits' centers below the strip's, digit heights.
        ``paper_noise``: standard deviation of the paper, relative to the ink. ``edge_width``:
        distance over which a stroke's edge fades, relative to the stroke width. Empty if there is
        no ink; a property that cannot be measured is missing.
    """
    heights = np.array([bottom - top for _, top, _, bottom in boxes], float)
    if not len(boxes) or not heights.max() > 0:
        return {}
    digits = [
        box for box, h in zip(boxes, heights, strict=True) if h >= MIN_DIGIT_HEIGHT * heights.max()
    ]
    digit_heights = np.array([bottom - top for _, top, _, bottom in digits])
    height = float(np.median(digit_heights))
    centers = np.array([(top + bottom) / 2 for _, top, _, bottom in digits])
    properties = {
        "digit_height": height / STRIP_DIGIT_HEIGHT,
        "height_spread": float(digit_heights.min() / digit_heights.max()),
        "widest": max(right - left for left, _, right, _ in digits) / height,
        "offset": float(np.median(centers) - STRIP_HEIGHT / 2) / height,
    }
    gaps = [right[0] - left[2] for left, right in pairwise(digits)]
    if gaps:
        properties["gap"] = float(np.median(gaps)) / height
    crops = [_crop(strip, box) for box in digits]
    masks = [_enlarged_mask(crop) for crop in crops]
    masks = [mask for mask in masks if mask.any()]
    if masks:
        stroke = float(np.median([estimate_stroke_width(mask) for mask in masks])) / MEASURING_SCALE
        properties["stroke_width"] = stroke / height
        properties["slant"] = float(np.median([measure_slant(mask) for mask in masks]))
        properties["edge_width"] = _edge_width(strip) / max(stroke, 1e-6)
    noise = _paper_noise(strip)
    return properties if noise is None else {**properties, "paper_noise": noise}


def measure_edge_ink(strip: _Strip) -> float:
    """Return the share of the columns of a strip with ink at its top or at its bottom."""
    rows = np.concatenate([strip[:EDGE_ROWS], strip[-EDGE_ROWS:]])
    return float(np.mean((rows >= INK_LEVEL).any(axis=0)))


def _crop(strip: _Strip, box: StripBox) -> _Strip:
    left, top, right, bottom = (round(value) for value in box)
    return strip[max(top, 0) : max(bottom, top + 1), max(left, 0) : max(right, left + 1)]


def _enlarged_mask(crop: _Strip) -> _Strip:
    size = (MEASURING_SCALE * crop.shape[1], MEASURING_SCALE * crop.shape[0])
    enlarged = cv2.resize(crop, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(enlarged >= INK_LEVEL, np.uint8)


def _edge_width(strip: _Strip) -> float:
    """Return the distance over which the edges of strokes fade, pixels.

    It is the level of the ink divided by the median gradient at the edges, as for a linear edge.
    """
    level = strip.astype(np.float32)
    gradient = np.hypot(
        cv2.Sobel(level, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(level, cv2.CV_32F, 0, 1, ksize=3)
    )
    is_ink = np.asarray(strip >= INK_LEVEL, np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    is_edge = cv2.dilate(is_ink, kernel) > cv2.erode(is_ink, kernel)
    steepness = float(np.median(gradient[is_edge])) / SOBEL_SCALE
    return float(np.percentile(strip[is_ink > 0], 90)) / max(steepness, 1e-6)


def _paper_noise(strip: _Strip) -> float | None:
    is_ink = np.asarray(strip >= INK_LEVEL, np.uint8)
    near = cv2.dilate(is_ink, np.ones((INK_REACH, INK_REACH), np.uint8)) > 0
    paper = strip[~near]
    if paper.size < MIN_PAPER_PIXELS or not is_ink.any():
        return None
    return float(paper.std() / np.median(strip[is_ink > 0]))
