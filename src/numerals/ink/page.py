"""A picture's ink, found step by step: the one way from grey pixels to lines of parts."""

from dataclasses import dataclass, replace
from dataclasses import field as with_default

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.barcodes import without_barcodes
from numerals.ink.binarize import binarize
from numerals.ink.borders import without_edges, without_holes
from numerals.ink.components import Pieces, square
from numerals.ink.dashes import join_dashes
from numerals.ink.dotted import erase_dotted_rules
from numerals.ink.grid import Grid, find_grid
from numerals.ink.level import NO_SKEW, Skew, chain, find_skew, turn_level, turn_quarters
from numerals.ink.lines import InkLine, find_lines
from numerals.ink.parts import Part, find_parts, typical_height, weighted_median
from numerals.ink.perspective import angle_of, find_corners, largest_net, straighten
from numerals.ink.rings import erase_rings, without_rings
from numerals.ink.rules import remove_rules
from numerals.ink.sheet import Sheet, cut_out_sheet, find_sheet
from numerals.ink.working import WORKING_SIDE, find_ink, working_copy

LEVEL = 3.0
"""Degrees: a page that leans less is read as it is, since every line is levelled anyway."""
_LEVEL_SQUARES = 0.5
"""Degrees: the same of squared paper, whose rules are removed where they are level."""
_NET = 0.25  # of the page that squared paper covers at least
_SHARP = 1.2  # times as sharp as at other angles: rows that are less so tell no angle
_CELLS, _THIN = 1.5, 0.1  # what is left of rules is so many cells long, and fills so little
_WRITING = 0.05  # of all heights squared: writing may make up so little beside a large thing


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
    grid : Grid, optional
        The rules of a table, if there is one.
    skew : Skew
        How its ink falls into rows, before it was levelled.
    turned : float, degrees
        By which the page has turned clockwise: the working copy was turned back.
    back : ndarray of float64, shape (3, 3)
        From points of the working copy to those of one that was not turned: a projective map.
    """

    lines: tuple[InkLine, ...]
    scale: float
    gray: npt.NDArray[np.uint8]
    grid: Grid | None = None
    skew: Skew = NO_SKEW
    turned: float = 0.0
    back: npt.NDArray[np.float64] = with_default(default_factory=lambda: np.eye(3))


def find_page_ink(
    gray: npt.NDArray[np.uint8],
    *,
    field: bool = False,
    quarters: int = 0,
    level: float | None = None,
) -> PageInk:
    """Find the lines of writing on a page.

    Parameters
    ----------
    gray : ndarray of uint8, shape (height, width)
    field : bool, default=False
        The picture is one line: all its ink belongs together.
    quarters : int, default=0
        How many quarter turns clockwise the page has made: they are undone.
    level : float, degrees, optional
        A page that leans by so much or more is turned level, and a sheet that lies on something
        darker is cut out of the picture; by default neither is done.
    """
    if level is not None and (sheet := find_sheet(gray)) is not None:
        ink = _find_ink_of_sheet(gray, sheet, quarters, level)
        if ink.lines:  # else it is a bright thing with nothing on it
            return ink
    return _find_ink(gray, field=field, quarters=quarters, level=level)


def _find_ink_of_sheet(
    gray: npt.NDArray[np.uint8], sheet: Sheet, quarters: int, level: float
) -> PageInk:
    alone, from_sheet = cut_out_sheet(gray, sheet, WORKING_SIDE)
    ink = _find_ink(alone, quarters=quarters, level=level)
    larger = np.diag([ink.scale, ink.scale, 1.0])
    back = np.linalg.inv(larger) @ from_sheet @ larger @ ink.back
    return replace(ink, back=back, turned=ink.turned + sheet.angle)


def _find_ink(
    gray: npt.NDArray[np.uint8], *, field: bool = False, quarters: int, level: float | None
) -> PageInk:
    copy = working_copy(gray)
    scale, ground = copy.scale, copy.ground
    working, back = turn_quarters(copy.gray, quarters)
    darkness, ink = find_ink(working, ground, tight=field)
    grid = None
    skew, turned = NO_SKEW, 0.0
    if not ink.mask.any():  # bare paper, which need not be searched
        back = chain(np.eye(3), back)
        return PageInk((), scale, working, turned=90.0 * (quarters % 4), back=back)
    if level is not None:
        skew = find_skew(ink.mask)
        levelled = _level(working, ink, skew, level)
        if levelled is not None:
            working, undo, turned = levelled
            back = chain(undo, back)
            darkness, ink = find_ink(working, ground)
    if not field:
        ink = join_dashes(ink)
        grid = find_grid(ink)
        if grid is not None:
            ink = _outside_rules(ink, grid, darkness)
        working, ink = erase_rings(working, ink)
    parts = find_writing(ink, grid, tight=field)
    working, without_dots = erase_dotted_rules(working, ink, typical_height(parts))
    if without_dots is not ink:
        parts = find_writing(without_dots, grid, tight=field)
    if field:
        lines = [InkLine(tuple(parts), typical_height(parts))] if parts else []
    else:
        lines = find_lines(parts)
    turned += 90 * (quarters % 4)
    return PageInk(tuple(lines), scale, working, grid, skew, turned, chain(np.eye(3), back))


def _level(
    gray: npt.NDArray[np.uint8], ink: Pieces, skew: Skew, least: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64], float] | None:
    """Return a page made level, the map back, and the degrees; None for one that is."""
    corners = find_corners(ink)
    if corners is not None and (straight := straighten(gray, corners)):
        return (*straight, angle_of(corners))
    if skew.rows <= _SHARP or abs(skew.angle) < min(least, _LEVEL_SQUARES):
        return None
    if abs(skew.angle) < least and largest_net(ink, _NET) is None:
        return None
    return (*turn_level(gray, skew.angle), skew.angle)


def _outside_rules(ink: Pieces, grid: Grid, darkness: npt.NDArray[np.uint8]) -> Pieces:
    """Return the ink beside a table's rules: they may be far darker than the pen."""
    beside = remove_rules(ink, grid).mask
    rules = cv2.dilate(cv2.subtract(ink.mask, beside), square(5))
    faint = binarize(np.asarray(cv2.subtract(darkness, rules), np.uint8))
    return Pieces(np.asarray(cv2.bitwise_or(beside, faint), np.uint8))


def find_writing(ink: Pieces, grid: Grid | None = None, *, tight: bool) -> list[Part]:
    """Return the parts that are left without rules, specks, and what is around or at the border."""
    ink = remove_rules(ink, tight=tight)
    if tight:
        parts = without_edges(find_parts(ink), ink.mask.shape, tight=True)
        return _without_specks(parts, tight=True)
    parts = without_barcodes(find_parts(without_rings(ink)))
    parts = without_holes(parts, ink.mask.shape)
    if grid is not None:
        parts = [part for part in parts if not _is_of_rules(part, grid)]
    return _without_specks(without_edges(parts, ink.mask.shape), tight=False)


def _is_of_rules(part: Part, grid: Grid) -> bool:
    """Whether a part is what is left of a table's rules, where they are not straight."""
    if grid.runs_along(part.box):
        return True
    width, height = grid.cell_size
    is_long = part.width > _CELLS * width or part.height > _CELLS * height
    return is_long and int(np.count_nonzero(part.mask)) < _THIN * part.mask.size


def _without_specks(parts: list[Part], *, tight: bool) -> list[Part]:
    """Drop what is too small beside the writing to belong to it.

    On a page writing may be the least of what is there, be it a picture or the edge of a table.
    """
    share = 0.5 if tight else _WRITING
    least = max(3.0, 0.08 * weighted_median([part.height for part in parts], share))
    return [part for part in parts if max(part.height, part.width) >= least]
