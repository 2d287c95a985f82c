"""The tables of a batch: where they are, and the numbers in their cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from numerals.errors import NotStoredError
from numerals.store.batch_items import Item, load_item
from numerals.store.batch_listing import LINE_COLUMNS
from numerals.store.batches import load_batch
from numerals.store.changes import WAITING
from numerals.store.database import read_transaction
from numerals.store.row_checks import check_id
from numerals.store.schema import ITEMS, LINES, PAGES
from numerals.store.store import Store

_IS_IN_TABLE = LINES.c.table_number.is_not(None) & LINES.c.row_number.is_not(None)
_SIZE = (
    func.max(LINES.c.row_number).label("n_rows"),
    func.max(LINES.c.column_number).label("n_columns"),
)


@dataclass(frozen=True)
class StoredTable:
    """A table with its numbers.

    Attributes
    ----------
    item : Item
        Its file.
    page : Row
        Of the table of pages: ``number``, ``width``, ``height`` and ``turn``.
    number : int
        On its page, from 1.
    lines : sequence of Row
        `LINE_COLUMNS` and ``has_crop``, row by row; a cell may have several.
    """

    item: Item
    page: Row[Any]
    number: int
    lines: Sequence[Row[Any]]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return (
            max(line.row_number for line in self.lines),
            max(line.column_number for line in self.lines),
        )


def list_tables(
    store: Store, batch_id: int, offset: int, limit: int
) -> tuple[int, Sequence[Row[Any]]]:
    """Return the number of tables of a batch, and some of them in the order of names and pages.

    Returns
    -------
    total : int
    tables : sequence of Row
        ``item_id``, ``name``, ``page``, ``table_number``, ``n_rows``, ``n_columns``,
        ``n_to_review``.

    Raises
    ------
    NotStoredError
        If the batch does not exist.
    """
    place = (ITEMS.c.id, LINES.c.page, LINES.c.table_number)
    is_uncertain = (LINES.c.state == WAITING) & (LINES.c.uncertain != 0)
    tables = (
        select(
            ITEMS.c.id.label("item_id"),
            ITEMS.c.name,
            LINES.c.page,
            LINES.c.table_number,
            *_SIZE,
            func.count().filter(is_uncertain).label("n_to_review"),
        )
        .join(LINES, LINES.c.reading_id == ITEMS.c.reading_id)
        .where(ITEMS.c.batch_id == batch_id, _IS_IN_TABLE)
        .group_by(*place, ITEMS.c.name, ITEMS.c.sort_name)
    )
    order = (ITEMS.c.sort_name, *place)
    with read_transaction(store.engine) as connection:
        load_batch(connection, batch_id)
        total = connection.execute(select(func.count()).select_from(tables.subquery())).scalar_one()
        rows = connection.execute(tables.order_by(*order).offset(offset).limit(limit)).all()
        return int(total), rows


def get_table(
    store: Store, batch_id: int, item_id: int, page_number: int, table_number: int
) -> StoredTable:
    """Return a table.

    Raises
    ------
    NotStoredError
        If there is no such table.
    """
    check_id("page", page_number)
    check_id("table", table_number)
    has_crop = LINES.c.crop.is_not(None).label("has_crop")
    with read_transaction(store.engine) as connection:
        item = load_item(connection, batch_id, item_id)
        cells: Select[Any] = (
            select(*LINE_COLUMNS, has_crop)
            .where(
                LINES.c.reading_id == item.reading_id,
                LINES.c.page == page_number,
                LINES.c.table_number == table_number,
                _IS_IN_TABLE,
            )
            .order_by(LINES.c.row_number, LINES.c.column_number, LINES.c.number)
        )
        lines = connection.execute(cells).all()
        if not lines:
            raise NotStoredError(f"page {page_number} has no table {table_number}")
        size: Select[Any] = select(PAGES.c.number, PAGES.c.width, PAGES.c.height, PAGES.c.turn)
        is_page = (PAGES.c.reading_id == item.reading_id) & (PAGES.c.number == page_number)
        page = connection.execute(size.where(is_page)).one()
        return StoredTable(item, page, table_number, lines)
