"""Find the cells that rules enclose, and group those that share rules."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.models.page_model import Map
from numerals.page.regions import MIN_RULE_PROBABILITY
from numerals.page.rows_and_columns import NumberBox
from numerals.page.union_find import group_pairs

_Labels = npt.NDArray[np.int32]

# Tuned on the development pages. Lengths in number heights.
CELL_HEIGHT_RANGE, CELL_WIDTH_RANGE = (0.8, 12.0), (0.5, 40.0)
"""Minimum and maximum size of a cell."""
MIN_CELL_FILL = 0.5
"""Minimum share of its box that a cell fills."""
MAX_RULE_THICKNESS = 0.4
"""Maximum thickness of a rule between cells; boxes of a comb are further apart."""
MAX_TABLE_CELLS = 1000
"""Maximum number of cells of a table whose empty cells are analyzed."""
MAX_OUTER_CELL_RATIO = 3.0
"""Maximum height of a cell around a comb, in heights of the comb's boxes."""


@dataclass(frozen=True, eq=False)
class RuledCells:
    """The areas that rules enclose.

    Attributes
    ----------
    labels : ndarray of int32, shape (height, width)
        Label of the area of each map pixel; 0 for rules.
    boxes : ndarray of float64, shape (n_areas + 1, 4)
        ``x_min, y_min, x_max, y_max`` of each area, pixels of the picture.
    groups : ndarray of int64, shape (n_areas + 1,)
        Group of each area; cells that share rules are in the same group. -1 for other areas.
    scale : float
        Pixels of the picture per pixel of the maps.
    """

    labels: _Labels
    boxes: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64]
    scale: float

    def cell_of(self, number_box: NumberBox) -> int:
        """Return the label of the cell that contains most of a number; 0 if there is none.

        For a number in the boxes of a comb, this is the cell around the boxes.
        """
        label = self._label_under(number_box)
        return self._outer_cell(label) if label else 0

    def box_of(self, cell: int) -> NumberBox:
        """Return the box of a cell."""
        return NumberBox.from_bounds(self.boxes[cell].tolist())

    def cells_in_group(self, cell: int) -> list[int]:
        """Return the labels of all cells in a cell's group, without boxes inside of cells."""
        group = np.flatnonzero(self.groups == self.groups[cell]).tolist()
        return (
            [i for i in group if self._outer_cell(i) == i] if len(group) <= MAX_TABLE_CELLS else []
        )

    def _label_under(self, number_box: NumberBox) -> int:
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

    def _outer_cell(self, label: int) -> int:
        """Return the label of the cell around a box, or the box's own if there is none."""
        box = self.boxes[label]
        height = box[3] - box[1]
        low, high = self.boxes[:, :2], self.boxes[:, 2:]
        contains_box = (low <= box[:2]).all(axis=1) & (high >= box[2:]).all(axis=1)
        contains_box &= (high - low)[:, 1] <= MAX_OUTER_CELL_RATIO * height
        contains_box &= self.groups >= 0
        contains_box[[0, label]] = False
        outer_cells = [int(i) for i in np.flatnonzero(contains_box) if self._surrounds(int(i), box)]
        return max(outer_cells, key=lambda i: float(np.prod(high[i] - low[i])), default=label)

    def _surrounds(self, label: int, box: npt.NDArray[np.float64]) -> bool:
        """Return whether an area lies on all four sides of a box."""
        x_min, y_min, x_max, y_max = (box / self.scale).astype(int)
        row = self.labels[(y_min + y_max) // 2] == label
        column = self.labels[:, (x_min + x_max) // 2] == label
        sides = (row[:x_min], row[x_max:], column[:y_min], column[y_max:])
        return all(bool(side.any()) for side in sides)


def find_cells(marks: Map, scale: float, number_boxes: Sequence[NumberBox]) -> RuledCells:
    """Find the areas between rules that may be cells.

    Parameters
    ----------
    marks : ndarray of float32, shape (height, width)
        Probability of rules and other marks, from the page network.
    scale : float
        Pixels of the picture per pixel of `marks`.
    number_boxes : sequence of NumberBox
        Their median height limits the size of cells.
    """
    # Number height in map pixels.
    height = float(np.median([number_box.height for number_box in number_boxes])) / scale
    is_rule = cv2.morphologyEx(
        (marks > MIN_RULE_PROBABILITY).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)
    )
    n, label_map, stats, _ = cv2.connectedComponentsWithStats(1 - is_rule, connectivity=4)
    labels = np.asarray(label_map, np.int32)
    x, y, widths, heights, area = stats.T
    is_cell = (heights >= CELL_HEIGHT_RANGE[0] * height) & (
        heights <= CELL_HEIGHT_RANGE[1] * height
    )
    is_cell &= (widths >= CELL_WIDTH_RANGE[0] * height) & (widths <= CELL_WIDTH_RANGE[1] * height)
    is_cell &= area >= MIN_CELL_FILL * widths * heights
    is_cell[0] = False
    boxes = np.stack([x, y, x + widths, y + heights], axis=1) * scale
    groups = np.full(n, -1, np.int64)
    for number, members in enumerate(group_pairs(n, _adjacent_cells(labels, is_cell, height))):
        groups[members] = number
    groups[~is_cell] = -1
    return RuledCells(labels, boxes, groups, scale)


def _adjacent_cells(
    labels: _Labels, is_cell: npt.NDArray[np.bool_], height: float
) -> list[tuple[int, int]]:
    """Return pairs of cells that are separated by a rule only."""
    if not is_cell.any():
        return []
    is_rule = (labels == 0).astype(np.uint8)
    distance, nearest = cv2.distanceTransformWithLabels(
        is_rule, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    label_of_pixel = np.zeros(int(nearest.max()) + 1, np.int32)
    label_of_pixel[nearest[labels > 0]] = labels[labels > 0]
    expanded = np.where(
        distance <= max(1.5, MAX_RULE_THICKNESS * height / 2), label_of_pixel[nearest], 0
    )
    expanded[~is_cell[expanded]] = 0
    pairs = set()
    for one, other in ((expanded[:, :-1], expanded[:, 1:]), (expanded[:-1], expanded[1:])):
        is_edge = (one != other) & (one > 0) & (other > 0)
        both = np.sort(np.stack([one[is_edge], other[is_edge]], axis=1), axis=1)
        pairs |= {(int(a), int(b)) for a, b in np.unique(both, axis=0)}
    return sorted(pairs)
