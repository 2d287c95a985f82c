"""Find the numbers on a page in the maps of the page network: position, height and score."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import CORE_HEIGHT, CORE_INSET, MIN_NUMBER_ASPECT, Map, PageMaps
from numerals.page.region_fragments import join_fragments
from numerals.page.regions import (
    MIN_RULE_PROBABILITY,
    Region,
    boxes_meet,
    overlap,
    upright_boxes,
)

# Tuned on the development pages. Heights are heights of the number.
MIN_CORE_PROBABILITIES = (0.55, 0.55)
"""Minimum probability of each pixel of a core, and minimum mean probability of a core."""
MIN_DOUBTFUL_CORE_PROBABILITIES = (0.3, 0.4)
"""The same where doubtful numbers are included."""
MIN_CORE_AREA = 6
"""Minimum area of a core, pixels of the enlarged map."""
MIN_ROTATED_ASPECT = 2.0
"""Minimum ratio of width to height of a core whose angle is measured."""
MAX_NUMBER_ANGLE = 25.0
"""Maximum angle of a number, degrees; steeper cores are treated as level."""
MAX_INK_GAP = 0.45
"""Maximum gap in the ink of one number, heights."""
MIN_NUMBER_INK = 0.45
"""Minimum probability of ink that belongs to a number."""
MIN_WRITTEN_CORE = 0.1
"""Probability of a handwritten core below which a printed core is print."""
MIN_WRITTEN_INK_RATIO = 0.25
"""Ratio of handwritten to printed ink below which a printed core is print."""
MIN_CONTAINED_SHARE = 0.6
"""Minimum share of a region inside another one for it to be dropped."""


def find_regions(maps: PageMaps, include_doubtful: bool = False) -> list[Region]:
    """Find the handwritten and printed numbers in the maps.

    Parameters
    ----------
    maps : PageMaps
    include_doubtful : bool, default=False
        Whether to add doubtful numbers where no other number was found.
    """
    all_regions = _find_regions_above(maps, MIN_CORE_PROBABILITIES)
    if include_doubtful:
        doubtful = _find_regions_above(maps, MIN_DOUBTFUL_CORE_PROBABILITIES)
        all_regions += [
            r for r in doubtful if not any(overlap(r, other) > 0 for other in all_regions)
        ]
    return all_regions


def _find_regions_above(maps: PageMaps, thresholds: tuple[float, float]) -> list[Region]:
    all_regions: list[Region] = []
    for is_printed, core in ((False, maps.written), (True, maps.printed)):
        regions = [
            _extend(region, maps)
            for region in _find_cores(core, maps.scale, is_printed, thresholds)
        ]
        if is_printed:
            regions = [replace(r, is_printed=_is_certainly_printed(r, maps)) for r in regions]
        all_regions += join_fragments(_drop_contained(regions), maps, core)
    # Ink is either handwritten or printed; the region with the lower score is dropped.
    return _drop_contained(sorted(all_regions, key=lambda region: -region.score), keep_order=True)


def _is_certainly_printed(region: Region, maps: PageMaps) -> bool:
    """Return whether there is no sign of handwriting; neat digits in boxes resemble print."""
    low, high = region.corners().min(axis=0), region.corners().max(axis=0)
    (x_min, y_min), (x_max, y_max) = (low / maps.scale).astype(int), (high / maps.scale).astype(int)
    window = (slice(max(0, y_min), y_max + 1), slice(max(0, x_min), x_max + 1))
    written = maps.written[window]
    if not written.size:
        return True
    ink = float(maps.number_ink[window].mean())
    is_maybe_written = ink > MIN_WRITTEN_INK_RATIO * float(maps.print_ink[window].mean())
    return float(written.max()) < MIN_WRITTEN_CORE and not is_maybe_written


def _find_cores(
    core: Map, scale: float, is_printed: bool, thresholds: tuple[float, float]
) -> list[Region]:
    enlarged = np.asarray(cv2.resize(core, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR))
    mask = np.asarray(enlarged > thresholds[0], np.uint8)
    n, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    pixel_size = scale / 2  # pixels of the picture per pixel of the enlarged map
    regions = []
    for i in range(1, n):
        x, y, width, height, area = stats[i].tolist()
        if area < MIN_CORE_AREA:
            continue
        window = (slice(y, y + height), slice(x, x + width))
        inside = labels[window] == i
        score = float(enlarged[window][inside].mean())
        if score < thresholds[1]:
            continue
        (cx, cy), (w, h), angle = _fit_rectangle(inside, x, y)
        number_height = h / CORE_HEIGHT
        number_width = max(w + 2 * CORE_INSET * number_height, MIN_NUMBER_ASPECT * number_height)
        regions.append(
            Region(
                (cx + 0.5) * pixel_size,
                (cy + 0.5) * pixel_size,
                number_width * pixel_size,
                number_height * pixel_size,
                angle,
                score,
                is_printed,
                2 * number_height,
            )
        )
    return regions


def _fit_rectangle(
    inside: npt.NDArray[np.bool_], x: int, y: int
) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Return center, size and angle of a core; short cores are treated as level."""
    height, width = inside.shape
    level = ((x + width / 2 - 0.5, y + height / 2 - 0.5), (float(width), float(height)), 0.0)
    if width <= MIN_ROTATED_ASPECT * height:
        return level
    rows, columns = np.nonzero(inside)
    points = np.stack([columns + x, rows + y], axis=1).astype(np.float32)
    center, (w, h), angle = cv2.minAreaRect(points)
    if angle > 45:
        angle, w, h = angle - 90, h, w
    elif angle < -45:
        angle, w, h = angle + 90, h, w
    if abs(angle) > MAX_NUMBER_ANGLE:
        return level
    return (float(center[0]), float(center[1])), (w + 1, h + 1), float(angle)


def _extend(region: Region, maps: PageMaps) -> Region:
    """Extend a region to both sides as far as its ink continues, up to a rule."""
    scale, tangent = maps.scale, np.tan(np.radians(region.angle))
    ink = maps.print_ink if region.is_printed else maps.number_ink
    n_rows, n_columns = ink.shape
    reach = max(0.4 * region.height / scale, 0.8)
    inset = 0.08 * region.height / scale
    ends = []
    for direction in (-1, 1):
        x = (region.center_x + direction * region.width / 2) / scale - direction * inset
        last, gap = x, 0.0
        while 0 <= x < n_columns:
            y = region.center_y / scale + tangent * (x - region.center_x / scale)
            rows = slice(int(max(0, round(y - reach))), int(min(n_rows, round(y + reach) + 1)))
            if rows.stop <= rows.start or maps.mark_ink[rows, int(x)].mean() > MIN_RULE_PROBABILITY:
                break
            if (ink[rows, int(x)] > MIN_NUMBER_INK).any():
                last, gap = x + direction, 0.0
            else:
                gap += 1
                if gap * scale > MAX_INK_GAP * region.height:
                    break
            x += direction
        ends.append((last + direction * inset) * scale)
    left = min(ends[0], region.center_x - region.width / 2)
    right = max(ends[1], region.center_x + region.width / 2)
    center_x = (left + right) / 2
    center_y = region.center_y + tangent * (center_x - region.center_x)
    return replace(region, center_x=center_x, center_y=float(center_y), width=right - left)


def _drop_contained(regions: Sequence[Region], *, keep_order: bool = False) -> list[Region]:
    """Drop regions inside larger regions, or inside earlier ones if `keep_order` is true."""
    ordered = regions if keep_order else sorted(regions, key=lambda r: -r.width * r.height)
    boxes, is_separate = upright_boxes(ordered), np.zeros(len(ordered), np.bool_)
    for i, region in enumerate(ordered):
        area = region.width * region.height
        near = np.flatnonzero(is_separate[:i] & boxes_meet(boxes[:i], boxes[i])).tolist()
        is_separate[i] = all(overlap(ordered[j], region) < MIN_CONTAINED_SHARE * area for j in near)
    return [region for region, separate in zip(ordered, is_separate, strict=True) if separate]
