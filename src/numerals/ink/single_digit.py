"""A picture of one digit -> all its ink as one part."""

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import LabeledComponents, Mask, square_kernel
from numerals.ink.connected_components import Component, find_components, merge_components
from numerals.ink.illumination import compute_darkness
from numerals.ink.normalize import SIZE, to_mnist
from numerals.ink.page_ink import find_writing
from numerals.ink.working_copy import WorkingCopy, find_ink_mask, make_working_copy

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
    component, _ = find_digit_component(gray)
    return np.zeros((SIZE, SIZE), np.uint8) if component is None else glyph_to_mnist(component.mask)


def glyph_to_mnist(mask: Mask, width_ratio: float = 1.0) -> npt.NDArray[np.uint8]:
    """Return a part's ink as MNIST would have it, its strokes as thick as there.

    One that is no larger than MNIST's digits has the strokes of its data set already.
    """
    return to_mnist(mask, thicken=max(mask.shape) > SIZE, width_ratio=width_ratio)


def find_digit_component(gray: npt.NDArray[np.uint8]) -> tuple[Component | None, float]:
    """Return all the ink of a picture of one digit as one part.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    component : Part or None
        None for a blank picture. Of a digit of a data set, small and on uniform ground, the mask
        tells how dark the ink is, from 0 to 255: its soft edges are most of it.
    scale : float
        Pixels of the picture per pixel of the part's box.
    """
    copy = make_working_copy(gray)
    _, ink = find_ink_mask(copy.gray, copy.background, tight=True)
    components = _digit_of(ink, copy)
    if not components:
        return None, copy.scale
    if copy.background is None or max(gray.shape) > _DATA_SIDE:
        return merge_components(components), copy.scale
    return _soft_part(merge_components(components), copy), 1.0


def is_single_digit_image(gray: npt.NDArray[np.uint8]) -> bool:
    """Whether a picture is one digit, of a data set or drawn alone: a figure on uniform ground.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    """
    height, width = gray.shape
    if max(height, width) > _DRAWN_SIDE or max(height, width) > _LONGEST * min(height, width):
        return False
    copy = make_working_copy(gray)
    if copy.background is None:
        return False
    _, ink = find_ink_mask(copy.gray, copy.background, tight=True)
    components = _digit_of(ink, copy)
    if not components:
        return False
    figure = merge_components(components)
    if max(height, width) > _DATA_SIDE and not _fills(figure, ink, copy, height):
        return False
    high = [component for component in components if component.height > _PIECE * figure.height]
    beside = sum(_is_beside(a, b) for a in high for b in high)
    return figure.width <= _WIDEST * figure.height and beside == 0


def _fills(figure: Component, ink: LabeledComponents, copy: WorkingCopy, height: int) -> bool:
    """Return whether a drawing shows a figure that is large in it, and nothing else as large."""
    if figure.height * copy.scale < _FILLS * height:
        return False
    x_min, y_min, x_max, y_max = figure.box
    return all(
        component.height <= _PIECE * figure.height
        or (x_min <= component.center[0] <= x_max and y_min <= component.center[1] <= y_max)
        for component in find_writing(ink)
    )


def _digit_of(ink: LabeledComponents, copy: WorkingCopy) -> list[Component]:
    """Return the parts of the largest figure."""
    components = find_writing(ink)
    if (
        not components and copy.background is not None
    ):  # a stroke from edge to edge, as of a cropped 1
        components = find_components(ink)
    if not components:
        return []
    largest = max(components, key=lambda component: component.height * component.width)
    return [component for component in components if _is_near(component, largest)]


def _soft_part(component: Component, copy: WorkingCopy) -> Component:
    """Return a part of the working copy with the grey levels of the original picture."""
    background, scale = copy.background, copy.scale
    assert background is not None
    height, width = copy.original.shape
    x_min, y_min, x_max, y_max = component.box
    mask = np.zeros(copy.gray.shape, np.uint8)
    mask[y_min:y_max, x_min:x_max] = component.mask
    # The soft edge of a stroke is a pixel wide, of the picture or of its copy.
    mask = np.asarray(cv2.dilate(mask, square_kernel(2 * max(1, round(1 / scale)) + 1)), np.uint8)
    near = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) > 0
    darkness = compute_darkness(copy.original, background=background)
    darkness[~near | (darkness <= _NOISE * background.noise)] = 0
    rows, columns = np.flatnonzero(darkness.any(axis=1)), np.flatnonzero(darkness.any(axis=0))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    ink = darkness[top:bottom, left:right]
    soft = cv2.convertScaleAbs(ink, alpha=255 / max(int(ink.max()), 1))
    return Component((left, top, right, bottom), np.asarray(soft, np.uint8))


def _is_near(component: Component, digit: Component) -> bool:
    """Whether a part stands beside the digit as a piece of it would."""
    reach = 0.5 * max(digit.height, digit.width)
    return (
        component.box[0] < digit.box[2] + reach
        and component.box[2] > digit.box[0] - reach
        and component.box[1] < digit.box[3] + reach
        and component.box[3] > digit.box[1] - reach
    )


def _is_beside(component: Component, other: Component) -> bool:
    """Whether a part stands to the right of another, without lying above or below it."""
    return component.box[0] >= other.box[2]
