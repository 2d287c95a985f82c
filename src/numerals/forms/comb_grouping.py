"""Group the boxes of combs: rows of equal cells for one digit each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.forms.rule_detection import Rules
from numerals.records import Box

# Tuned on the whole forms among the development pages.
MAX_CELL_ASPECT = 1.35
"""Maximum ratio of width to height of a comb's cell."""
MIN_CELL_ASPECT = 0.3
"""Minimum ratio of width to height."""
MAX_SIZE_RATIO = 1.3
"""Maximum ratio of the widths, and of the heights, of neighboring cells."""
MAX_OFFSET = 0.25
"""Maximum vertical offset of neighboring cells, cell heights."""
MAX_GAP = 0.9
"""Maximum gap between neighboring cells, cell widths."""
MAX_GAP_DIFFERENCE = 0.25
"""Maximum difference between the gaps of a comb, cell widths."""
MIN_GAP = 0.12
"""Minimum gap between separate boxes, as a share of the distance of their centers."""
MAX_WALL = 0.3
"""Maximum thickness of the wall between touching cells, cell widths or heights."""
MAX_CELLS = 40
"""Maximum number of cells of a comb; an IBAN has up to 34."""
MIN_DIVIDED_CELLS = 3
"""Minimum number of cells that ticks divide a box into; a single stroke may be a 1."""
MIN_TICK_HEIGHT = 0.2
"""Minimum height of the tick between two cells, box heights."""
MAX_TICK_SHARE = 0.4
"""Height above the bottom of a box in which ticks are searched, box heights."""
MIN_DASH_SHARE = 0.6
"""Minimum share of its height along which a dashed line between two cells is dark."""
MAX_TICK_OFFSET = 0.18
"""Maximum distance of a tick from its place among equal cells, cell widths."""


@dataclass(frozen=True)
class CombGroup:
    """The box around the cells of a comb.

    Attributes
    ----------
    box : Box
        Divided into `n_cells` equal parts, each contains one cell.
    n_cells : int
    gap : float, default=0.0
        Distance between neighboring cells, pixels of the masks.
    """

    box: Box
    n_cells: int
    gap: float = 0.0


def group_combs(boxes: Sequence[Box], rules: Rules) -> tuple[list[CombGroup], list[Box]]:
    """Return the combs among some boxes, and the other boxes.

    Cells of a table, which have neighbors above or below, form no comb unless gaps separate them.

    Parameters
    ----------
    boxes : sequence of Box
        Insides of boxes, in pixels of the masks.
    rules : Rules
    """
    following = {}
    for i, box in enumerate(boxes):
        neighbor = _right_neighbor(box, boxes)
        if neighbor is not None and _are_same_comb(box, boxes[neighbor], boxes):
            following[i] = neighbor
    combs, used = [], set()
    for start in sorted(set(following) - set(following.values())):
        chain = [start]
        while chain[-1] in following and len(chain) < MAX_CELLS:
            chain.append(following[chain[-1]])
        for part in _split_at_wide_gaps(chain, boxes):
            if len(part) > 1:
                combs.append(_to_comb([boxes[i] for i in part]))
                used |= set(part)
    return combs, [box for i, box in enumerate(boxes) if i not in used]


def _right_neighbor(box: Box, boxes: Sequence[Box]) -> int | None:
    width, height = box[2] - box[0], box[3] - box[1]
    if not MIN_CELL_ASPECT <= width / height <= MAX_CELL_ASPECT:
        return None
    near = []
    for i, other in enumerate(boxes):
        gap = other[0] - box[2]
        if not 0 <= gap <= MAX_GAP * width:
            continue
        if abs(other[1] + other[3] - box[1] - box[3]) / 2 > MAX_OFFSET * height:
            continue
        if _ratio(other[2] - other[0], width) <= MAX_SIZE_RATIO and (
            _ratio(other[3] - other[1], height) <= MAX_SIZE_RATIO
        ):
            near.append((gap, i))
    return min(near)[1] if near else None


def _ratio(a: int, b: int) -> float:
    return max(a, b) / min(a, b)


def _are_same_comb(left: Box, right: Box, boxes: Sequence[Box]) -> bool:
    is_touching = right[0] - left[2] <= MAX_WALL * (left[2] - left[0])
    return not is_touching or not any(is_stacked(box, boxes) for box in (left, right))


def is_stacked(box: Box, boxes: Sequence[Box]) -> bool:
    """Return whether a box of about the same width touches a box from above or below."""
    width, height = box[2] - box[0], box[3] - box[1]
    center = (box[0] + box[2]) / 2
    return any(
        other[0] < center < other[2]
        and _ratio(other[2] - other[0], width) <= 2
        and 0 <= max(other[1] - box[3], box[1] - other[3]) <= MAX_WALL * height
        for other in boxes
    )


def _split_at_wide_gaps(chain: Sequence[int], boxes: Sequence[Box]) -> list[list[int]]:
    """Split a row of cells at gaps that are wider than the others."""
    gaps = [boxes[b][0] - boxes[a][2] for a, b in pairwise(chain)]
    width = min(boxes[i][2] - boxes[i][0] for i in chain)
    max_gap = min(gaps) + MAX_GAP_DIFFERENCE * width
    parts = [[chain[0]]]
    for gap, i in zip(gaps, chain[1:], strict=True):
        if gap > max_gap:
            parts.append([])
        parts[-1].append(i)
    return parts


def _to_comb(cells: Sequence[Box]) -> CombGroup:
    """Return a box that equal cells divide where the printed cells are."""
    gap = float(np.median([right[0] - left[2] for left, right in pairwise(cells)]))
    margin = round(gap / 2)
    box = (
        cells[0][0] - margin,
        min(cell[1] for cell in cells),
        cells[-1][2] + margin,
        max(cell[3] for cell in cells),
    )
    return CombGroup(box, len(cells), gap)


def complete_combs(
    combs: Sequence[CombGroup], boxes: Sequence[Box]
) -> tuple[list[CombGroup], list[Box]]:
    """Complete the combs of which only some cells were found, by the longer ones in their column.

    This concerns separate boxes: writing that crosses a box hides it.

    Parameters
    ----------
    combs : sequence of CombGroup
    boxes : sequence of Box
        Boxes outside of combs.

    Returns
    -------
    combs : list of CombGroup
    boxes : list of Box
        Those that are no cells of completed combs.
    """
    ordered = sorted(combs, key=lambda comb: -comb.n_cells)
    models = [comb for comb in ordered if comb.gap * comb.n_cells >= MIN_GAP * _width(comb.box)]
    result: list[CombGroup] = []
    rest = []
    for part in [*ordered, *(CombGroup(box, 1) for box in boxes)]:
        model = next((m for m in models if part.n_cells < m.n_cells and _is_part(part, m)), None)
        if model is None:
            if part.n_cells > 1:
                result.append(part)
            else:
                rest.append(part.box)
            continue
        x_min, _, x_max, _ = model.box
        completed = CombGroup((x_min, part.box[1], x_max, part.box[3]), model.n_cells)
        if not any(_same_row(completed.box, other.box) for other in result):
            result.append(completed)
    return result, rest


def _width(box: Box) -> int:
    return box[2] - box[0]


def _is_part(part: CombGroup, model: CombGroup) -> bool:
    """Return whether a part has cells where a longer comb in another row has them."""
    pitch = (model.box[2] - model.box[0]) / model.n_cells
    first = (part.box[0] - model.box[0]) / pitch
    if part.n_cells == 1:  # without the gaps between cells
        first -= (1 - (part.box[2] - part.box[0]) / pitch) / 2
    width = (part.box[2] - part.box[0]) / part.n_cells
    is_aligned = abs(first - round(first)) <= MAX_OFFSET
    is_inside = 0 <= round(first) <= model.n_cells - part.n_cells
    has_size = 1 / 1.9 <= width / pitch <= MAX_SIZE_RATIO
    heights = part.box[3] - part.box[1], model.box[3] - model.box[1]
    return is_aligned and is_inside and has_size and _ratio(*heights) <= MAX_SIZE_RATIO


def _same_row(a: Box, b: Box) -> bool:
    overlap = min(a[3], b[3]) - max(a[1], b[1])
    return overlap > 0.5 * (a[3] - a[1]) and a[0] < b[2] and b[0] < a[2]


def printed_cells(box: Box, rules: Rules) -> int:
    """Return the number of equal cells that ticks divide a box into; 0 if there are none.

    Parameters
    ----------
    box : Box
        In pixels of the masks.
    rules : Rules
    """
    x_min, y_min, x_max, y_max = box
    height = y_max - y_min
    window = rules.vertical[y_min:y_max, x_min:x_max]
    lower = window[-round(MAX_TICK_SHARE * height) :]
    stands = lower[-max(2, len(lower) // 6) :].any(axis=0)
    is_tick = stands & (lower.sum(axis=0) >= MIN_TICK_HEIGHT * height)
    for is_divider in (is_tick, _dashed_columns(rules.dark[y_min:y_max, x_min:x_max])):
        n_cells = _count_equal_cells(_centers(is_divider), x_max - x_min, height)
        if n_cells:
            return n_cells
    return 0


def _dashed_columns(dark: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return the columns that are dark along most of a box, as a dashed line is."""
    spread = cv2.dilate(dark, np.ones((1, 3), np.uint8))
    return np.asarray(spread.mean(axis=0) >= MIN_DASH_SHARE, np.bool_)


def _centers(is_divider: npt.NDArray[np.bool_]) -> list[float]:
    """Return the centers of the runs of columns, without those at the ends."""
    edges = np.flatnonzero(np.diff(np.r_[0, is_divider.astype(np.int8), 0]))
    centers = (edges[::2] + edges[1::2] - 1) / 2
    return [float(x) for x in centers if 4 < x < len(is_divider) - 5]


def _count_equal_cells(ticks: Sequence[float], width: int, height: int) -> int:
    n_cells = len(ticks) + 1
    if not MIN_DIVIDED_CELLS <= n_cells <= MAX_CELLS:
        return 0
    pitch = width / n_cells
    expected = [(i + 1) * pitch for i in range(len(ticks))]
    is_even = all(
        abs(tick - place) <= MAX_TICK_OFFSET * pitch
        for tick, place in zip(ticks, expected, strict=True)
    )
    return n_cells if is_even and pitch <= MAX_CELL_ASPECT * height else 0
