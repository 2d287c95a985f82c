"""Where the numbers of a table's empty cells would be on the page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from numerals.page.expected_cells import RowColumn, expect_number_boxes
from numerals.page.rows_and_columns import NumberBox
from numerals.records import Box


def find_empty_cell_boxes(
    boxes: Mapping[RowColumn, Sequence[float]], shape: RowColumn, turn: float = 0.0
) -> dict[RowColumn, Box]:
    """Return the expected boxes of the empty cells of a table, and of one more row and column.

    Cells whose row or column has no numbers are left out otherwise.

    Parameters
    ----------
    boxes : mapping of (int, int) to sequence of float
        The box of the number in each filled cell, by row and column from 0; pixels of the page.
    shape : (int, int)
        Number of rows and columns.
    turn : float, degrees
        Clockwise rotation of the writing on the page, as in `numerals.records.Page`.

    Examples
    --------
    >>> boxes = {(0, 0): (0, 0, 20, 10), (0, 1): (100, 0, 120, 10), (1, 1): (100, 50, 120, 60)}
    >>> find_empty_cell_boxes(boxes, (2, 2))[1, 0]
    (0, 50, 20, 60)
    """
    quarter_turns = -round(turn / 90)  # make it upright
    filled = {
        place: NumberBox.from_bounds(_rotate(box, quarter_turns)) for place, box in boxes.items()
    }
    n_rows, n_columns = shape
    beyond = _continue_rows(filled, n_columns) | _continue_columns(filled, n_rows)
    places = [(row, column) for row in range(n_rows + 1) for column in range(n_columns + 1)]
    empty = [place for place in places if place not in filled and place != shape]
    expected = expect_number_boxes(beyond | filled, empty)
    return {place: _to_box(box, -quarter_turns) for place, box in expected.items()}


def _continue_rows(
    filled: Mapping[RowColumn, NumberBox], n_columns: int
) -> dict[RowColumn, NumberBox]:
    """Return boxes in the column after the last one, as far from it as the one before it."""
    last = {row: box for (row, column), box in filled.items() if column == n_columns - 1}
    before = [box.center_x for (_, column), box in filled.items() if column == n_columns - 2]
    if not last or not before:
        return {}
    pitch = median(box.center_x for box in last.values()) - median(before)
    return {
        (row, n_columns): replace(box, center_x=box.center_x + pitch) for row, box in last.items()
    }


def _continue_columns(
    filled: Mapping[RowColumn, NumberBox], n_rows: int
) -> dict[RowColumn, NumberBox]:
    """Return boxes in the row below the last one."""
    turned = {
        (column, row): NumberBox(box.center_y, box.center_x, box.height, box.width)
        for (row, column), box in filled.items()
    }
    return {
        (row, column): NumberBox(box.center_y, box.center_x, box.height, box.width)
        for (column, row), box in _continue_rows(turned, n_rows).items()
    }


def _to_box(box: NumberBox, quarter_turns: int) -> Box:
    bounds = (
        box.center_x - box.width / 2,
        box.center_y - box.height / 2,
        box.center_x + box.width / 2,
        box.center_y + box.height / 2,
    )
    x_min, y_min, x_max, y_max = (round(value) for value in _rotate(bounds, quarter_turns))
    return x_min, y_min, x_max, y_max


def _rotate(bounds: Sequence[float], quarter_turns: int) -> tuple[float, float, float, float]:
    """Return the bounds of a box after clockwise turns by 90 degrees around the origin."""
    x_min, y_min, x_max, y_max = bounds
    for _ in range(quarter_turns % 4):
        x_min, y_min, x_max, y_max = -y_max, x_min, -y_min, x_max
    return x_min, y_min, x_max, y_max
