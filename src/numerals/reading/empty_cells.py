"""Where the numbers of a table's empty cells would be on the page."""

from collections.abc import Mapping, Sequence

from numerals.page.expected_cells import RowColumn, expect_number_boxes
from numerals.page.rows_and_columns import NumberBox
from numerals.records import Box


def find_empty_cell_boxes(
    boxes: Mapping[RowColumn, Sequence[float]], shape: RowColumn, turn: float = 0.0
) -> dict[RowColumn, Box]:
    """Return the expected boxes of the empty cells of a table.

    Cells whose row or column has no numbers are left out.

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
    >>> find_empty_cell_boxes(boxes, (2, 2))
    {(1, 0): (0, 50, 20, 60)}
    """
    quarter_turns = -round(turn / 90)  # make it upright
    filled = {
        place: NumberBox.from_bounds(_rotate(box, quarter_turns)) for place, box in boxes.items()
    }
    n_rows, n_columns = shape
    places = [(row, column) for row in range(n_rows) for column in range(n_columns)]
    empty = [place for place in places if place not in filled]
    expected = expect_number_boxes(filled, empty)
    return {place: _to_box(box, -quarter_turns) for place, box in expected.items()}


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
