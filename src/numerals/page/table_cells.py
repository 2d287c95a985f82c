"""Rules on a page -> the cells that they enclose, and which of them share a rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import Map
from numerals.page.regions import RULE
from numerals.page.rows_and_columns import NumberBox
from numerals.page.union_find import group_pairs

_Labels = npt.NDArray[np.int32]

# Chosen on the development pages (tools/score_pages.py); lengths in number heights.
_HEIGHTS, _WIDTHS = (0.8, 12.0), (0.5, 40.0)  # of a cell
_FILLED = 0.5  # share of its box that a cell fills
_THICKEST = 0.4  # of a rule between two cells: boxes of a comb stand further apart
_MAX_CELLS = 1000  # of a table: the empty ones of larger tables are not looked at
_OUTER = 3.0  # times a box's height that the cell around it may be high: a comb stands in a cell


@dataclass(frozen=True, eq=False)
class Cells:
    """What rules enclose.

    Attributes
    ----------
    labels : ndarray of int32, shape (height, width)
        For each pixel of the maps the number of its area; 0 for rules.
    boxes : ndarray of float64, shape (n_areas + 1, 4)
        ``x_min, y_min, x_max, y_max`` of each area, pixels of the picture.
    groups : ndarray of int64, shape (n_areas + 1,)
        Cells with the same number share rules; -1 for areas that are no cells.
    scale : float
        Pixels of the picture for each pixel of the maps.
    """

    labels: _Labels
    boxes: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64]
    scale: float

    def of(self, number_box: NumberBox) -> int:
        """Return the cell that most of a number lies in, 0 if there is none.

        Of a number in boxes with a digit each, it is the cell around the boxes.
        """
        label = self._under(number_box)
        return self._around(label) if label else 0

    def number_box(self, cell: int) -> NumberBox:
        """Return where a cell stands."""
        return NumberBox.from_bounds(self.boxes[cell].tolist())

    def beside(self, cell: int) -> list[int]:
        """Return all the cells of one group, but for boxes that stand within cells."""
        group = np.flatnonzero(self.groups == self.groups[cell]).tolist()
        return [i for i in group if self._around(i) == i] if len(group) <= _MAX_CELLS else []

    def _under(self, number_box: NumberBox) -> int:
        rows = self._span(number_box.center_y, number_box.height / 4, 0)
        columns = self._span(number_box.center_x, number_box.width / 4, 1)
        counts = np.bincount(self.labels[rows, columns].ravel())
        if counts.size < 2:
            return 0
        label = int(np.argmax(counts[1:])) + 1
        return label if self.groups[label] >= 0 else 0

    def _span(self, center: float, reach: float, axis: int) -> slice:
        last = self.labels.shape[axis] - 1
        first = int(np.clip((center - reach) / self.scale, 0, last))
        return slice(first, int(np.clip((center + reach) / self.scale, first, last)) + 1)

    def _around(self, label: int) -> int:
        """Return the cell around a box, or the box where it stands in none."""
        box = self.boxes[label]
        height = box[3] - box[1]
        low, high = self.boxes[:, :2], self.boxes[:, 2:]
        holds = (low <= box[:2]).all(axis=1) & (high >= box[2:]).all(axis=1)
        holds &= (high - low)[:, 1] <= _OUTER * height
        holds &= self.groups >= 0
        holds[[0, label]] = False
        around = [int(i) for i in np.flatnonzero(holds) if self._surrounds(int(i), box)]
        return max(around, key=lambda i: float(np.prod(high[i] - low[i])), default=label)

    def _surrounds(self, label: int, box: npt.NDArray[np.float64]) -> bool:
        """Whether an area lies on all four sides of a box."""
        x_min, y_min, x_max, y_max = (box / self.scale).astype(int)
        row = self.labels[(y_min + y_max) // 2] == label
        column = self.labels[:, (x_min + x_max) // 2] == label
        sides = (row[:x_min], row[x_max:], column[:y_min], column[y_max:])
        return all(bool(side.any()) for side in sides)


def find_cells(marks: Map, scale: float, number_boxes: Sequence[NumberBox]) -> Cells:
    """Find the areas between rules that may be cells.

    Parameters
    ----------
    marks : ndarray of float32, shape (height, width)
        Probability of rules and other marks, from the page network.
    scale : float
        Pixels of the picture for each pixel of `marks`.
    number_boxes : sequence of Spot
        Where the numbers stand: they tell how large a cell may be.
    """
    height = (
        float(np.median([number_box.height for number_box in number_boxes])) / scale
    )  # pixels of the maps
    is_rule = cv2.morphologyEx(
        (marks > RULE).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)
    )
    n, found, stats, _ = cv2.connectedComponentsWithStats(1 - is_rule, connectivity=4)
    labels = np.asarray(found, np.int32)
    x, y, wide, high, area = stats.T
    is_cell = (high >= _HEIGHTS[0] * height) & (high <= _HEIGHTS[1] * height)
    is_cell &= (wide >= _WIDTHS[0] * height) & (wide <= _WIDTHS[1] * height)
    is_cell &= area >= _FILLED * wide * high
    is_cell[0] = False
    boxes = np.stack([x, y, x + wide, y + high], axis=1) * scale
    groups = np.full(n, -1, np.int64)
    for number, members in enumerate(group_pairs(n, _adjacent(labels, is_cell, height))):
        groups[members] = number
    groups[~is_cell] = -1
    return Cells(labels, boxes, groups, scale)


def _adjacent(
    labels: _Labels, is_cell: npt.NDArray[np.bool_], height: float
) -> list[tuple[int, int]]:
    """Return pairs of cells with nothing but a rule between them."""
    if not is_cell.any():
        return []
    is_rule = (labels == 0).astype(np.uint8)
    distance, nearest = cv2.distanceTransformWithLabels(
        is_rule, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_pixel = np.zeros(int(nearest.max()) + 1, np.int32)
    of_pixel[nearest[labels > 0]] = labels[labels > 0]
    wide = np.where(distance <= max(1.5, _THICKEST * height / 2), of_pixel[nearest], 0)
    wide[~is_cell[wide]] = 0
    pairs = set()
    for one, other in ((wide[:, :-1], wide[:, 1:]), (wide[:-1], wide[1:])):
        is_edge = (one != other) & (one > 0) & (other > 0)
        both = np.sort(np.stack([one[is_edge], other[is_edge]], axis=1), axis=1)
        pairs |= {(int(a), int(b)) for a, b in np.unique(both, axis=0)}
    return sorted(pairs)
