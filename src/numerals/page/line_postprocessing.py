"""Numbers whose digits stand far apart: their pieces are one number again."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from numerals.ink.ink_line import InkLine
from numerals.ink.line_frame import LineFrame
from numerals.models.page_model import PageMaps
from numerals.page.regions import has_rule

# Chosen on development photos (strings/photos): ten spaced digits a line are one number.
_MIN_GAPS = 2  # gaps within a piece that tell how far apart its digits stand
_SPACED = 0.35  # number heights: digits nearer to each other are not spaced
_WIDER = 1.5  # times the widest gap within a piece, for the gap to the next one
_ALIGNED = 0.4  # number heights between the center lines of neighbours
_RATIO = 1.6  # one piece may be so many times as high as the other


def join_spaced_lines(lines: Sequence[InkLine], maps: PageMaps) -> list[InkLine]:
    """Return lines in reading order with those joined that are pieces of one spaced number.

    Parameters
    ----------
    lines : sequence of InkLine
        In reading order, with frames.
    maps : PageMaps
        They show rules between columns.
    """
    joined: list[InkLine] = []
    for line in lines:
        if joined and _is_continued(joined[-1], line, maps):
            joined[-1] = _join(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _is_continued(left: InkLine, right: InkLine, maps: PageMaps) -> bool:
    a, b = left.frame, right.frame
    if a is None or b is None or left.is_printed != right.is_printed:
        return False
    height = min(a.height, b.height)
    if max(a.height, b.height) > _RATIO * height:
        return False
    end_y = a.center_y + a.slope * (a.right - a.left)
    if abs(end_y - b.center_y) > _ALIGNED * height or b.left < a.left:
        return False
    gap = _ends(right)[0] - _ends(left)[1]
    inner = max(_widest_gap(left), _widest_gap(right))
    if gap > _WIDER * inner or inner < _SPACED * height:
        return False
    return not has_rule(
        maps, _ends(left)[1], _ends(right)[0], (end_y + b.center_y) / 2, 0.4 * height
    )


def _ends(line: InkLine) -> tuple[float, float]:
    return min(p.box[0] for p in line.components), max(p.box[2] for p in line.components)


def _widest_gap(line: InkLine) -> float:
    """Return the widest gap between the digits of a line, 0 where there are too few to tell."""
    gaps, right = [], -np.inf
    for component in sorted(line.components, key=lambda p: p.box[0]):
        if component.height < 0.5 * line.height:
            continue
        if component.box[0] > right and np.isfinite(right):
            gaps.append(component.box[0] - right)
        right = max(right, component.box[2])
    return float(max(gaps)) if len(gaps) >= _MIN_GAPS else 0.0


def _join(left: InkLine, right: InkLine) -> InkLine:
    a, b = left.frame, right.frame
    assert a is not None and b is not None
    end = b.center_y + b.slope * (b.right - b.left)
    slope = (end - a.center_y) / max(b.right - a.left, 1.0)
    height = (a.height + b.height) / 2
    return replace(
        left,
        components=left.components + right.components,
        height=(left.height + right.height) / 2,
        frame=LineFrame(a.left, b.right, a.center_y, slope, height),
        score=min(left.score, right.score),
        purity=min(left.purity, right.purity),
    )
