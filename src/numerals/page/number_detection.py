"""Find the numbers on a page: an upright, level page with dark ink, and its lines in order."""

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
from numerals.page.page_reduction import reduce_page
from numerals.page.region_ink import find_region_ink
from numerals.page.regions import Region
from numerals.page.rows_and_columns import NumberBox, group_rows

_Rgb = npt.NDArray[np.uint8]
_Matrix = npt.NDArray[np.float64]

MIN_CORRECTED_SKEW = 3.0
"""Minimum skew that is corrected, degrees; below, each number has an angle of its own."""
MIN_INK_PROBABILITY = 0.5
"""Minimum probability of ink by which the rotation of a page is measured."""
MIN_WRITING_PIXELS = 12
"""Minimum number of map pixels of writing for measuring the rotation."""
MIN_TURN_SHARE = 0.6
"""Minimum share of the writing that must be rotated alike for a page to be turned."""
MIN_ROW_SHARPNESS = 1.2
"""Minimum sharpness of rows, relative to other angles, for the skew to be measured."""
MAX_NUMBERS_PER_PAGE = 3000
"""Maximum number of lines per page; those with the highest scores are read."""


@dataclass(frozen=True, eq=False)
class _RotatedPage:
    """A rotated or reduced picture, and the projective map back from its points, shape (3, 3)."""

    rgb: _Rgb
    unturn_matrix: _Matrix
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
        Clockwise rotation of the page, degrees; by default estimated from the maps.
    include_doubtful : bool, default=False
        Whether to add doubtful numbers where no other number was found, as for tables.

    Returns
    -------
    PageInk
        One line per number, in reading order.
    """
    first_pass: DetectionPass | None = detect_first_pass(model, rgb, include_doubtful)
    assert first_pass is not None
    page = _RotatedPage(rgb, np.eye(3), 0.0)
    shares = _turn_shares(first_pass.maps)
    quarters = _quarter_turns(shares) if turn is None else turn // 90
    if quarters:
        page = _undo_page_quarters(page, quarters)
        first_pass = detect_first_pass(model, page.rgb, include_doubtful)
    skew = find_skew(_writing_mask(first_pass.maps).astype(np.uint8) * 255)
    if skew.rows > MIN_ROW_SHARPNESS and abs(skew.angle) >= MIN_CORRECTED_SKEW:
        page, first_pass = _undo_skew(page, skew.angle), None
    regions, passes = detect_numbers(model, page.rgb, first_pass, include_doubtful)
    regions = sorted(regions, key=lambda region: -region.score)[:MAX_NUMBERS_PER_PAGE]
    reduced, maps, regions, undo = reduce_page(page.rgb, passes[-1].maps, regions)
    page = _RotatedPage(reduced, compose_maps(undo, page.unturn_matrix), page.degrees)
    gray, luminance, is_inverted = to_number_grayscale(page.rgb, maps, regions)
    candidates = [find_region_ink(gray, region, maps) for region in sort_in_reading_order(regions)]
    lines = drop_overlapping_lines([line for line in candidates if line is not None])
    lines, gray = join_combs(lines, gray, maps)
    lines = join_spaced_lines(lines, maps)
    # A crop may show a number that the network does not detect, as opposed to words.
    has_ink = bool(
        maps.number_ink.max() > MIN_INK_PROBABILITY and maps.number_ink.sum() > maps.other_ink.sum()
    )
    return PageInk(
        assign_table_cells(lines, maps),
        scale=1.0,
        gray=gray,
        turn=page.degrees,
        unturn_matrix=page.unturn_matrix,
        has_number_ink=has_ink,
        turn_shares=shares,
        luminance=luminance,
        is_inverted=is_inverted,
        maps=maps,
    )


def _writing_mask(maps: PageMaps) -> npt.NDArray[np.bool_]:
    return np.asarray(
        maps.number_ink + maps.other_ink + maps.print_ink > MIN_INK_PROBABILITY, np.bool_
    )


def _turn_shares(maps: PageMaps) -> tuple[float, ...]:
    """Return the share of the writing at each number of clockwise quarter turns, 0 to 3."""
    is_writing = _writing_mask(maps)
    if np.count_nonzero(is_writing) < MIN_WRITING_PIXELS:
        return (1.0, 0.0, 0.0, 0.0)
    return tuple(maps.turns[:, is_writing].mean(axis=1).tolist())


def _quarter_turns(shares: tuple[float, ...]) -> int:
    best = int(np.argmax(shares))
    return best if shares[best] > MIN_TURN_SHARE else 0


def _undo_page_quarters(page: _RotatedPage, quarters: int) -> _RotatedPage:
    rgb, undo = undo_quarter_turns(page.rgb, quarters)
    return _RotatedPage(rgb, compose_maps(undo, page.unturn_matrix), page.degrees + 90 * quarters)


def _undo_skew(page: _RotatedPage, angle: float) -> _RotatedPage:
    rgb, undo = rotate_to_level(page.rgb, angle)
    return _RotatedPage(rgb, compose_maps(undo, page.unturn_matrix), page.degrees + angle)


def sort_in_reading_order(regions: list[Region]) -> list[Region]:
    """Return regions row by row from top to bottom, each row from left to right."""
    number_boxes = [NumberBox(r.center_x, r.center_y, r.width, r.height) for r in regions]
    return [regions[i] for row in group_rows(number_boxes) for i in row]
