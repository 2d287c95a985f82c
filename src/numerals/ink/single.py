"""A picture of one digit -> all its ink as one part."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.components import Mask, Pieces, square
from numerals.ink.illumination import flatten
from numerals.ink.normalize import SIZE, to_mnist
from numerals.ink.page_ink import find_writing
from numerals.ink.parts import Part, find_parts, merge
from numerals.ink.working import WorkingCopy, find_ink, working_copy

_DATA_SIDE = 64  # pixels: digits of data sets are no larger
_DRAWN_SIDE = 800  # pixels: a picture of a digit that somebody drew alone is no larger
_FILLS = 0.3  # share of the picture's height that such a digit reaches at least
_LONGEST = 1.6  # times as long as wide: so much a picture of one digit may be
_WIDEST = 1.25  # times as wide as high: digits side by side are wider
_PIECE = 0.25  # of the digit's height: what is smaller is a speck, and no other digit
_NOISE = 3.0  # times the ground's: what is fainter is none of a stroke's edge


def digit_from_picture(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the one digit that a picture shows, as MNIST would have it.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        All zero for a blank picture.
    """
    part, _ = find_single_part(gray)
    return np.zeros((SIZE, SIZE), np.uint8) if part is None else glyph_to_mnist(part.mask)


def glyph_to_mnist(mask: Mask, across: float = 1.0) -> npt.NDArray[np.uint8]:
    """Return a part's ink as MNIST would have it, its strokes as thick as there.

    One that is no larger than MNIST's digits has the strokes of its data set already.
    """
    return to_mnist(mask, thicken=max(mask.shape) > SIZE, across=across)


def find_single_part(gray: npt.NDArray[np.uint8]) -> tuple[Part | None, float]:
    """Return all the ink of a picture of one digit as one part.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    part : Part or None
        None for a blank picture. Of a digit of a data set, small and on uniform ground, the mask
        tells how dark the ink is, from 0 to 255: its soft edges are most of it.
    scale : float
        Pixels of the picture per pixel of the part's box.
    """
    copy = working_copy(gray)
    _, ink = find_ink(copy.gray, copy.ground, tight=True)
    parts = _digit_of(ink, copy)
    if not parts:
        return None, copy.scale
    if copy.ground is None or max(gray.shape) > _DATA_SIDE:
        return merge(parts), copy.scale
    return _soft_part(merge(parts), copy), 1.0


def is_lone_digit(gray: npt.NDArray[np.uint8]) -> bool:
    """Whether a picture is one digit, of a data set or drawn alone: a figure on uniform ground.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    """
    height, width = gray.shape
    if max(height, width) > _DRAWN_SIDE or max(height, width) > _LONGEST * min(height, width):
        return False
    copy = working_copy(gray)
    if copy.ground is None:
        return False
    _, ink = find_ink(copy.gray, copy.ground, tight=True)
    parts = _digit_of(ink, copy)
    if not parts:
        return False
    figure = merge(parts)
    if max(height, width) > _DATA_SIDE and not _fills(figure, ink, copy, height):
        return False
    high = [part for part in parts if part.height > _PIECE * figure.height]
    beside = sum(_is_beside(a, b) for a in high for b in high)
    return figure.width <= _WIDEST * figure.height and beside == 0


def _fills(figure: Part, ink: Pieces, copy: WorkingCopy, height: int) -> bool:
    """Return whether a drawing shows a figure that is large in it, and nothing else as large."""
    if figure.height * copy.scale < _FILLS * height:
        return False
    x_min, y_min, x_max, y_max = figure.box
    return all(
        part.height <= _PIECE * figure.height
        or (x_min <= part.center[0] <= x_max and y_min <= part.center[1] <= y_max)
        for part in find_writing(ink)
    )


def _digit_of(ink: Pieces, copy: WorkingCopy) -> list[Part]:
    """Return the parts of the largest figure."""
    parts = find_writing(ink)
    if not parts and copy.ground is not None:  # a stroke from edge to edge, as of a cropped 1
        parts = find_parts(ink)
    if not parts:
        return []
    largest = max(parts, key=lambda part: part.height * part.width)
    return [part for part in parts if _is_near(part, largest)]


def _soft_part(part: Part, copy: WorkingCopy) -> Part:
    """Return a part of the working copy with the grey levels of the original picture."""
    ground, scale = copy.ground, copy.scale
    assert ground is not None
    height, width = copy.original.shape
    x_min, y_min, x_max, y_max = part.box
    mask = np.zeros(copy.gray.shape, np.uint8)
    mask[y_min:y_max, x_min:x_max] = part.mask
    # The soft edge of a stroke is a pixel wide, of the picture or of its copy.
    mask = np.asarray(cv2.dilate(mask, square(2 * max(1, round(1 / scale)) + 1)), np.uint8)
    near = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) > 0
    darkness = flatten(copy.original, ground=ground)
    darkness[~near | (darkness <= _NOISE * ground.noise)] = 0
    rows, columns = np.flatnonzero(darkness.any(axis=1)), np.flatnonzero(darkness.any(axis=0))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    ink = darkness[top:bottom, left:right]
    soft = cv2.convertScaleAbs(ink, alpha=255 / max(int(ink.max()), 1))
    return Part((left, top, right, bottom), np.asarray(soft, np.uint8))


def _is_near(part: Part, digit: Part) -> bool:
    """Whether a part stands beside the digit as a piece of it would."""
    reach = 0.5 * max(digit.height, digit.width)
    return (
        part.box[0] < digit.box[2] + reach
        and part.box[2] > digit.box[0] - reach
        and part.box[1] < digit.box[3] + reach
        and part.box[3] > digit.box[1] - reach
    )


def _is_beside(part: Part, other: Part) -> bool:
    """Whether a part stands to the right of another, without lying above or below it."""
    return part.box[0] >= other.box[2]
