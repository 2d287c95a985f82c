"""Maps of the page network -> the numbers on a page: where each stands, how high, how sure."""

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
"""Height of a number's core, as a share of the number's (`synthesis.targets` draws it so)."""

RULE = 0.35
"""Probability of a rule that keeps pieces, and cells, apart."""

# The thresholds below were chosen on the development pages (tools/score_pages.py).
_SURE = (0.55, 0.55)  # probability of a core's pixels at least, mean probability of a core
_DOUBTFUL = (0.3, 0.4)  # the same where doubtful numbers count as well
_MIN_AREA = 6  # pixels of the enlarged map
_CORE_INSET = 0.15  # number heights by which a core is shorter than its number at each end
_MIN_ASPECT = 0.5  # width of the narrowest number, as a share of its height
_LONG = 2.0  # times as wide as high: such a core tells its angle
_STEEPEST = 25.0  # degrees; what is steeper is taken to be level
_JOIN_GAP, _JOIN_SHIFT = 0.45, 0.35  # heights: pieces of one number stand so near, so level
_JOIN_RATIO = 2.2  # one piece may be so many times as high as the other
_LINK, _LINK_GAP, _LINK_REACH = 0.15, 4.0, 0.2  # a core's least probability; heights
_REACH = 0.45  # heights: how far from a core ink still belongs to its number
_INK = 0.45  # probability of ink that belongs to a number
_MAYBE_WRITTEN = 0.1  # probability of a handwritten core: a printed one with less is print
_MAYBE_INK = 0.25  # of as much printed ink: printed numbers with less handwritten ink are print
_SWALLOWED = 0.6  # share of a region within another one


@dataclass(frozen=True)
class Region:
    """A number on a page, before it is read; lengths in pixels of the picture.

    Attributes
    ----------
    center_x, center_y, width, height : float
        Of the box around its digits, which is turned by `angle`.
    angle : float, degrees
        Clockwise.
    score : float in [0, 1]
        Mean probability of its core.
    is_printed : bool
    seen_height : float
        Height of its digits in the picture that the network saw, pixels.
    """

    center_x: float
    center_y: float
    width: float
    height: float
    angle: float
    score: float
    is_printed: bool
    seen_height: float

    @property
    def rectangle(self) -> tuple[tuple[float, float], tuple[float, float], float]:
        """The box as OpenCV takes a rotated rectangle."""
        size = (max(self.width, 1.0), max(self.height, 1.0))
        return (self.center_x, self.center_y), size, self.angle

    def corners(self) -> npt.NDArray[np.float32]:
        """Return the corners of the box, shape (4, 2)."""
        return np.asarray(cv2.boxPoints(self.rectangle), np.float32)


def find_regions(maps: PageMaps, include_doubtful: bool = False) -> list[Region]:
    """Return the numbers that the maps show, handwritten and printed.

    Parameters
    ----------
    maps : PageMaps
    include_doubtful : bool, default=False
        Whether doubtful numbers count where there are no others.
    """
    found = _find_regions(maps, _SURE)
    if include_doubtful:
        doubtful = _find_regions(maps, _DOUBTFUL)
        found += [r for r in doubtful if not any(overlap(r, other) > 0 for other in found)]
    return found


def _find_regions(maps: PageMaps, thresholds: tuple[float, float]) -> list[Region]:
    found: list[Region] = []
    for is_printed, core in ((False, maps.written), (True, maps.printed)):
        regions = [
            _extend(region, maps)
            for region in _find_cores(core, maps.scale, is_printed, thresholds)
        ]
        if is_printed:
            regions = [replace(r, is_printed=_is_surely_printed(r, maps)) for r in regions]
        found += _join(_drop_swallowed(regions), maps, core)
    # Ink is either written or printed; the surer of the two counts.
    return _drop_swallowed(sorted(found, key=lambda region: -region.score), keep_order=True)


def _is_surely_printed(region: Region, maps: PageMaps) -> bool:
    """Return whether nothing tells of handwriting: neat digits in boxes look like print."""
    low, high = region.corners().min(axis=0), region.corners().max(axis=0)
    (x_min, y_min), (x_max, y_max) = (low / maps.scale).astype(int), (high / maps.scale).astype(int)
    window = (slice(max(0, y_min), y_max + 1), slice(max(0, x_min), x_max + 1))
    written = maps.written[window]
    if not written.size:
        return True
    ink = float(maps.number_ink[window].mean())
    is_maybe_written = ink > _MAYBE_INK * float(maps.print_ink[window].mean())
    return float(written.max()) < _MAYBE_WRITTEN and not is_maybe_written


def _find_cores(
    core: Map, scale: float, is_printed: bool, thresholds: tuple[float, float]
) -> list[Region]:
    enlarged = np.asarray(cv2.resize(core, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR))
    mask = np.asarray(enlarged > thresholds[0], np.uint8)
    n, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    pixel = scale / 2  # of the enlarged map, in pixels of the picture
    regions = []
    for i in range(1, n):
        x, y, width, height, area = stats[i].tolist()
        if area < _MIN_AREA:
            continue
        window = (slice(y, y + height), slice(x, x + width))
        inside = labels[window] == i
        score = float(enlarged[window][inside].mean())
        if score < thresholds[1]:
            continue
        (cx, cy), (w, h), angle = _fit_rectangle(inside, x, y)
        number_height = h / CORE_HEIGHT
        number_width = max(w + 2 * _CORE_INSET * number_height, _MIN_ASPECT * number_height)
        regions.append(
            Region(
                (cx + 0.5) * pixel,
                (cy + 0.5) * pixel,
                number_width * pixel,
                number_height * pixel,
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
    """Return center, size and angle of a core; short ones are taken to be level."""
    height, width = inside.shape
    level = ((x + width / 2 - 0.5, y + height / 2 - 0.5), (float(width), float(height)), 0.0)
    if width <= _LONG * height:
        return level
    rows, columns = np.nonzero(inside)
    points = np.stack([columns + x, rows + y], axis=1).astype(np.float32)
    center, (w, h), angle = cv2.minAreaRect(points)
    if angle > 45:
        angle, w, h = angle - 90, h, w
    elif angle < -45:
        angle, w, h = angle + 90, h, w
    if abs(angle) > _STEEPEST:
        return level
    return (float(center[0]), float(center[1])), (w + 1, h + 1), float(angle)


def _extend(region: Region, maps: PageMaps) -> Region:
    """Let a region reach as far as ink goes on to both sides, up to a rule."""
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
            if rows.stop <= rows.start or maps.mark_ink[rows, int(x)].mean() > RULE:
                break
            if (ink[rows, int(x)] > _INK).any():
                last, gap = x + direction, 0.0
            else:
                gap += 1
                if gap * scale > _REACH * region.height:
                    break
            x += direction
        ends.append((last + direction * inset) * scale)
    left = min(ends[0], region.center_x - region.width / 2)
    right = max(ends[1], region.center_x + region.width / 2)
    center_x = (left + right) / 2
    center_y = region.center_y + tangent * (center_x - region.center_x)
    return replace(region, center_x=center_x, center_y=float(center_y), width=right - left)


def overlap(one: Region, other: Region) -> float:
    """Return the area that two regions share, in square pixels."""
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


def _drop_swallowed(regions: Sequence[Region], *, keep_order: bool = False) -> list[Region]:
    """Drop regions that lie within another one: larger ones, or earlier ones, are kept."""
    ordered = regions if keep_order else sorted(regions, key=lambda r: -r.width * r.height)
    boxes, is_kept = upright_boxes(ordered), np.zeros(len(ordered), np.bool_)
    for i, region in enumerate(ordered):
        area = region.width * region.height
        near = np.flatnonzero(is_kept[:i] & boxes_meet(boxes[:i], boxes[i])).tolist()
        is_kept[i] = all(overlap(ordered[j], region) < _SWALLOWED * area for j in near)
    return [region for region, kept in zip(ordered, is_kept, strict=True) if kept]


def upright_boxes(regions: Sequence[Region]) -> _Boxes:
    """Return left, top, right and bottom of each region, shape (n_regions, 4)."""
    if not regions:
        return np.zeros((0, 4))
    corners = np.stack([region.corners() for region in regions]).astype(np.float64)
    return np.concatenate([corners.min(axis=1) - 1, corners.max(axis=1) + 1], axis=1)


def boxes_meet(boxes: _Boxes, box: _Boxes) -> npt.NDArray[np.bool_]:
    """Return which boxes one box shares some area with: only their regions may overlap."""
    return np.asarray(
        (boxes[:, 0] < box[2])
        & (boxes[:, 2] > box[0])
        & (boxes[:, 1] < box[3])
        & (boxes[:, 3] > box[1]),
        np.bool_,
    )


def _join(regions: Sequence[Region], maps: PageMaps, core: Map) -> list[Region]:
    """Join pieces of one number.

    They are near neighbours on one line without a rule between, or the core goes on from one to the
    other, though faintly, as in boxes with a digit each.
    """
    ordered = sorted(regions, key=lambda region: region.center_x)
    pairs = []
    centers = [region.center_x for region in ordered]
    widest = max((region.width for region in ordered), default=0.0)
    highest = max((region.height for region in ordered), default=0.0)
    for i, left in enumerate(ordered):
        farthest = left.center_x + (left.width + widest) / 2 + _LINK_GAP * highest
        right = _next_piece(left, ordered[i + 1 : bisect_right(centers, farthest)])
        if right is None:
            continue
        is_near = _gap(left, right) <= _JOIN_GAP * max(left.height, right.height)
        if (is_near and not _has_rule_between(left, right, maps)) or _is_linked(
            left, right, core, maps.scale
        ):
            pairs.append((i, ordered.index(right, i + 1)))
    groups = group_pairs(len(ordered), pairs)
    return [_union([ordered[i] for i in members]) for members in groups]


def _gap(left: Region, right: Region) -> float:
    return (right.center_x - right.width / 2) - (left.center_x + left.width / 2)


def _next_piece(left: Region, others: Sequence[Region]) -> Region | None:
    """Return the nearest piece to the right that may be of the same number."""
    best, best_gap = None, np.inf
    for right in others:
        high, low = max(left.height, right.height), min(left.height, right.height)
        gap = _gap(left, right)
        if gap > _LINK_GAP * high or high > _JOIN_RATIO * low:
            continue
        if gap < -0.5 * high and overlap(left, right) <= 0:
            continue
        angle = left.angle if left.width > right.width else right.angle
        along = np.tan(np.radians(angle)) * (right.center_x - left.center_x)
        if abs(right.center_y - left.center_y - along) > _JOIN_SHIFT * high:
            continue
        if gap < best_gap:
            best, best_gap = right, gap
    return best


def _is_linked(left: Region, right: Region, core: Map, scale: float) -> bool:
    """Return whether the core goes on from one piece to the next, at whatever height."""
    ends = np.array([left.center_x, right.center_x]) / scale - 0.5
    centers = np.array([left.center_y, right.center_y]) / scale - 0.5
    columns = np.arange(max(0, int(ends[0])), min(core.shape[1], int(ends[1]) + 1))
    if columns.size == 0:
        return False
    rows = np.interp(columns, ends, centers)
    reach = _LINK_REACH * min(left.height, right.height) / scale
    offsets = np.arange(-max(1, round(reach)), max(1, round(reach)) + 1)
    at = np.clip(np.rint(rows[:, None] + offsets).astype(int), 0, core.shape[0] - 1)
    return bool(core[at, columns[:, None]].max(axis=1).min() >= _LINK)


def _has_rule_between(left: Region, right: Region, maps: PageMaps) -> bool:
    ends = (left.center_x + left.width / 2, right.center_x - right.width / 2)
    center_y = (left.center_y + right.center_y) / 2
    reach = 0.45 * min(left.height, right.height)
    return has_rule(maps, min(ends) - maps.scale, max(ends) + maps.scale, center_y, reach)


def has_rule(maps: PageMaps, left: float, right: float, y: float, reach: float) -> bool:
    """Whether an upright rule stands between `left` and `right`, as far as `reach` from `y`.

    All in pixels of the picture.
    """
    scale = maps.scale
    rows = slice(max(0, int((y - reach) / scale)), int((y + reach) / scale) + 1)
    columns = slice(max(0, int(left / scale)), int(right / scale) + 1)
    between = maps.mark_ink[rows, columns]
    return bool(between.size and between.mean(axis=0).max() > RULE)


def _union(pieces: Sequence[Region]) -> Region:
    """Return the region around pieces of one number."""
    first = pieces[0]
    if len(pieces) == 1:
        return first
    angle = float(np.average([p.angle for p in pieces], weights=[p.width for p in pieces]))
    left, right = min(pieces, key=lambda p: p.center_x), max(pieces, key=lambda p: p.center_x)
    across = right.center_x - left.center_x
    if across > 2 * first.height:
        angle = float(np.degrees(np.arctan2(right.center_y - left.center_y, across)))
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    points = np.concatenate([p.corners() for p in pieces])
    along, down = points @ (cosine, sine), points @ (-sine, cosine)
    u, v = (along.min() + along.max()) / 2, (down.min() + down.max()) / 2
    height = min(float(np.ptp(down)), 1.35 * max(p.height for p in pieces))
    return replace(
        first,
        center_x=float(u * cosine - v * sine),
        center_y=float(u * sine + v * cosine),
        width=float(np.ptp(along)),
        height=height,
        angle=angle,
        score=float(np.mean([p.score for p in pieces])),
        seen_height=height / first.height * first.seen_height,
    )
