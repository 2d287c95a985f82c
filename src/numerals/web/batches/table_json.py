"""Tables of a batch as JSON values, with the place of each cell on the page."""

from typing import Any

from sqlalchemy import Row

from numerals.reading.empty_cells import find_empty_cell_boxes
from numerals.records import Box
from numerals.store.column_types import json_value
from numerals.store.table_listing import StoredTable
from numerals.web.batches.batch_json import line_to_dict

MAX_CELLS = 20_000
"""Maximum number of cells of a table that has its empty cells listed."""


def listed_table_to_dict(table: Row[Any]) -> dict[str, Any]:
    """Return a table of `numerals.store.table_listing.list_tables` as a JSON value."""
    return {
        "item": str(table.item_id),
        "name": table.name,
        "page": table.page,
        "table": table.table_number,
        "rows": table.n_rows,
        "columns": table.n_columns,
        "to_review": table.n_to_review,
    }


def table_to_dict(table: StoredTable) -> dict[str, Any]:
    """Return a table with its numbers, and the expected boxes of its empty cells.

    These include one row and one column after the last ones.
    """
    n_rows, n_columns = table.shape
    numbers = [
        {
            **line_to_dict(line, table.item.attempt),
            "alternatives": json_value(line.alternatives),
        }
        for line in table.lines
    ]
    empty = [
        {"row": row + 1, "column": column + 1, "box": list(box)}
        for (row, column), box in sorted(empty_cell_boxes(table).items())
    ]
    return {
        "item": str(table.item.id),
        "name": table.item.name,
        "page": table.page.number,
        "table": table.number,
        "rows": n_rows,
        "columns": n_columns,
        "width": table.page.width,
        "height": table.page.height,
        "turn": table.page.turn,
        "has_picture": table.item.has_file,
        "numbers": numbers,
        "empty": empty,
    }


def empty_cell_boxes(table: StoredTable) -> dict[tuple[int, int], Box]:
    """Return where the numbers of empty cells would be, by row and column from 0.

    Cells whose number has no place are included: it was filled in where none was expected. Those of
    tables with more than `MAX_CELLS` cells are not computed.
    """
    n_rows, n_columns = table.shape
    if n_rows * n_columns > MAX_CELLS:
        return {}
    boxes: dict[tuple[int, int], list[float]] = {}
    for line in table.lines:
        x_min, y_min, x_max, y_max = box = json_value(line.box)
        if x_min < x_max and y_min < y_max:
            boxes.setdefault((line.row_number - 1, line.column_number - 1), box)
    return find_empty_cell_boxes(boxes, table.shape, table.page.turn)
