"""Dashed rules, made solid: what follows knows solid ones, and takes them out."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.ink.components import Mask, Pieces, transpose

_LEAST_LENGTH, _LEAST_SHAPE = 6, 2.0  # pixels; times as long as thick
_THICKEST = 0.012  # of the page's longer side
_FULL = 0.6  # of its box
_LEAST_DASHES = 10  # in a rule: no writing has so many in a row
_OFF = 3  # pixels: neighbours lie no further off the rule
_LOST = 5.0  # dashes: so far may the next one be, where a digit has swallowed some
_GAP = 1.5  # dashes: most gaps are no wider
_UNEVEN = 0.3  # of the median length, on average

_Rule = tuple[npt.NDArray[np.float64], int]
"""Points, shape (n, 2), along and across; pixels."""


@dataclass(frozen=True)
class _Dashes:
    """Pieces that may be dashes of rules that run one way, a row of each array for each.

    Sorted along the way; all in pixels.
    """

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    middle: npt.NDArray[np.float64]
    thick: npt.NDArray[np.int64]


def join_dashes(ink: Pieces) -> Pieces:
    """Fill the gaps of dashed rules, across and down.

    Parameters
    ----------
    ink : Pieces

    Returns
    -------
    Pieces
        The same object where there are no such rules.
    """
    across = _find_rules(_dashes(ink, cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP))
    down = _find_rules(_dashes(ink, cv2.CC_STAT_TOP, cv2.CC_STAT_LEFT))
    if not across and not down:
        return ink
    joined = _with_rules(ink.mask, across)
    return Pieces(transpose(_with_rules(transpose(joined), down)))


def _with_rules(mask: Mask, rules: Sequence[_Rule]) -> Mask:
    """Draw rules across a mask, up to the ends of what they meet: corners are no dashes."""
    filled = mask.copy()
    for points, thick in rules:
        step = round(float(np.median(np.diff(points[::2, 0]))))
        (first, before), (last, after) = points[[0, -1]].round().astype(int).tolist()
        first -= _reach(mask[before, max(first - step, 0) : first][::-1])
        last += _reach(mask[after, last + 1 : last + 1 + step])
        whole = np.vstack([(first, before), points, (last, after)])
        cv2.polylines(filled, [whole.round().astype(np.int32)], False, 255, thick)
    return filled


def _reach(beyond: Mask) -> int:
    """Return how many pixels beyond its last dash a rule goes on."""
    return int(np.flatnonzero(beyond).max(initial=-1)) + 1


def _dashes(ink: Pieces, along: int, across: int) -> _Dashes:
    """Return what may be dashes; `along` and `across` are columns of the pieces' statistics."""
    stats = ink.stats[1:].astype(np.int64)
    long, thick = stats[:, along + 2], stats[:, across + 2]  # widths follow lefts, heights tops
    stats = stats[
        (long >= _LEAST_LENGTH)
        & (long >= _LEAST_SHAPE * thick)
        & (thick <= max(_OFF, _THICKEST * max(ink.mask.shape)))
        & (stats[:, cv2.CC_STAT_AREA] >= _FULL * long * thick)
    ]
    stats = stats[np.argsort(stats[:, along], kind="stable")]
    first, last = stats[:, along], stats[:, along] + stats[:, along + 2] - 1
    thick = stats[:, across + 2]
    return _Dashes(first, last, stats[:, across] + (thick - 1) / 2, thick)


def _find_rules(dashes: _Dashes) -> list[_Rule]:
    """Return where the dashes of each rule begin and end, in turn, and how thick it is."""
    chains: list[list[int]] = []
    ends: dict[int, int] = {}  # where across, in steps, a chain goes on -> which one
    for i in range(len(dashes.first)):
        step = int(dashes.middle[i] // _OFF)
        near = [ends[s] for s in (step, step - 1, step + 1) if s in ends]
        near = [chain for chain in near if _goes_on(dashes, chains[chain][-1], i)]
        if not near:
            near = [len(chains)]
            chains.append([])
        chains[near[0]].append(i)
        ends[step] = near[0]
    rules = []
    for chain in chains:
        if len(chain) >= _LEAST_DASHES and _is_regular(dashes, chain):
            points = [
                (end, dashes.middle[i]) for i in chain for end in (dashes.first[i], dashes.last[i])
            ]
            rules.append((np.array(points, float), int(np.median(dashes.thick[chain]))))
    return rules


def _goes_on(dashes: _Dashes, before: int, after: int) -> bool:
    length = dashes.last[before] - dashes.first[before] + 1
    return bool(
        abs(dashes.middle[after] - dashes.middle[before]) <= _OFF
        and 0 < dashes.first[after] - dashes.last[before] <= _LOST * length
    )


def _is_regular(dashes: _Dashes, chain: list[int]) -> bool:
    lengths = dashes.last[chain] - dashes.first[chain] + 1
    gaps = dashes.first[chain[1:]] - dashes.last[chain[:-1]] - 1
    usual = float(np.median(lengths))
    return bool(
        np.median(gaps) <= _GAP * usual and np.abs(lengths - usual).mean() <= _UNEVEN * usual
    )
