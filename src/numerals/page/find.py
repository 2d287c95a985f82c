"""A picture of a page -> the ink of the numbers on it: upright, level, dark on bright, in order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from numerals.ink.level import chain, find_skew, turn_level, turn_quarters
from numerals.ink.page_ink import PageInk
from numerals.models.page_model import PageMaps, PageModel
from numerals.page.combs import join_combs
from numerals.page.contrast import to_gray
from numerals.page.ink_lines import find_ink_line
from numerals.page.layout import put_in_tables
from numerals.page.look import Look, first_look, look_at_page
from numerals.page.order import Spot, rows_of
from numerals.page.regions import Region
from numerals.page.sharing import drop_fragments
from numerals.page.spacing import join_spaced

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
    eager: bool = False,
) -> PageInk:
    """Find the numbers on a page.

    Parameters
    ----------
    model : PageModel
    rgb : ndarray of uint8, shape (height, width, 3)
    turn : {0, 90, 180, 270}, optional
        How far the page is turned clockwise, degrees; by default the maps tell.
    eager : bool, default=False
        Whether doubtful numbers count where there are no others, as for tables.

    Returns
    -------
    PageInk
        A line for each number, in reading order.
    """
    first: Look | None = first_look(model, rgb, eager)
    assert first is not None
    page = _Turned(rgb, np.eye(3), 0.0)
    shares = _turn_shares(first.maps)
    quarters = _quarter_turns(shares) if turn is None else turn // 90
    if quarters:
        page = _undo_quarters(page, quarters)
        first = first_look(model, page.rgb, eager)
    skew = find_skew(_writing(first.maps).astype(np.uint8) * 255)
    if skew.rows > _SHARP and abs(skew.angle) >= LEVEL:
        page, first = _undo_skew(page, skew.angle), None
    regions, looks = look_at_page(model, page.rgb, first, eager)
    regions = sorted(regions, key=lambda region: -region.score)[:_MAX_NUMBERS]
    maps = looks[-1].maps
    gray, luminance, is_inverted = to_gray(page.rgb, maps, regions)
    lines = [find_ink_line(gray, region, maps) for region in reading_order(regions)]
    found = drop_fragments([line for line in lines if line is not None])
    found, gray = join_combs(found, gray, maps)
    found = join_spaced(found, maps)
    # A crop may show a number that the network does not single out; words are none.
    has_ink = bool(
        maps.number_ink.max() > _WRITING and maps.number_ink.sum() > maps.other_ink.sum()
    )
    return PageInk(
        put_in_tables(found, maps),
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
    rgb, undo = turn_quarters(page.rgb, quarters)
    return _Turned(rgb, chain(undo, page.back), page.degrees + 90 * quarters)


def _undo_skew(page: _Turned, angle: float) -> _Turned:
    rgb, undo = turn_level(page.rgb, angle)
    return _Turned(rgb, chain(undo, page.back), page.degrees + angle)


def reading_order(regions: list[Region]) -> list[Region]:
    """Return regions row by row, each from left to right."""
    spots = [Spot(r.center_x, r.center_y, r.width, r.height) for r in regions]
    return [regions[i] for row in rows_of(spots) for i in row]
