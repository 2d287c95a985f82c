"""Even out the light, and find out whether the ink is darker or brighter than its ground."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.uniform_background import UniformBackground

_WIDE, _SMALL, _TIGHT = 14, 7, 5  # the longer side, in widths of the broadest stroke
_LEAST_LIGHT = 24  # of 255: darker than this, a difference is noise
_COARSE_SIDE = 360  # pixels; the paper's brightness changes slowly, so a small picture will do
_COARSE_SIDE_TIGHT = 200  # of one line or digit, which shows little paper
_WINDOWS = (5, 12)  # the longer side, in windows of whose pixels ink covers less than half
_DARK_IS_LIKELIER = 1.2


def is_ink_bright(gray: npt.NDArray[np.uint8]) -> bool:
    """Tell chalk from pencil: whether thin things are brighter than what they lie on.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    bool
    """
    small = downscale(gray, _COARSE_SIDE)
    # A wide window sees past the broad strokes of a lone digit, a narrow one past the light that
    # falls between shadows: the more decided of the two is right.
    return max((_brightness_of_ink(small, widths) for widths in _WINDOWS), key=abs) > 0


def _brightness_of_ink(gray: npt.NDArray[np.uint8], windows: int) -> float:
    """Return the log of how much more there is of bright things than of dark ones."""
    side = max((max(gray.shape) // windows) | 1, 3)
    background = cv2.medianBlur(gray, side)  # beyond the edge, as at it
    # Fourth powers: a few strong strokes count for more than much grain or a broad patch of light.
    bright, dark = (
        float(np.square(np.square(excess, dtype=np.float32)).sum())
        for excess in (cv2.subtract(gray, background), cv2.subtract(background, gray))
    )
    return math.log((bright + 1) / (_DARK_IS_LIKELIER * dark + 1))


def compute_darkness(
    gray: npt.NDArray[np.uint8], *, tight: bool = False, background: UniformBackground | None = None
) -> npt.NDArray[np.uint8]:
    """Return how much darker each pixel is than the paper would be there.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter ground.
    tight : bool, default=False
        The picture shows one line or digit, whose strokes may be a fifth of it wide.
    background : Ground, optional
        The paper is of this one level: strokes may be of any width.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        0 where there is bare paper, in light or in shadow, up to 255 for black ink.
    """
    if background is not None:
        missing = cv2.subtract(np.full_like(gray, background.level), gray)
        alpha = 255 / max(background.level, _LEAST_LIGHT)
        return np.asarray(cv2.convertScaleAbs(missing, alpha=alpha), np.uint8)
    height, width = gray.shape
    coarse = downscale(gray, _COARSE_SIDE_TIGHT if tight else _COARSE_SIDE)
    # Wider than a stroke, so that ink is filled in; a shadow is wider still and stays.
    # A small picture shows little, so what it shows is large in it.
    is_small = max(gray.shape) <= _COARSE_SIDE
    widths = _TIGHT if tight else _SMALL if is_small else _WIDE
    side = max(7, min(max(coarse.shape) // widths, min(coarse.shape))) | 1
    edge = max(side // 2, 1)
    padded = cv2.copyMakeBorder(coarse, edge, edge, edge, edge, cv2.BORDER_REFLECT)
    closed = close_with_disk(np.asarray(cv2.medianBlur(padded, 3), np.uint8), side)
    # A median smooths what the closing leaves; at the edge of a shadow or of the sheet the darker
    # side must win, wherever the true edge runs between two coarse pixels.
    paper = cv2.min(closed, cv2.medianBlur(closed, side))
    paper = cv2.erode(paper, np.ones((3, 3), np.uint8))[edge:-edge, edge:-edge]
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    lit = np.maximum(paper, _LEAST_LIGHT)
    darkness = cv2.divide(cv2.subtract(paper, gray), lit, scale=255)
    return np.asarray(darkness, np.uint8)


def close_with_disk(gray: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return the morphological closing with a disc `side` pixels wide, an odd number.

    OpenCV is quick with rectangles only: the disc is taken as one, half of it, and the rest.
    """
    rest = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    top = round(side / 2 * (1 - math.sqrt(0.5)))  # of the square in the disc
    height, width = side - 2 * top, int(np.count_nonzero(rest[top]))
    left = (side - width) // 2
    rest[top : side - top, left : side - left] = 0
    core = np.ones((height, width), np.uint8)
    spread = cv2.max(cv2.dilate(gray, core), cv2.dilate(gray, rest))
    return np.asarray(cv2.min(cv2.erode(spread, core), cv2.erode(spread, rest)), np.uint8)


def downscale(gray: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return a copy whose longer side has so many pixels, or the picture if it is no larger."""
    scale = side / max(gray.shape)
    if scale >= 1:
        return gray
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    small: npt.NDArray[np.uint8] = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA))
    return small
