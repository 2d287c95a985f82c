"""The ink of a page, and of a picture that is one line from edge to edge."""

from dataclasses import dataclass
from dataclasses import field as with_default

import numpy as np
import numpy.typing as npt

from numerals.ink.border_components import drop_border_components
from numerals.ink.component_labels import LabeledComponents
from numerals.ink.connected_components import Component, find_components, typical_height
from numerals.ink.dotted_rules import erase_dotted_rules
from numerals.ink.ink_line import InkLine
from numerals.ink.ruled_lines import remove_rules
from numerals.ink.working_copy import find_ink_mask, make_working_copy

_SPECK = 0.08  # of the writing's height: what is smaller is dust
_MIN_SPECK = 3.0  # pixels


@dataclass(frozen=True, eq=False)
class PageInk:
    """The ink of a page.

    Attributes
    ----------
    lines : tuple of InkLine
        In reading order; coordinates are those of the working copy.
    scale : float
        Pixels of the given picture per pixel of the working copy.
    gray : ndarray of uint8, shape (height, width)
        The working copy, dark ink on a brighter ground.
    turn : float, degrees
        By which the page has turned clockwise: the working copy was turned back.
    unturn_matrix : ndarray of float64, shape (3, 3)
        From points of the working copy to those of one that was not turned: a projective map.
    has_number_ink : bool, default=True
        Whether anything may be a number, even if no line is one.
    turn_shares : tuple of four float in [0, 1]
        How much of the writing seems to have made so many quarter turns clockwise.
    luminance : ndarray of uint8, shape (height, width), optional
        The working copy before boxes were painted over in it, and hues were made grey; the same
        object as `gray` if nothing was.
    is_inverted : bool, default=False
        Whether ink is brighter than paper in the picture.
    """

    lines: tuple[InkLine, ...]
    scale: float
    gray: npt.NDArray[np.uint8]
    turn: float = 0.0
    unturn_matrix: npt.NDArray[np.float64] = with_default(default_factory=lambda: np.eye(3))
    has_number_ink: bool = True
    turn_shares: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)
    luminance: npt.NDArray[np.uint8] | None = None
    is_inverted: bool = False


def find_field_ink(gray: npt.NDArray[np.uint8]) -> PageInk:
    """Return the ink of a picture that is one line from edge to edge: all of it belongs together.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    """
    copy = make_working_copy(gray)
    _, ink = find_ink_mask(copy.gray, copy.background, tight=True)
    if not ink.mask.any():  # bare paper, which need not be searched
        return PageInk((), copy.scale, copy.gray)
    components = find_writing(ink)
    working, without_dots = erase_dotted_rules(copy.gray, ink, typical_height(components))
    if without_dots is not ink:
        components = find_writing(without_dots)
    lines = (InkLine(tuple(components), typical_height(components)),) if components else ()
    return PageInk(lines, copy.scale, working)


def find_writing(ink: LabeledComponents) -> list[Component]:
    """Return the parts of one line or digit, without rules, specks and what is of the border."""
    ink = remove_rules(ink)
    components = drop_border_components(find_components(ink), ink.mask.shape)
    min_size = max(_MIN_SPECK, _SPECK * typical_height(components))
    return [
        component for component in components if max(component.height, component.width) >= min_size
    ]
