"""The ink of a page, or of a field: a picture that is one line from edge to edge."""

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
from numerals.models.page_model import PageMaps

MIN_COMPONENT_SIZE = 0.08
"""Minimum longer side of a component, as a share of the writing's height; smaller ones are dust."""
MIN_COMPONENT_PIXELS = 3.0
"""Minimum longer side of a component, pixels."""


@dataclass(frozen=True, eq=False)
class PageInk:
    """The ink of a page.

    Attributes
    ----------
    lines : tuple of InkLine
        In reading order; coordinates are pixels of the working copy.
    scale : float
        Pixels of the given picture per pixel of the working copy.
    gray : ndarray of uint8, shape (height, width)
        The working copy, dark ink on a brighter background.
    turn : float, degrees
        Clockwise rotation of the page in the picture; the working copy is rotated back by it.
    unturn_matrix : ndarray of float64, shape (3, 3)
        Projective map from the working copy to the working copy before it was rotated and reduced.
    has_number_ink : bool, default=True
        Whether some ink may be a number, even if no line was detected.
    turn_shares : tuple of four float in [0, 1]
        Share of the writing that appears rotated clockwise by 0, 1, 2 and 3 quarter turns.
    luminance : ndarray of uint8, shape (height, width), optional
        The working copy as plain luminance, before comb boxes were erased and hue contrast was
        added; the same object as `gray` if neither happened.
    is_inverted : bool, default=False
        Whether the ink is brighter than the paper in the given picture.
    maps : PageMaps, optional
        The maps that the lines were found in, in pixels of the working copy.
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
    maps: PageMaps | None = None

    @property
    def pixel_size(self) -> float:
        """Side of a pixel of the working copy, in pixels of the given picture."""
        return self.scale * float(np.sqrt(abs(np.linalg.det(self.unturn_matrix[:2, :2]))))


def find_field_ink(gray: npt.NDArray[np.uint8]) -> PageInk:
    """Find the ink of a field: all of it belongs to one line.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    """
    copy = make_working_copy(gray)
    _, ink = find_ink_mask(copy.gray, copy.background, tight=True)
    if not ink.mask.any():  # blank paper
        return PageInk((), copy.scale, copy.gray)
    components = find_writing_components(ink)
    working, without_dots = erase_dotted_rules(copy.gray, ink, typical_height(components))
    if without_dots is not ink:
        components = find_writing_components(without_dots)
    lines = (InkLine(tuple(components), typical_height(components)),) if components else ()
    return PageInk(lines, copy.scale, working, is_inverted=copy.is_inverted)


def find_writing_components(ink: LabeledComponents) -> list[Component]:
    """Return the components of one line or digit, without rules, specks and border artifacts."""
    ink = remove_rules(ink)
    components = drop_border_components(find_components(ink), ink.mask.shape)
    min_size = max(MIN_COMPONENT_PIXELS, MIN_COMPONENT_SIZE * typical_height(components))
    return [
        component for component in components if max(component.height, component.width) >= min_size
    ]
