"""Training targets of the page network: maps of a sample at a quarter of its resolution."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import CORE_HEIGHT, CORE_INSET, MAP_STRIDE, MIN_NUMBER_ASPECT
from numerals.synthesis.page_camera import SAMPLE_SIDE, PageSample
from numerals.synthesis.page_canvas import MARK, NUMBER, PRINT, UNKNOWN, WRITING, Quad

_Map = npt.NDArray[np.uint8]

_REGION_MARGIN = 0.08  # digit heights that a number's region extends beyond the number
_GAP_MARGIN = (0.3, 0.25)  # digit heights of the gap beside, and above and below, a number


@dataclass(frozen=True, eq=False)
class PageTargets:
    """Target maps of a sample, each ndarray of uint8, shape (n, n).

    Attributes
    ----------
    core, printed_core : ndarray
        1 in the core of a handwritten, or of a printed, number.
    region : ndarray
        1 within a number of either kind.
    weight, printed_weight : ndarray
        Weight of each pixel's core in the loss: 0 where labels are missing, 2 in the gaps around
        numbers, else 1.
    kinds : ndarray
        Kind of ink, or `UNKNOWN`.
    turns : ndarray
        Quarter turns clockwise of the picture at pixels with writing or print, else `UNKNOWN`.
    """

    core: _Map
    printed_core: _Map
    region: _Map
    weight: _Map
    printed_weight: _Map
    kinds: _Map
    turns: _Map


def make_targets(sample: PageSample) -> PageTargets:
    """Return the target maps of a sample."""
    core, region, gap = _draw_numbers(sample.written)
    printed_core, printed_region, printed_gap = _draw_numbers(sample.printed)
    any_region = np.maximum(region, printed_region)
    kinds = _pool_kinds(sample.kinds)
    turns = np.full(kinds.shape, UNKNOWN, np.uint8)
    turns[np.isin(kinds, (NUMBER, WRITING, PRINT)) | (any_region > 0)] = sample.turns
    return PageTargets(
        core,
        printed_core,
        any_region,
        _make_weight(core, region, gap, sample.unlabelled),
        _make_weight(printed_core, printed_region, printed_gap, sample.unlabelled_print),
        kinds,
        turns,
    )


def _draw_numbers(quads: Sequence[Quad]) -> tuple[_Map, _Map, _Map]:
    """Return the maps of the cores, regions and gaps of numbers."""
    maps = [np.zeros((SAMPLE_SIDE, SAMPLE_SIDE), np.uint8) for _ in range(3)]
    for quad in quads:
        along, down = quad[1] - quad[0], quad[3] - quad[0]
        width, height = float(np.linalg.norm(along)), float(np.linalg.norm(down))
        if min(width, height) < 1:
            continue
        along, down = along / width, down / height
        width = max(width, MIN_NUMBER_ASPECT * height)
        inset = min(CORE_INSET * height, 0.25 * width)
        halves = [
            (width / 2 - inset, CORE_HEIGHT / 2 * height),
            (width / 2 + _REGION_MARGIN * height, (0.5 + _REGION_MARGIN) * height),
            (width / 2 + _GAP_MARGIN[0] * height, (0.5 + _GAP_MARGIN[1]) * height),
        ]
        for target, (a, b) in zip(maps, halves, strict=True):
            corners = [quad.mean(axis=0) + sx * a * along + sy * b * down
                       for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]  # fmt: skip
            cv2.fillPoly(target, [(np.array(corners) * 16).astype(np.int32)], 1, shift=4)
    core, region, gap = (_pool(target) for target in maps)
    return _as_map(core > 0.4), _as_map(region > 0.5), _as_map(gap > 0)


def _make_weight(core: _Map, region: _Map, gap: _Map, unlabelled: _Map) -> _Map:
    weight = np.where((gap > 0) & (core == 0), 2, 1).astype(np.uint8)
    weight[(_pool(unlabelled) > 0.3) & (region == 0)] = 0
    return weight


def _pool_kinds(kinds: _Map) -> _Map:
    pooled = np.zeros((SAMPLE_SIDE // MAP_STRIDE,) * 2, np.uint8)
    for kind in (MARK, PRINT, WRITING, NUMBER):  # in a map pixel with several, the last one counts
        pooled[_pool(_as_map(kinds == kind)) > 0.15] = kind
    unknown = (_pool(_as_map(kinds == UNKNOWN)) > 0.5) & (pooled == 0)
    pooled[unknown] = UNKNOWN
    return pooled


def _pool(mask: _Map) -> npt.NDArray[np.float32]:
    """Return the mean of each block of `MAP_STRIDE` x `MAP_STRIDE` pixels."""
    n = SAMPLE_SIDE // MAP_STRIDE
    blocks = mask.reshape(n, MAP_STRIDE, n, MAP_STRIDE)
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float32))


def _as_map(mask: npt.NDArray[np.bool_]) -> _Map:
    return np.asarray(mask, np.uint8)
