"""Cut a line out of a picture as the line model's input: level, of fixed height and contrast."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import ink_contrast
from numerals.ink.illumination import MIN_PAPER_LEVEL
from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.models.line_model import STRIP_HEIGHT

TARGET_STROKE_LEVEL = 200
"""Level of stroke centers in a strip, of 255."""
MIN_STRIP_CONTRAST = 10
"""Contrast, of 255, below which a strip is not amplified further."""
MIN_STRIP_WIDTH = 16
"""Minimum width of a strip, pixels."""
MIN_DIGIT_HEIGHT = 0.6
"""Minimum height of the components that a line is fitted to, line heights."""
MIN_SLOPED_LENGTH = 2.0
"""Minimum length of a line whose slope is fitted, line heights; shorter lines are level."""
MAX_SLOPE = 0.3
"""Maximum slope of a line, pixels down per pixel to the right."""
PAPER_KERNEL = np.ones((19, 19), np.uint8)
"""Structuring element that is wider than any stroke of a strip."""


def fit_line_frame(line: InkLine, width: int | None = None) -> LineFrame:
    """Fit a frame to those components of a line that are as high as digits.

    Parameters
    ----------
    line : InkLine
    width : int, optional
        Width of the picture, pixels, if it shows only this line: the frame is as wide then.
    """
    digits = [
        component
        for component in line.components
        if component.height >= MIN_DIGIT_HEIGHT * line.height
    ] or line.components
    x, y = np.array([component.center for component in digits]).T
    weights = np.sqrt([component.width for component in digits])
    slope = 0.0
    if np.ptp(x) > MIN_SLOPED_LENGTH * line.height:
        slope = float(np.clip(np.polyfit(x, y, 1, w=weights)[0], -MAX_SLOPE, MAX_SLOPE))
    left = float(min(component.box[0] for component in line.components))
    right = float(max(component.box[2] for component in line.components))
    if width is not None:
        left, right = 0.0, float(width)
    center_y = float(np.average(y - slope * (x - left), weights=weights))
    return LineFrame(left, right, center_y, slope, line.height)


def to_line_image(
    gray: npt.NDArray[np.uint8],
    frame: LineFrame,
    *,
    extend_edges: bool = False,
    to_line: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.uint8]:
    """Cut a line of writing out of a picture.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
        Dark ink on a brighter background.
    frame : LineFrame
    extend_edges : bool, default=False
        Whether pixels beyond the picture repeat its edge, as where a field was cut out of a page,
        or are blank paper.
    to_line : ndarray of float64, shape (2, 3), optional
        Affine map from pixel centers of the picture to those of the strip, if the frame is in
        pixels of another picture.

    Returns
    -------
    ndarray of uint8, shape (STRIP_HEIGHT, n_columns)
        Ink bright on dark; the centers of strokes are about 200.
    """
    scale, matrix = frame.scale, frame.to_line()
    if to_line is not None:
        scale, matrix = abs(float(np.linalg.det(to_line[:, :2]))) ** 0.5, to_line
    size = (max(round(frame.strip_width), MIN_STRIP_WIDTH), STRIP_HEIGHT)
    if scale < 0.7:  # linear interpolation alone would skip pixels
        gray, matrix = _reduce(gray, matrix, scale)
    line = cv2.warpAffine(
        gray,
        matrix,
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if extend_edges else cv2.BORDER_CONSTANT,
        borderValue=float(np.median(gray[::4, ::4])),
    )
    return _normalize_contrast(_strip_darkness(np.asarray(line, np.uint8)))


def _reduce(
    gray: npt.NDArray[np.uint8], matrix: npt.NDArray[np.float64], scale: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Return the picture reduced by area averaging, and the affine map from its pixels."""
    height, width = gray.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    exact = np.array([size[0] / width, size[1] / height])
    small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    # Pixel centers: x of the small picture is at (x + 0.5) / exact - 0.5 of the large one.
    shift = matrix[:, 2] + matrix[:, :2] @ (0.5 / exact - 0.5)
    return small, np.column_stack([matrix[:, :2] / exact, shift])


def _strip_darkness(line: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return how much darker each pixel of a strip is than the paper around it, of 255."""
    smooth = cv2.GaussianBlur(line, (3, 3), 0)
    # No stroke is as wide as the kernel, so closing replaces ink by the paper beside it.
    paper = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, PAPER_KERNEL, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.blur(paper, (PAPER_KERNEL.shape[1] // 2 | 1,) * 2)
    return np.asarray(
        cv2.divide(cv2.subtract(paper, line), np.maximum(paper, MIN_PAPER_LEVEL), scale=255),
        np.uint8,
    )


def _normalize_contrast(line: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Scale a strip so that stroke centers have the target level, for faint and dark pens alike."""
    contrast = max(ink_contrast(line), MIN_STRIP_CONTRAST)
    return np.asarray(cv2.convertScaleAbs(line, alpha=TARGET_STROKE_LEVEL / contrast), np.uint8)
