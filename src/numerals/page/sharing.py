"""No ink belongs to two numbers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.ink.ink_line import InkLine

_SAME = 0.5  # share of the smaller of two boxes: they are the same ink
_LOST = 0.5  # share of a line's ink that belongs to others: it is a fragment

_Boxes = npt.NDArray[np.float64]


def drop_overlapping_lines(lines: Sequence[InkLine]) -> list[InkLine]:
    """Drop lines most of whose ink belongs to other ones; those with more ink are kept first.

    Parameters
    ----------
    lines : sequence of InkLine
        In reading order, which stays.
    """
    boxes = [
        np.array([component.box for component in line.components], float).reshape(-1, 4)
        for line in lines
    ]
    areas = [_areas(b) for b in boxes]
    order = sorted(range(len(lines)), key=lambda i: -float(areas[i].sum()))
    kept: list[int] = []
    taken = np.zeros((0, 4))
    for i in order:
        lost = _are_taken(boxes[i], areas[i], taken)
        if float(areas[i][lost].sum()) > _LOST * float(areas[i].sum()):
            continue
        kept.append(i)
        taken = np.concatenate([taken, boxes[i]])
    return [lines[i] for i in sorted(kept)]


def _areas(boxes: _Boxes) -> npt.NDArray[np.float64]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def _are_taken(
    boxes: _Boxes, areas: npt.NDArray[np.float64], taken: _Boxes
) -> npt.NDArray[np.bool_]:
    """Return for each box whether it is the same ink as one that is taken."""
    if not len(taken) or not len(boxes):
        return np.zeros(len(boxes), np.bool_)
    near = taken[
        (taken[:, 0] < boxes[:, 2].max())
        & (taken[:, 2] > boxes[:, 0].min())
        & (taken[:, 1] < boxes[:, 3].max())
        & (taken[:, 3] > boxes[:, 1].min())
    ]
    if not len(near):
        return np.zeros(len(boxes), np.bool_)
    width = np.minimum(boxes[:, None, 2], near[:, 2]) - np.maximum(boxes[:, None, 0], near[:, 0])
    height = np.minimum(boxes[:, None, 3], near[:, 3]) - np.maximum(boxes[:, None, 1], near[:, 1])
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    smaller = np.minimum(areas[:, None], _areas(near))
    return np.asarray((shared > _SAME * smaller).any(axis=1))
