"""Join the fragments of numbers that the page network splits."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from numerals.models.page_model import Map, PageMaps
from numerals.page.regions import Region, has_rule, overlap
from numerals.page.union_find import group_pairs

# Tuned on the development pages. Heights are heights of the number.
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


def join_fragments(regions: Sequence[Region], maps: PageMaps, core: Map) -> list[Region]:
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
