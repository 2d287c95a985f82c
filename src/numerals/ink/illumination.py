"""Remove uneven illumination, and detect whether the ink is darker or brighter than the paper."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.uniform_background import UniformBackground

PAGE_STROKES_PER_SIDE = 14
"""Longer side of a page, in widths of its broadest stroke."""
SMALL_STROKES_PER_SIDE = 7
"""The same for a picture no larger than `ILLUMINATION_SIDE`."""
TIGHT_STROKES_PER_SIDE = 5
"""The same for a picture of one line or digit."""
MIN_PAPER_LEVEL = 24
"""Minimum level of paper, of 255; in darker areas, differences are noise."""
ILLUMINATION_SIDE = 360
"""Longer side of the copy that illumination is estimated on, pixels; it changes slowly."""
TIGHT_ILLUMINATION_SIDE = 200
"""The same for one line or digit, which shows little paper."""
POLARITY_WINDOWS = (5, 12)
"""Median windows per longer side: in each, ink must cover less than half of the pixels."""
DARK_INK_PRIOR = 1.2
"""Factor by which dark ink is preferred to bright ink."""


def is_ink_bright(gray: npt.NDArray[np.uint8]) -> bool:
    """Return whether the ink is brighter than the background, as chalk is on a board.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    bool
    """
    small = downscale(gray, ILLUMINATION_SIDE)
    # A large window sees past the broad strokes of a single digit, a small one past the light
    # between shadows. The more decisive of the two is used.
    return (
        max((_bright_ink_log_ratio(small, n_windows) for n_windows in POLARITY_WINDOWS), key=abs)
        > 0
    )


def _bright_ink_log_ratio(gray: npt.NDArray[np.uint8], n_windows: int) -> float:
    """Return the logarithm of the ratio of bright to dark deviations from the local median."""
    side = max((max(gray.shape) // n_windows) | 1, 3)
    background = cv2.medianBlur(gray, side)  # border pixels are repeated
    # Fourth powers: a few strong strokes outweigh much grain or a broad patch of light.
    bright, dark = (
        float(np.square(np.square(excess, dtype=np.float32)).sum())
        for excess in (cv2.subtract(gray, background), cv2.subtract(background, gray))
    )
    return math.log((bright + 1) / (DARK_INK_PRIOR * dark + 1))


def compute_darkness(
    gray: npt.NDArray[np.uint8], *, tight: bool = False, background: UniformBackground | None = None
) -> npt.NDArray[np.uint8]:
    """Return how much darker each pixel is than the paper around it.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter background.
    tight : bool, default=False
        Whether the picture shows one line or digit, whose strokes may be a fifth of it wide.
    background : UniformBackground, optional
        The uniform level of the paper; strokes may be of any width then.

    Returns
    -------
    ndarray of uint8, shape (height, width)
        0 for blank paper, in light or shadow, up to 255 for black ink.
    """
    if background is not None:
        missing = cv2.subtract(np.full_like(gray, background.level), gray)
        alpha = 255 / max(background.level, MIN_PAPER_LEVEL)
        return np.asarray(cv2.convertScaleAbs(missing, alpha=alpha), np.uint8)
    height, width = gray.shape
    coarse = downscale(gray, TIGHT_ILLUMINATION_SIDE if tight else ILLUMINATION_SIDE)
    # The kernel is wider than a stroke, so that ink is filled in, and narrower than a shadow, which
    # stays. In a small picture, strokes are large relative to the picture.
    is_small = max(gray.shape) <= ILLUMINATION_SIDE
    strokes_per_side = (
        TIGHT_STROKES_PER_SIDE
        if tight
        else SMALL_STROKES_PER_SIDE
        if is_small
        else PAGE_STROKES_PER_SIDE
    )
    side = max(7, min(max(coarse.shape) // strokes_per_side, min(coarse.shape))) | 1
    edge = max(side // 2, 1)
    padded = cv2.copyMakeBorder(coarse, edge, edge, edge, edge, cv2.BORDER_REFLECT)
    closed = close_with_disk(np.asarray(cv2.medianBlur(padded, 3), np.uint8), side)
    # The median smooths the closing. At the edge of a shadow or of the sheet, the darker side is
    # used, because the true edge may run between two coarse pixels.
    paper = cv2.min(closed, cv2.medianBlur(closed, side))
    paper = cv2.erode(paper, np.ones((3, 3), np.uint8))[edge:-edge, edge:-edge]
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    divisor = np.maximum(paper, MIN_PAPER_LEVEL)
    darkness = cv2.divide(cv2.subtract(paper, gray), divisor, scale=255)
    return np.asarray(darkness, np.uint8)


def close_with_disk(gray: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return the morphological closing with a disk of an odd diameter `side`, pixels.

    OpenCV is fast with rectangles only: the disk is split into a rectangle, which is half of it,
    and the rest.
    """
    rest = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    top = round(side / 2 * (1 - math.sqrt(0.5)))  # first row of the square inscribed in the disk
    height, width = side - 2 * top, int(np.count_nonzero(rest[top]))
    left = (side - width) // 2
    rest[top : side - top, left : side - left] = 0
    core = np.ones((height, width), np.uint8)
    spread = cv2.max(cv2.dilate(gray, core), cv2.dilate(gray, rest))
    return np.asarray(cv2.min(cv2.erode(spread, core), cv2.erode(spread, rest)), np.uint8)


def downscale(gray: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Return a copy whose longer side is `side` pixels, or the picture if it is no larger."""
    scale = side / max(gray.shape)
    if scale >= 1:
        return gray
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    small: npt.NDArray[np.uint8] = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA))
    return small
