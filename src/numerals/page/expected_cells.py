"""Estimate where the number of a table cell is, from the numbers around it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from numerals.page.rows_and_columns import NumberBox

RowColumn = tuple[int, int]
"""Row and column in a table, from 0."""

N_NEAREST_CELLS = 2
"""Number of neighbors in the row, and in the column, that a cell is estimated from."""


def expect_number_boxes(
    number_boxes: Mapping[RowColumn, NumberBox], places: Iterable[RowColumn]
) -> dict[RowColumn, NumberBox]:
    """Return the expected number box of each place whose row and column have numbers.

    Parameters
    ----------
    number_boxes : mapping of (int, int) to NumberBox
        The number box of each filled cell, by row and column.
    places : iterable of (int, int)
        Rows and columns of empty cells.
    """
    rows: dict[int, list[tuple[int, NumberBox]]] = defaultdict(list)
    columns: dict[int, list[tuple[int, NumberBox]]] = defaultdict(list)
    for (row, column), box in sorted(number_boxes.items(), key=lambda each: each[0]):
        rows[row].append((column, box))
        columns[column].append((row, box))
    return {
        (row, column): _estimate(_nearest(rows[row], column), _nearest(columns[column], row))
        for row, column in places
        if row in rows and column in columns
    }


def _nearest(boxes: list[tuple[int, NumberBox]], place: int) -> list[NumberBox]:
    ordered = sorted(boxes, key=lambda each: abs(each[0] - place))
    return [box for _, box in ordered[:N_NEAREST_CELLS]]


def _estimate(in_row: list[NumberBox], in_column: list[NumberBox]) -> NumberBox:
    return NumberBox(
        float(np.mean([box.center_x for box in in_column])),
        float(np.mean([box.center_y for box in in_row])),
        float(np.median([box.width for box in in_column + in_row])),
        float(np.median([box.height for box in in_column + in_row])),
    )
