"""A picture of a page -> the ink of the numbers on it: upright, level, dark on bright, in order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.ink.page_ink import PageInk
from numerals.ink.skew import compose_maps, find_skew, rotate_to_level, undo_quarter_turns
from numerals.models.page_model import PageMaps, PageModel
from numerals.page.combs import join_combs
from numerals.page.grayscale import to_number_grayscale
from numerals.page.line_postprocessing import drop_overlapping_lines, join_spaced_lines
from numerals.page.multiscale_detection import DetectionPass, detect_first_pass, detect_numbers
from numerals.page.number_layout import assign_table_cells
from numerals.page.region_ink import find_region_ink
from numerals.page.regions import Region
from numerals.page.rows_and_columns import NumberBox, group_rows

_Rgb = npt.NDArray[np.uint8]
_Matrix = npt.NDArray[np.float64]

LEVEL = 3.0
"""Degrees: a page that leans less is read as it is; each number has an angle of its own."""

_WRITING = 0.5  # probability of ink that tells how a page is turned
_MIN_WRITING = 12  # pixels of the maps
_TURNED = 0.6  # share of the writing that must say so before a page is turned
_SHARP = 1.2  # times as sharp as at other angles: rows that are less so tell no angle
_MAX_NUMBERS = 3000  # a page; the surest ones are read


@dataclass(frozen=True, eq=False)
class _Turned:
    """A picture that was turned, and the map back from its points, shape (3, 3)."""

    rgb: _Rgb
    back: _Matrix
    degrees: float


def find_numbers(
    model: PageModel,
    rgb: _Rgb,
    turn: int | None = None,
    include_doubtful: bool = False,
) -> PageInk:
    """Find the numbers on a page.

    Parameters
    ----------
    model : PageModel
    rgb : ndarray of uint8, shape (height, width, 3)
    turn : {0, 90, 180, 270}, optional
        How far the page is turned clockwise, degrees; by default the maps tell.
    include_doubtful : bool, default=False
        Whether doubtful numbers count where there are no others, as for tables.

    Returns
    -------
    PageInk
        A line for each number, in reading order.
    """
    first: DetectionPass | None = detect_first_pass(model, rgb, include_doubtful)
    assert first is not None
    page = _Turned(rgb, np.eye(3), 0.0)
    shares = _turn_shares(first.maps)
    quarters = _quarter_turns(shares) if turn is None else turn // 90
    if quarters:
        page = _undo_quarters(page, quarters)
        first = detect_first_pass(model, page.rgb, include_doubtful)
    skew = find_skew(_writing(first.maps).astype(np.uint8) * 255)
    if skew.rows > _SHARP and abs(skew.angle) >= LEVEL:
        page, first = _undo_skew(page, skew.angle), None
    regions, looks = detect_numbers(model, page.rgb, first, include_doubtful)
    regions = sorted(regions, key=lambda region: -region.score)[:_MAX_NUMBERS]
    maps = looks[-1].maps
    gray, luminance, is_inverted = to_number_grayscale(page.rgb, maps, regions)
    lines = [find_region_ink(gray, region, maps) for region in reading_order(regions)]
    found = drop_overlapping_lines([line for line in lines if line is not None])
    found, gray = join_combs(found, gray, maps)
    found = join_spaced_lines(found, maps)
    # A crop may show a number that the network does not single out; words are none.
    has_ink = bool(
        maps.number_ink.max() > _WRITING and maps.number_ink.sum() > maps.other_ink.sum()
    )
    return PageInk(
        assign_table_cells(found, maps),
        1.0,
        gray,
        page.degrees,
        page.back,
        has_ink,
        shares,
        luminance,
        is_inverted,
    )


def _writing(maps: PageMaps) -> npt.NDArray[np.bool_]:
    return np.asarray(maps.number_ink + maps.other_ink + maps.print_ink > _WRITING, np.bool_)


def _turn_shares(maps: PageMaps) -> tuple[float, ...]:
    """Return how much of the writing seems to have made each number of quarter turns."""
    is_writing = _writing(maps)
    if np.count_nonzero(is_writing) < _MIN_WRITING:
        return (1.0, 0.0, 0.0, 0.0)
    return tuple(maps.turns[:, is_writing].mean(axis=1).tolist())


def _quarter_turns(shares: tuple[float, ...]) -> int:
    best = int(np.argmax(shares))
    return best if shares[best] > _TURNED else 0


def _undo_quarters(page: _Turned, quarters: int) -> _Turned:
    rgb, undo = undo_quarter_turns(page.rgb, quarters)
    return _Turned(rgb, compose_maps(undo, page.back), page.degrees + 90 * quarters)


def _undo_skew(page: _Turned, angle: float) -> _Turned:
    rgb, undo = rotate_to_level(page.rgb, angle)
    return _Turned(rgb, compose_maps(undo, page.back), page.degrees + angle)


def reading_order(regions: list[Region]) -> list[Region]:
    """Return regions row by row, each from left to right."""
    number_boxes = [NumberBox(r.center_x, r.center_y, r.width, r.height) for r in regions]
    return [regions[i] for row in group_rows(number_boxes) for i in row]
