"""Correct one property of a model's input, to test whether it caused the answer."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

from numerals.diagnosis.digit_properties import INK_LEVEL, MEASURING_SCALE
from numerals.ink import to_mnist
from numerals.ink.line_frame import STRIP_DIGIT_HEIGHT
from numerals.ink.normalize import crop_to_ink

EDGE_BLUR = 2.0
"""Standard deviation of the blur that softens hard edges, pixels of the enlarged digit."""
SHARPENING = 1.5
"""Standard deviation of the blur that is subtracted to sharpen a strip, pixels."""

_Image = npt.NDArray[np.uint8]
Correction = Callable[[_Image, float, float], _Image]
"""Returns an image whose property is changed from a value to a target."""


def _correct_digit_stroke(image: _Image, value: float, target: float) -> _Image:
    enlarged = _enlarge(image)
    height = crop_to_ink(np.asarray(enlarged >= INK_LEVEL, np.uint8)).shape[0]
    return to_mnist(_change_stroke(enlarged, (target - value) * height))


def _correct_digit_slant(image: _Image, value: float, target: float) -> _Image:
    return to_mnist(_shear(_enlarge(image), value - target))


def _correct_aspect(image: _Image, value: float, target: float) -> _Image:
    enlarged = _enlarge(image)
    width = max(1, round(enlarged.shape[1] * target / max(value, 1e-6)))
    size = (width, enlarged.shape[0])
    return to_mnist(np.asarray(cv2.resize(enlarged, size, interpolation=cv2.INTER_AREA), np.uint8))


def _soften_edges(image: _Image, value: float, target: float) -> _Image:
    if target < value:
        return to_mnist(np.asarray(np.where(_enlarge(image) >= INK_LEVEL, 255, 0), np.uint8))
    return to_mnist(np.asarray(cv2.GaussianBlur(_enlarge(image), (0, 0), EDGE_BLUR), np.uint8))


def _keep_largest_part(image: _Image, value: float, target: float) -> _Image:
    mask = np.asarray(image >= INK_LEVEL, np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    near = cv2.dilate((labels == largest).astype(np.uint8), np.ones((3, 3), np.uint8))
    return to_mnist(np.asarray(image * near, np.uint8))


def _correct_strip_stroke(strip: _Image, value: float, target: float) -> _Image:
    change = (target - value) * STRIP_DIGIT_HEIGHT * MEASURING_SCALE
    changed = _change_stroke(_enlarge(strip), change)
    size = (strip.shape[1], strip.shape[0])
    return np.asarray(cv2.resize(changed, size, interpolation=cv2.INTER_AREA), np.uint8)


def _correct_strip_slant(strip: _Image, value: float, target: float) -> _Image:
    return _shear(strip, value - target)


def _remove_paper(strip: _Image, value: float, target: float) -> _Image:
    return np.asarray(np.where(strip >= INK_LEVEL // 2, strip, 0), np.uint8)


def _sharpen(strip: _Image, value: float, target: float) -> _Image:
    blurred = cv2.GaussianBlur(strip, (0, 0), SHARPENING)
    return np.asarray(cv2.addWeighted(strip, 2.0, blurred, -1.0, 0), np.uint8)


def _correct_digit_height(strip: _Image, value: float, target: float) -> _Image:
    """Scale the strip about its center line."""
    factor = target / max(value, 1e-6)
    center = (strip.shape[0] - 1) / 2
    matrix = np.array([[factor, 0, 0], [0, factor, center * (1 - factor)]])
    size = (max(1, round(factor * strip.shape[1])), strip.shape[0])
    return np.asarray(cv2.warpAffine(strip, matrix, size), np.uint8)


def _center_digits(strip: _Image, value: float, target: float) -> _Image:
    matrix = np.array([[1.0, 0, 0], [0, 1, (target - value) * STRIP_DIGIT_HEIGHT]])
    return np.asarray(cv2.warpAffine(strip, matrix, strip.shape[::-1]), np.uint8)


def _widen_gaps(strip: _Image, value: float, target: float) -> _Image:
    """Stretch the strip, which widens gaps and digits alike."""
    factor = 1 + target - value
    size = (max(1, round(factor * strip.shape[1])), strip.shape[0])
    return np.asarray(cv2.resize(strip, size, interpolation=cv2.INTER_LINEAR), np.uint8)


DIGIT_CORRECTIONS: Mapping[str, tuple[str, Correction]] = {
    "stroke_width": ("with strokes of typical width", _correct_digit_stroke),
    "slant": ("with typical slant", _correct_digit_slant),
    "aspect": ("with typical proportions", _correct_aspect),
    "soft_edges": ("with typical edges", _soften_edges),
    "n_parts": ("with the largest part alone", _keep_largest_part),
}
"""Property of a normalized digit -> description and function of its correction."""

STRIP_CORRECTIONS: Mapping[str, tuple[str, Correction]] = {
    "stroke_width": ("with strokes of typical width", _correct_strip_stroke),
    "slant": ("with typical slant", _correct_strip_slant),
    "paper_noise": ("with the paper blanked", _remove_paper),
    "edge_width": ("with sharpened edges", _sharpen),
    "digit_height": ("at typical height", _correct_digit_height),
    "offset": ("centered in the strip", _center_digits),
    "gap": ("stretched to typical gaps", _widen_gaps),
}
"""Property of a strip -> description and function of its correction."""


def _enlarge(image: _Image) -> _Image:
    size = (MEASURING_SCALE * image.shape[1], MEASURING_SCALE * image.shape[0])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _change_stroke(image: _Image, change: float) -> _Image:
    """Widen strokes by `change` pixels, or thin them if it is negative."""
    side = round(abs(change)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    padded = np.pad(image, side)
    changed = cv2.dilate(padded, kernel) if change > 0 else cv2.erode(padded, kernel)
    return np.asarray(changed[side:-side, side:-side], np.uint8)


def _shear(image: _Image, degrees: float) -> _Image:
    """Shear an image to the left by an angle, about its center row."""
    height, width = image.shape
    slope = np.tan(np.radians(degrees))
    reach = int(np.ceil(abs(slope) * height / 2))
    matrix = np.array([[1.0, slope, reach - slope * (height - 1) / 2], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(image, matrix, (width + 2 * reach, height)), np.uint8)
