"""Answers for table cells in which no number was read.

Such a cell has no line that could be corrected. Its first answer adds one, without a crop and with
an empty text as read, so that the cell is exported, reviewed and undone as all others.
"""

import json
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, func, select

from numerals.corrections.answer_text import check_answer
from numerals.corrections.review_items import ReviewItem, load_item
from numerals.corrections.review_queue import UNKNOWN_VERSION, answer_line
from numerals.errors import AnswerError, NotStoredError
from numerals.records import Box
from numerals.store import Store
from numerals.store.changes import WAITING
from numerals.store.database import write_transaction
from numerals.store.row_checks import check_id
from numerals.store.schema import LINES, PAGES


@dataclass(frozen=True)
class CellPlace:
    """A cell of a table.

    Attributes
    ----------
    reading_id : int
    page, table, row, column : int
        The page in its file, the table on the page, and the cell in it, from 1.
    """

    reading_id: int
    page: int
    table: int
    row: int
    column: int


def answer_cell(store: Store, place: CellPlace, text: str, by: str, *, box: Box) -> ReviewItem:
    """Set the text of a table cell, whether or not a number was read in it.

    Parameters
    ----------
    store : Store
    place : CellPlace
    text : str
        A number; an empty text says that a number that was read is none.
    by : str
        Name of the reviewer; may be empty.
    box : tuple of int
        Where the number is, pixels of the page, if none was read.

    Returns
    -------
    ReviewItem
        The line of the cell; its first one, if it has several.

    Raises
    ------
    AnswerError
        If the text is not a number, or it is empty and the cell is, too.
    NotStoredError
        If the page does not exist.
    EditConflictError
        If another reviewer answered the cell.
    """
    check_id("reading", place.reading_id)
    with write_transaction(store.engine) as connection:
        _lock_page(connection, place)
        line_id = _find_line(connection, place)
        if line_id is None:
            if not text.strip():
                raise AnswerError("this cell is empty already; send the number that is in it")
            line_id = _add_line(connection, place, box)
        check = partial(check_answer, text)
        answer_line(connection, line_id, check, by, UNKNOWN_VERSION)
        return load_item(connection, line_id)


def _lock_page(connection: Connection, place: CellPlace) -> None:
    """Lock a page, so that two reviewers do not add a line for the same cell."""
    is_page = (PAGES.c.reading_id == place.reading_id) & (PAGES.c.number == place.page)
    found = connection.execute(select(PAGES.c.number).where(is_page).with_for_update()).first()
    if found is None:
        raise NotStoredError(f"reading {place.reading_id} has no page {place.page}")


def _find_line(connection: Connection, place: CellPlace) -> int | None:
    found = connection.execute(
        select(LINES.c.id)
        .where(
            LINES.c.reading_id == place.reading_id,
            LINES.c.page == place.page,
            LINES.c.table_number == place.table,
            LINES.c.row_number == place.row,
            LINES.c.column_number == place.column,
        )
        .order_by(LINES.c.number)
    ).first()
    return None if found is None else int(found.id)


def _add_line(connection: Connection, place: CellPlace, box: Box) -> int:
    is_on_page = (LINES.c.reading_id == place.reading_id) & (LINES.c.page == place.page)
    last = connection.execute(
        select(func.max(LINES.c.number), func.min(LINES.c.script)).where(is_on_page)
    ).one()
    values = {
        "reading_id": place.reading_id,
        "page": place.page,
        "number": (last[0] or 0) + 1,
        "script": last[1] or "",
        "text": "",
        "confidence": 0.0,
        "box": json.dumps(box),
        "digits": "[]",
        "alternatives": "[]",
        "state": WAITING,
        "answer": "",
        "table_number": place.table,
        "row_number": place.row,
        "column_number": place.column,
    }
    insert = LINES.insert().values(values).returning(LINES.c.id)
    return int(connection.execute(insert).scalar_one())
