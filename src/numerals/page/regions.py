"""Find the numbers on a page in the maps of the page network: position, height and score."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import Map, PageMaps
from numerals.page.union_find import group_pairs

_Boxes = npt.NDArray[np.float64]

CORE_HEIGHT = 0.54
"""Height of a number's core, as a share of the number's height, as in `synthesis.targets`."""

MIN_RULE_PROBABILITY = 0.35
"""Minimum probability of a rule that separates cells, or parts of a number."""

# The thresholds below were tuned on the development pages with tools/score_pages.py.
# Heights are heights of the number.
SURE_CORE = (0.55, 0.55)
"""Minimum probability of each pixel of a core, and minimum mean probability of a core."""
DOUBTFUL_CORE = (0.3, 0.4)
"""The same where doubtful numbers are included."""
MIN_CORE_AREA = 6
"""Minimum area of a core, pixels of the enlarged map."""
CORE_INSET = 0.15
"""Distance from the end of a number to the end of its core, heights."""
MIN_NUMBER_ASPECT = 0.5
"""Minimum width of a number, heights."""
MIN_ROTATED_ASPECT = 2.0
"""Minimum ratio of width to height of a core whose angle is measured."""
MAX_NUMBER_ANGLE = 25.0
"""Maximum angle of a number, degrees; steeper cores are treated as level."""
MAX_JOIN_GAP = 0.45
"""Maximum gap between two fragments of one number, heights."""
MAX_JOIN_SHIFT = 0.35
"""Maximum vertical offset between two fragments of one number, heights."""
MAX_JOIN_HEIGHT_RATIO = 2.2
"""Maximum ratio of the heights of two fragments of one number."""
MIN_LINK_PROBABILITY = 0.15
"""Minimum probability of the core along the link between two fragments that are not adjacent."""
MAX_LINK_GAP = 4.0
"""Maximum gap between two linked fragments, heights."""
LINK_REACH = 0.2
"""Maximum distance of the link from the line between two fragments' centers, heights."""
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


@dataclass(frozen=True)
class Region:
    """The position of a number on a page, before it is read.

    Attributes
    ----------
    center_x, center_y, width, height : float, pixels of the picture
        The box around its digits, which is rotated by `angle`.
    angle : float, degrees
        Clockwise rotation.
    score : float in [0, 1]
        Mean probability of its core.
    is_printed : bool
        Whether it is print rather than handwriting.
    network_height : float, pixels
        Height of its digits in the picture that the network saw.
    """

    center_x: float
    center_y: float
    width: float
    height: float
    angle: float
    score: float
    is_printed: bool
    network_height: float

    @property
    def rectangle(self) -> tuple[tuple[float, float], tuple[float, float], float]:
        """The box as a rotated rectangle of OpenCV: center, size, angle."""
        size = (max(self.width, 1.0), max(self.height, 1.0))
        return (self.center_x, self.center_y), size, self.angle

    def corners(self) -> npt.NDArray[np.float32]:
        """Return the corners of the box, shape (4, 2), pixels."""
        return np.asarray(cv2.boxPoints(self.rectangle), np.float32)


def find_regions(maps: PageMaps, include_doubtful: bool = False) -> list[Region]:
    """Find the handwritten and printed numbers in the maps.

    Parameters
    ----------
    maps : PageMaps
    include_doubtful : bool, default=False
        Whether to add doubtful numbers where no other number was found.
    """
    all_regions = _find_regions_above(maps, SURE_CORE)
    if include_doubtful:
        doubtful = _find_regions_above(maps, DOUBTFUL_CORE)
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
            regions = [replace(r, is_printed=_is_surely_printed(r, maps)) for r in regions]
        all_regions += _join_fragments(_drop_contained(regions), maps, core)
    # Ink is either handwritten or printed; the region with the higher score is kept.
    return _drop_contained(sorted(all_regions, key=lambda region: -region.score), keep_order=True)


def _is_surely_printed(region: Region, maps: PageMaps) -> bool:
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


def overlap(one: Region, other: Region) -> float:
    """Return the area of the intersection of two regions, square pixels."""
    reach = [
        (r.width * abs(np.cos(np.radians(r.angle))) + r.height * abs(np.sin(np.radians(r.angle))),
         r.height * abs(np.cos(np.radians(r.angle))) + r.width * abs(np.sin(np.radians(r.angle))))
        for r in (one, other)
    ]  # fmt: skip
    if abs(one.center_x - other.center_x) > (reach[0][0] + reach[1][0]) / 2:
        return 0.0
    if abs(one.center_y - other.center_y) > (reach[0][1] + reach[1][1]) / 2:
        return 0.0
    kind, points = cv2.rotatedRectangleIntersection(one.rectangle, other.rectangle)
    if not kind or points is None or len(points) < 3:
        return 0.0
    return float(cv2.contourArea(cv2.convexHull(points)))


def _drop_contained(regions: Sequence[Region], *, keep_order: bool = False) -> list[Region]:
    """Drop regions inside larger regions, or inside earlier ones if `keep_order` is true."""
    ordered = regions if keep_order else sorted(regions, key=lambda r: -r.width * r.height)
    boxes, is_kept = upright_boxes(ordered), np.zeros(len(ordered), np.bool_)
    for i, region in enumerate(ordered):
        area = region.width * region.height
        near = np.flatnonzero(is_kept[:i] & boxes_meet(boxes[:i], boxes[i])).tolist()
        is_kept[i] = all(overlap(ordered[j], region) < MIN_CONTAINED_SHARE * area for j in near)
    return [region for region, kept in zip(ordered, is_kept, strict=True) if kept]


def upright_boxes(regions: Sequence[Region]) -> _Boxes:
    """Return the bounding boxes of regions with a margin of 1 pixel, shape (n_regions, 4)."""
    if not regions:
        return np.zeros((0, 4))
    corners = np.stack([region.corners() for region in regions]).astype(np.float64)
    return np.concatenate([corners.min(axis=1) - 1, corners.max(axis=1) + 1], axis=1)


def boxes_meet(boxes: _Boxes, box: _Boxes) -> npt.NDArray[np.bool_]:
    """Return for each box whether it intersects `box`; only such regions can overlap."""
    return np.asarray(
        (boxes[:, 0] < box[2])
        & (boxes[:, 2] > box[0])
        & (boxes[:, 1] < box[3])
        & (boxes[:, 3] > box[1]),
        np.bool_,
    )


def _join_fragments(regions: Sequence[Region], maps: PageMaps, core: Map) -> list[Region]:
    """Join the fragments of each number.

    Fragments of one number are adjacent on one line without a rule between them, or the core
    continues faintly from one to the next, as in boxes with one digit each.
    """
    ordered = sorted(regions, key=lambda region: region.center_x)
    pairs = []
    centers = [region.center_x for region in ordered]
    widest = max((region.width for region in ordered), default=0.0)
    highest = max((region.height for region in ordered), default=0.0)
    for i, left in enumerate(ordered):
        farthest = left.center_x + (left.width + widest) / 2 + MAX_LINK_GAP * highest
        right = _next_fragment(left, ordered[i + 1 : bisect_right(centers, farthest)])
        if right is None:
            continue
        is_near = _gap(left, right) <= MAX_JOIN_GAP * max(left.height, right.height)
        if (is_near and not _has_rule_between(left, right, maps)) or _is_linked(
            left, right, core, maps.scale
        ):
            pairs.append((i, ordered.index(right, i + 1)))
    groups = group_pairs(len(ordered), pairs)
    return [_merge_regions([ordered[i] for i in members]) for members in groups]


def _gap(left: Region, right: Region) -> float:
    return (right.center_x - right.width / 2) - (left.center_x + left.width / 2)


def _next_fragment(left: Region, others: Sequence[Region]) -> Region | None:
    """Return the nearest fragment to the right that may belong to the same number."""
    best, best_gap = None, np.inf
    for right in others:
        high, low = max(left.height, right.height), min(left.height, right.height)
        gap = _gap(left, right)
        if gap > MAX_LINK_GAP * high or high > MAX_JOIN_HEIGHT_RATIO * low:
            continue
        if gap < -0.5 * high and overlap(left, right) <= 0:
            continue
        angle = left.angle if left.width > right.width else right.angle
        along = np.tan(np.radians(angle)) * (right.center_x - left.center_x)
        if abs(right.center_y - left.center_y - along) > MAX_JOIN_SHIFT * high:
            continue
        if gap < best_gap:
            best, best_gap = right, gap
    return best


def _is_linked(left: Region, right: Region, core: Map, scale: float) -> bool:
    """Return whether the core continues from one fragment to the next, even faintly."""
    ends = np.array([left.center_x, right.center_x]) / scale - 0.5
    centers = np.array([left.center_y, right.center_y]) / scale - 0.5
    columns = np.arange(max(0, int(ends[0])), min(core.shape[1], int(ends[1]) + 1))
    if columns.size == 0:
        return False
    rows = np.interp(columns, ends, centers)
    reach = LINK_REACH * min(left.height, right.height) / scale
    offsets = np.arange(-max(1, round(reach)), max(1, round(reach)) + 1)
    at = np.clip(np.rint(rows[:, None] + offsets).astype(int), 0, core.shape[0] - 1)
    return bool(core[at, columns[:, None]].max(axis=1).min() >= MIN_LINK_PROBABILITY)


def _has_rule_between(left: Region, right: Region, maps: PageMaps) -> bool:
    ends = (left.center_x + left.width / 2, right.center_x - right.width / 2)
    center_y = (left.center_y + right.center_y) / 2
    reach = 0.45 * min(left.height, right.height)
    return has_rule(maps, min(ends) - maps.scale, max(ends) + maps.scale, center_y, reach)


def has_rule(maps: PageMaps, left: float, right: float, y: float, reach: float) -> bool:
    """Return whether there is a vertical rule between two positions.

    Parameters
    ----------
    maps : PageMaps
    left, right : float, pixels of the picture
    y : float, pixels of the picture
        Center of the rows that are checked.
    reach : float, pixels of the picture
        Distance of the first and last row from `y`.
    """
    scale = maps.scale
    rows = slice(max(0, int((y - reach) / scale)), int((y + reach) / scale) + 1)
    columns = slice(max(0, int(left / scale)), int(right / scale) + 1)
    between = maps.mark_ink[rows, columns]
    return bool(between.size and between.mean(axis=0).max() > MIN_RULE_PROBABILITY)


def _merge_regions(fragments: Sequence[Region]) -> Region:
    """Return the region around the fragments of one number."""
    first = fragments[0]
    if len(fragments) == 1:
        return first
    angle = float(np.average([p.angle for p in fragments], weights=[p.width for p in fragments]))
    left, right = min(fragments, key=lambda p: p.center_x), max(fragments, key=lambda p: p.center_x)
    dx = right.center_x - left.center_x
    if dx > 2 * first.height:
        angle = float(np.degrees(np.arctan2(right.center_y - left.center_y, dx)))
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    points = np.concatenate([p.corners() for p in fragments])
    along, down = points @ (cosine, sine), points @ (-sine, cosine)
    u, v = (along.min() + along.max()) / 2, (down.min() + down.max()) / 2
    height = min(float(np.ptp(down)), 1.35 * max(p.height for p in fragments))
    return replace(
        first,
        center_x=float(u * cosine - v * sine),
        center_y=float(u * sine + v * cosine),
        width=float(np.ptp(along)),
        height=height,
        angle=angle,
        score=float(np.mean([p.score for p in fragments])),
        network_height=height / first.height * first.network_height,
    )
