"""Barcodes, whose bars would pass for ones, and for the writing of a page."""

from collections.abc import Sequence

import cv2
import numpy as np

from numerals.ink.parts import Part

_LEAST_BARS = 15  # the shortest codes in use have some twenty bars; ones in a row are fewer
_NARROW, _STRAIGHT = 0.4, 0.75  # of the height; of the leaning rectangle around it
_ALIGNED = 0.15  # of a bar's height: so little do neighbours differ at either end
_GAP = 0.5  # of a bar's height, between two neighbours


def without_barcodes(parts: Sequence[Part]) -> list[Part]:
    """Drop straight bars that stand side by side, alike high, as in no writing.

    Parameters
    ----------
    parts : sequence of Part
        Left to right.

    Returns
    -------
    list of Part
        The others.
    """
    bars = [i for i, part in enumerate(parts) if part.width <= _NARROW * part.height]
    if len(bars) < _LEAST_BARS:
        return list(parts)
    dropped: set[int] = set()
    for run in _runs(parts, bars):
        straight = [i for i in run if _is_straight(parts[i])]
        if len(straight) >= max(_LEAST_BARS, _STRAIGHT * len(run)):
            dropped.update(run)
    return [part for i, part in enumerate(parts) if i not in dropped]


def _runs(parts: Sequence[Part], bars: Sequence[int]) -> list[list[int]]:
    """Return runs of bars, each beside the one before it."""
    runs: list[list[int]] = []
    for bar in bars:
        run = next((run for run in runs if _is_next(parts[run[-1]], parts[bar])), None)
        if run is None:
            runs.append([bar])
        else:
            run.append(bar)
    return runs


def _is_next(before: Part, bar: Part) -> bool:
    most = _ALIGNED * before.height
    return (
        abs(bar.box[1] - before.box[1]) <= most
        and abs(bar.box[3] - before.box[3]) <= most
        and bar.box[0] - before.box[2] <= _GAP * before.height
    )


def _is_straight(part: Part) -> bool:
    outlines, _ = cv2.findContours(part.mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    (_, (width, height), _) = cv2.minAreaRect(np.concatenate(outlines))
    # A rectangle runs through the middles of the outermost pixels.
    return int(np.count_nonzero(part.mask)) >= _STRAIGHT * (width + 1) * (height + 1)
