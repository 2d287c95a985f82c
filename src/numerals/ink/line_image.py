"""A line of writing as a line recognizer sees it: level, of one height, of one strength of ink."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.binarize import ink_contrast
from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import HEIGHT, LineFrame

_STRENGTH = 200  # of 255, of the middle of a stroke
_FAINTEST = 10  # of 255; what is fainter is not made stronger than this would be
_NARROWEST = 16  # pixels
_LEAST_LIGHT = 24  # of 255: darker than this, a difference is noise
_HIGH = 0.6  # line heights: parts as high as this tell where the line runs
_LONG = 2.0  # line heights: shorter lines are taken to be level
_STEEPEST = 0.3
_KERNEL = np.ones((19, 19), np.uint8)


def fit_line_frame(line: InkLine, width: int | None = None) -> LineFrame:
    """Return where a line of parts lies, fitted to those that are as high as digits.

    Parameters
    ----------
    line : InkLine
    width : int, optional
        Of the picture, pixels, where the line is all that it shows: then the frame is as wide.
    """
    large = [
        component for component in line.components if component.height >= _HIGH * line.height
    ] or line.components
    x, y = np.array([component.center for component in large]).T
    weights = np.sqrt([component.width for component in large])
    slope = 0.0
    if np.ptp(x) > _LONG * line.height:
        slope = float(np.clip(np.polyfit(x, y, 1, w=weights)[0], -_STEEPEST, _STEEPEST))
    left = float(min(component.box[0] for component in line.components))
    right = float(max(component.box[2] for component in line.components))
    if width is not None:
        left, right = 0.0, float(width)
    middle = float(np.average(y - slope * (x - left), weights=weights))
    return LineFrame(left, right, middle, slope, line.height)


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
        Dark ink on a brighter ground.
    frame : LineFrame
    extend_edges : bool, default=False
        What lies beyond the picture: bare paper, or the same as at its edge, as where a field
        was cut out of a page.
    to_line : ndarray of float64, shape (2, 3), optional
        From centers of the picture's pixels to those of the result, where the frame is in pixels of
        another picture.

    Returns
    -------
    ndarray of uint8, shape (HEIGHT, n_columns)
        Ink bright on dark; the middle of strokes is about 200.
    """
    scale, matrix = frame.scale, frame.to_line()
    if to_line is not None:
        scale, matrix = abs(float(np.linalg.det(to_line[:, :2]))) ** 0.5, to_line
    size = (max(round(frame.strip_width), _NARROWEST), HEIGHT)
    if scale < 0.7:  # sampling alone would leave pixels out
        gray, matrix = _shrunk(gray, matrix, scale)
    line = cv2.warpAffine(
        gray,
        matrix,
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if extend_edges else cv2.BORDER_CONSTANT,
        borderValue=float(np.median(gray[::4, ::4])),
    )
    return _even_out(_darkness(np.asarray(line, np.uint8)))


def _shrunk(
    gray: npt.NDArray[np.uint8], matrix: npt.NDArray[np.float64], scale: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Return a smaller picture, averaged, and the map from its pixels."""
    height, width = gray.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    exact = np.array([size[0] / width, size[1] / height])
    small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    # Pixel centres: x of the small picture lies at (x + 0.5) / exact - 0.5 of the large one.
    shift = matrix[:, 2] + matrix[:, :2] @ (0.5 / exact - 0.5)
    return small, np.column_stack([matrix[:, :2] / exact, shift])


def _darkness(line: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return how much darker each pixel is than the paper around it, of 255."""
    smooth = cv2.GaussianBlur(line, (3, 3), 0)
    # No stroke is as wide as the kernel, so closing fills ink in with the paper beside it.
    paper = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, _KERNEL, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.blur(paper, (_KERNEL.shape[1] // 2 | 1,) * 2)
    return np.asarray(
        cv2.divide(cv2.subtract(paper, line), np.maximum(paper, _LEAST_LIGHT), scale=255), np.uint8
    )


def _even_out(line: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Bring the middle of strokes to one strength, however faint or dark the pen."""
    contrast = max(ink_contrast(line), _FAINTEST)
    return np.asarray(cv2.convertScaleAbs(line, alpha=_STRENGTH / contrast), np.uint8)
