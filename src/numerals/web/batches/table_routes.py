"""Routes of the tables of a batch: list them, show one, and fill in its cells."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field, field_validator

from numerals.corrections.cell_answers import CellPlace, answer_cell
from numerals.corrections.review_queue import ReviewQueue
from numerals.errors import NotStoredError
from numerals.store.table_listing import StoredTable, get_table, list_tables
from numerals.web.batches.batch_routes import BatchId, Offset, parse_batch_id
from numerals.web.batches.item_routes import ItemId
from numerals.web.batches.table_json import empty_cell_boxes, listed_table_to_dict, table_to_dict
from numerals.web.review_routes import MAX_TEXT, VersionedChange, item_response
from numerals.web.state import batches_of
from numerals.web.text_fields import strip_printable

ROUTES = APIRouter(prefix="/v1", tags=["batches"])

_MAX_NUMBER = 1_000_000
PageNumber = Annotated[int, Path(ge=1, le=_MAX_NUMBER, description="number in the file, from 1")]
TableNumber = Annotated[int, Path(ge=1, le=_MAX_NUMBER, description="number on the page, from 1")]
RowNumber = Annotated[int, Path(ge=1, le=_MAX_NUMBER, description="row in the table, from 1")]
ColumnNumber = Annotated[int, Path(ge=1, le=_MAX_NUMBER, description="column in the table, from 1")]


class CellAnswer(VersionedChange):
    """The text of a cell, and who gives it."""

    text: str = Field(max_length=MAX_TEXT, description="digits and signs", examples=["14.7"])

    _strip_text = field_validator("text")(strip_printable)


@ROUTES.get("/batches/{id}/tables", summary="List the tables of a batch")
def get_tables(
    request: Request,
    id: BatchId,
    offset: Offset = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> dict[str, Any]:
    """Return where tables are, their size, and their number of uncertain numbers."""
    service = batches_of(request)
    total, tables = list_tables(service.store, parse_batch_id(id), offset, limit)
    return {
        "total": total,
        "offset": offset,
        "tables": [listed_table_to_dict(table) for table in tables],
    }


@ROUTES.get(
    "/batches/{id}/items/{item}/tables/{page}/{table}", summary="Get a table of a file of a batch"
)
def get_one_table(
    request: Request, id: BatchId, item: ItemId, page: PageNumber, table: TableNumber
) -> dict[str, Any]:
    """Return the numbers of a table, and the expected boxes of its empty cells."""
    return table_to_dict(_load(request, id, item, page, table))


@ROUTES.put(
    "/batches/{id}/items/{item}/tables/{page}/{table}/cells/{row}/{column}",
    summary="Fill in a cell of a table",
    response_model=None,
)
def put_cell(
    request: Request,
    id: BatchId,
    item: ItemId,
    page: PageNumber,
    table: TableNumber,
    row: RowNumber,
    column: ColumnNumber,
    given: CellAnswer,
) -> JSONResponse:
    """Set the text of a cell, also if no number was read in it.

    The cell may be in the row or column after the last one, if that was not found. 404 for a cell
    that is further outside of the table. 409 if another reviewer answered it, with the item as it
    is now under ``current``.
    """
    found = _load(request, id, item, page, table)
    place = _place_of(found, row, column)
    box = empty_cell_boxes(found).get((row - 1, column - 1), (0, 0, 0, 0))
    store = batches_of(request).store
    answer = partial(answer_cell, box=box, version=given.seen_version)
    return item_response(ReviewQueue(store), lambda: answer(store, place, given.text, given.by))


def _load(request: Request, id: str, item: str, page: int, table: int) -> StoredTable:
    store = batches_of(request).store
    return get_table(store, parse_batch_id(id), parse_batch_id(item), page, table)


def _place_of(table: StoredTable, row: int, column: int) -> CellPlace:
    n_rows, n_columns = table.shape
    if row > n_rows + 1 or column > n_columns + 1:
        raise NotStoredError(
            f"the table has {n_rows} rows and {n_columns} columns; "
            f"it has no cell in row {row}, column {column}"
        )
    assert table.item.reading_id is not None  # it has lines
    return CellPlace(table.item.reading_id, table.page.number, table.number, row, column)
