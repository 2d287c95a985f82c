"""Find the digit in a picture of one digit, as a single component."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.component_labels import LabeledComponents, Mask, square_kernel
from numerals.ink.connected_components import Component, find_components, merge_components
from numerals.ink.illumination import compute_darkness
from numerals.ink.normalize import MNIST_SIZE, to_mnist
from numerals.ink.page_ink import find_writing_components
from numerals.ink.uniform_background import MAX_DATA_SET_SIDE
from numerals.ink.working_copy import WorkingCopy, find_ink_mask, make_working_copy

MAX_DRAWING_SIDE = 800
"""Maximum longer side of a drawing of a single digit, pixels."""
MIN_DRAWN_DIGIT_HEIGHT = 0.3
"""Minimum height of a drawn digit, as a share of the picture's height."""
MAX_PICTURE_ASPECT = 1.6
"""Maximum ratio of the longer to the shorter side of a picture of one digit."""
MAX_DIGIT_ASPECT = 1.25
"""Maximum ratio of width to height of a digit; two digits side by side are wider."""
MIN_SECOND_DIGIT_HEIGHT = 0.25
"""Minimum height of another digit, as a share of the digit's height; lower ones are specks."""
MIN_EDGE_DARKNESS = 3.0
"""Minimum darkness of a stroke's soft edge, in standard deviations of the background."""


def digit_from_picture(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the one digit of a picture, normalized as in MNIST.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)

    Returns
    -------
    ndarray of uint8, shape (28, 28)
        All 0 for a blank picture.
    """
    component, _ = find_digit_component(gray)
    return (
        np.zeros((MNIST_SIZE, MNIST_SIZE), np.uint8)
        if component is None
        else glyph_to_mnist(component.mask)
    )


def glyph_to_mnist(mask: Mask, width_ratio: float = 1.0) -> npt.NDArray[np.uint8]:
    """Return the mask of one digit normalized as in MNIST, its thin strokes widened.

    Strokes are not widened in a mask no larger than MNIST's images: it comes from a data set with
    strokes of its own.
    """
    return to_mnist(mask, thicken=max(mask.shape) > MNIST_SIZE, width_ratio=width_ratio)


@dataclass(frozen=True, eq=False)
class DigitInk:
    """The ink of a picture of one digit.

    Attributes
    ----------
    copy : WorkingCopy
        The picture with dark ink, at working size.
    mask : ndarray of uint8, shape of ``copy.gray``
        All ink of the working copy: 255 for ink, 0 elsewhere.
    parts : tuple of Component
        The components of the digit, in pixels of the working copy.
    component : Component or None
        The digit as one component; None for a blank picture. For a small digit on a uniform
        background, as in a data set, its mask holds the darkness of the ink, 0 to 255, since most
        of the strokes are soft edges.
    scale : float
        Pixels of the picture per pixel of the component's box.
    """

    copy: WorkingCopy
    mask: Mask
    parts: tuple[Component, ...]
    component: Component | None
    scale: float


def find_digit_component(gray: npt.NDArray[np.uint8]) -> tuple[Component | None, float]:
    """Return `DigitInk.component` and `DigitInk.scale` of a picture of one digit."""
    ink = find_digit_ink(gray)
    return ink.component, ink.scale


def find_digit_ink(gray: npt.NDArray[np.uint8]) -> DigitInk:
    """Find the ink of a picture of one digit.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    """
    copy = make_working_copy(gray)
    _, ink = find_ink_mask(copy.gray, copy.background, tight=True)
    parts = tuple(_digit_components(ink, copy))
    component, scale = (merge_components(parts) if parts else None), copy.scale
    is_small = copy.background is not None and max(gray.shape) <= MAX_DATA_SET_SIDE
    if component is not None and is_small:
        component, scale = _soft_component(component, copy), 1.0
    return DigitInk(copy, ink.mask, parts, component, scale)


def is_single_digit_image(gray: npt.NDArray[np.uint8]) -> bool:
    """Return whether a picture is one digit on a uniform background, from a data set or drawn.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    """
    height, width = gray.shape
    if max(height, width) > MAX_DRAWING_SIDE or max(height, width) > MAX_PICTURE_ASPECT * min(
        height, width
    ):
        return False
    copy = make_working_copy(gray)
    if copy.background is None:
        return False
    _, ink = find_ink_mask(copy.gray, copy.background, tight=True)
    components = _digit_components(ink, copy)
    if not components:
        return False
    digit = merge_components(components)
    if max(height, width) > MAX_DATA_SET_SIDE and not _is_dominant(digit, ink, copy, height):
        return False
    high = [
        component
        for component in components
        if component.height > MIN_SECOND_DIGIT_HEIGHT * digit.height
    ]
    beside = sum(_is_beside(a, b) for a in high for b in high)
    return digit.width <= MAX_DIGIT_ASPECT * digit.height and beside == 0


def _is_dominant(digit: Component, ink: LabeledComponents, copy: WorkingCopy, height: int) -> bool:
    """Return whether a drawing shows one large figure and no other large component."""
    if digit.height * copy.scale < MIN_DRAWN_DIGIT_HEIGHT * height:
        return False
    x_min, y_min, x_max, y_max = digit.box
    return all(
        component.height <= MIN_SECOND_DIGIT_HEIGHT * digit.height
        or (x_min <= component.center[0] <= x_max and y_min <= component.center[1] <= y_max)
        for component in find_writing_components(ink)
    )


def _digit_components(ink: LabeledComponents, copy: WorkingCopy) -> list[Component]:
    """Return the components of the largest figure."""
    components = find_writing_components(ink)
    if not components and copy.background is not None:
        # A stroke from edge to edge, such as a cropped 1, is dropped as a border artifact.
        components = find_components(ink)
    if not components:
        return []
    largest = max(components, key=lambda component: component.height * component.width)
    return [component for component in components if _is_near(component, largest)]


def _soft_component(component: Component, copy: WorkingCopy) -> Component:
    """Return a component of the working copy with the gray levels of the original picture."""
    background, scale = copy.background, copy.scale
    assert background is not None
    height, width = copy.original.shape
    x_min, y_min, x_max, y_max = component.box
    mask = np.zeros(copy.gray.shape, np.uint8)
    mask[y_min:y_max, x_min:x_max] = component.mask
    # The soft edge of a stroke is one pixel wide, in the picture or in its copy.
    mask = np.asarray(cv2.dilate(mask, square_kernel(2 * max(1, round(1 / scale)) + 1)), np.uint8)
    is_near = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA) > 0
    darkness = compute_darkness(copy.original, background=background)
    darkness[~is_near | (darkness <= MIN_EDGE_DARKNESS * background.noise)] = 0
    rows, columns = np.flatnonzero(darkness.any(axis=1)), np.flatnonzero(darkness.any(axis=0))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    ink = darkness[top:bottom, left:right]
    soft = cv2.convertScaleAbs(ink, alpha=255 / max(int(ink.max()), 1))
    return Component((left, top, right, bottom), np.asarray(soft, np.uint8))


def _is_near(component: Component, digit: Component) -> bool:
    """Return whether a component is close enough to the digit to belong to it."""
    reach = 0.5 * max(digit.height, digit.width)
    return (
        component.box[0] < digit.box[2] + reach
        and component.box[2] > digit.box[0] - reach
        and component.box[1] < digit.box[3] + reach
        and component.box[3] > digit.box[1] - reach
    )


def _is_beside(component: Component, other: Component) -> bool:
    """Return whether a component is to the right of another one, without horizontal overlap."""
    return component.box[0] >= other.box[2]
