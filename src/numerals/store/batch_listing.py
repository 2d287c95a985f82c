"""List the items of a batch with their numbers: filters, search, sorting, pages of the list."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, or_, select, true

from numerals.store.batch_counts import ITEM_FAILED, ITEM_READING, ITEM_WAITING
from numerals.store.batch_items import Item, load_item, select_items, to_item
from numerals.store.batches import load_batch
from numerals.store.changes import CORRECTED, WAITING
from numerals.store.database import read_transaction
from numerals.store.schema import ANSWER_CHANGES, ITEMS, LINES, PAGES, READINGS
from numerals.store.store import Store

Filter = Literal["all", "uncertain", "failed", "corrected", "waiting"]
SORT_PATTERN = r"^-?(name|confidence|added|field:.{1,200})$"
"""What `ListQuery.sort` may be."""

MAX_ROWS = 200
"""Maximum number of lines of one item in a list."""
_AT_ONCE = 200  # items whose lines are loaded together

LINE_COLUMNS = tuple(column for column in LINES.c if column.name not in ("crop", "digits"))
"""Columns of lines in lists; single items have ``digits`` as well."""


@dataclass(frozen=True)
class ListQuery:
    """Which items of a batch, and in which order.

    Attributes
    ----------
    offset, limit : int
    filter : {"all", "uncertain", "failed", "corrected", "waiting"}
        Items with numbers to review, that failed, with corrected numbers, or that are not read yet.
    search : str
        Part of the name, or of a number.
    sort : str
        ``name``, ``confidence`` (of the least certain number that nobody answered), ``added``, or
        ``field:`` and the name of a field. A minus before it reverses the order.
    value_of : callable, optional
        Function from the answer in that field to its value, None for an answer without one. Answers
        are in the order of their values, and those without a value follow. By default, shorter
        answers are before longer ones, which sorts whole numbers.
    """

    offset: int = 0
    limit: int = 200
    filter: Filter = "all"
    search: str = ""
    sort: str = "name"
    value_of: Callable[[str], Decimal | None] | None = None

    @property
    def sort_field(self) -> str:
        """The field whose answers order the items; empty if none does."""
        return self.sort.removeprefix("-").partition("field:")[2]


@dataclass(frozen=True)
class ItemEntry:
    """An item with what was read.

    Attributes
    ----------
    item : Item
    pages : sequence of Row
        Of the table of pages, without pictures.
    lines : sequence of Row
        Of the table of lines, `LINE_COLUMNS` and ``has_crop``, in reading order.
    n_lines : int
        Number of lines; `lines` may have fewer.
    model : str
        Name of the model that read them.
    """

    item: Item
    pages: Sequence[Row[Any]]
    lines: Sequence[Row[Any]]
    n_lines: int
    model: str


def list_items(store: Store, batch_id: int, query: ListQuery) -> tuple[int, list[ItemEntry]]:
    """Return the number of selected items of a batch, and one page of them.

    Raises
    ------
    NotStoredError
        If the batch does not exist.
    """
    with read_transaction(store.engine) as connection:
        load_batch(connection, batch_id)
        condition = (ITEMS.c.batch_id == batch_id) & _condition(query)
        total = connection.execute(
            select(func.count()).select_from(ITEMS).where(condition)
        ).scalar_one()
        if query.sort_field:
            sorted_ids = _sort_by_field(connection, condition, query)
            ids: Sequence[int] = sorted_ids[query.offset : query.offset + query.limit]
        else:
            found = select(ITEMS.c.id).where(condition).order_by(*_order(query.sort))
            selected = found.offset(query.offset).limit(query.limit)
            ids = connection.execute(selected).scalars().all()
        return int(total), _load_entries(connection, ids, MAX_ROWS)


def get_entry(store: Store, batch_id: int, item_id: int) -> tuple[ItemEntry, int]:
    """Return an item with all its lines, and its position in the order of names, from 0.

    Raises
    ------
    NotStoredError
        If the batch has no such item.
    """
    with read_transaction(store.engine) as connection:
        load_item(connection, batch_id, item_id)
        columns = (*LINE_COLUMNS, LINES.c.digits)
        [entry] = _load_entries(connection, [item_id], None, columns)
        sort_name = select(ITEMS.c.sort_name).where(ITEMS.c.id == item_id).scalar_subquery()
        is_before = (ITEMS.c.sort_name < sort_name) | (
            (ITEMS.c.sort_name == sort_name) & (ITEMS.c.id < item_id)
        )
        position = connection.execute(
            select(func.count()).select_from(ITEMS).where(ITEMS.c.batch_id == batch_id, is_before)
        ).scalar_one()
        return entry, int(position)


def iterate_entries(store: Store, batch_id: int) -> Iterator[ItemEntry]:
    """Yield all items of a batch with all their lines, in the order of names."""
    offset = 0
    while True:
        with read_transaction(store.engine) as connection:
            load_batch(connection, batch_id)
            ids = select(ITEMS.c.id).where(ITEMS.c.batch_id == batch_id).order_by(*_order("name"))
            found = connection.execute(ids.offset(offset).limit(_AT_ONCE)).scalars().all()
            entries = _load_entries(connection, found, None)
        yield from entries
        if len(found) < _AT_ONCE:
            return
        offset += _AT_ONCE


def list_answer_changes(
    store: Store, batch_id: int, offset: int, limit: int
) -> tuple[int, list[Row[Any]]]:
    """Return the number of answers that changed when a batch was read again, and some of them.

    Returns
    -------
    total : int
    changes : list of Row
        Of the table of changed answers, with the ``name`` of the item.
    """
    with read_transaction(store.engine) as connection:
        load_batch(connection, batch_id)
        joined = ANSWER_CHANGES.join(ITEMS, ITEMS.c.id == ANSWER_CHANGES.c.item_id)
        in_batch = ITEMS.c.batch_id == batch_id
        total = connection.execute(
            select(func.count()).select_from(joined).where(in_batch)
        ).scalar_one()
        rows = connection.execute(
            select(ANSWER_CHANGES, ITEMS.c.name)
            .select_from(joined)
            .where(in_batch)
            .order_by(
                ITEMS.c.sort_name,
                ITEMS.c.id,
                ANSWER_CHANGES.c.page,
                ANSWER_CHANGES.c.number,
                ANSWER_CHANGES.c.id,
            )
            .offset(offset)
            .limit(limit)
        ).all()
        return int(total), list(rows)


def _condition(query: ListQuery) -> ColumnElement[bool]:
    lines = select(LINES.c.id).where(LINES.c.reading_id == ITEMS.c.reading_id)
    is_uncertain = (LINES.c.state == WAITING) & (LINES.c.uncertain != 0)
    condition: ColumnElement[bool] = {
        "all": true(),
        "uncertain": lines.where(is_uncertain).exists(),
        "failed": ITEMS.c.state == ITEM_FAILED,
        "corrected": lines.where(LINES.c.state == CORRECTED).exists(),
        "waiting": ITEMS.c.state.in_((ITEM_WAITING, ITEM_READING)),
    }[query.filter]
    if query.search:
        name = query.search.casefold()
        condition &= or_(
            func.lower(ITEMS.c.name).contains(name, autoescape=True),
            lines.where(LINES.c.answer.contains(query.search, autoescape=True)).exists(),
        )
    return condition


def _order(sort: str) -> list[ColumnElement[Any]]:
    key: ColumnElement[Any]
    is_descending = sort.startswith("-")
    if sort.endswith("name"):
        key = ITEMS.c.sort_name.expression
    elif sort.endswith("added"):
        key = ITEMS.c.id.expression
    else:
        # With the state in WHERE, SQLite would search its index of all waiting lines.
        confidence = case((LINES.c.state == WAITING, LINES.c.confidence))
        least = select(func.min(confidence)).where(LINES.c.reading_id == ITEMS.c.reading_id)
        key = func.coalesce(least.scalar_subquery(), 2.0)  # files without such a number come last
    return [key.desc(), ITEMS.c.id.desc()] if is_descending else [key, ITEMS.c.id.expression]


def _sort_by_field(
    connection: Connection, condition: ColumnElement[bool], query: ListQuery
) -> list[int]:
    """Return the ids of items, ordered by the answer in a field on the first page that has it.

    Items without an answer come last in both directions. Databases cannot compare "1.250,50" and
    "-3" as numbers, so that all answers of the field are loaded.
    """
    answers = select(LINES.c.answer).where(
        LINES.c.reading_id == ITEMS.c.reading_id, LINES.c.field == query.sort_field
    )
    first = answers.order_by(LINES.c.page).limit(1).scalar_subquery()
    answer = func.coalesce(first, "").label("answer")
    rows = connection.execute(select(ITEMS.c.id, answer).where(condition)).all()

    def key(row: tuple[int, str]) -> tuple[bool, Decimal, int, str, int]:
        item_id, text = row
        value = query.value_of(text) if query.value_of else None
        return (value is None, value or Decimal(0), len(text), text, item_id)

    answered = sorted(((item_id, text) for item_id, text in rows if text), key=key)
    if query.sort.startswith("-"):
        answered.reverse()
    unanswered = [item_id for item_id, text in rows if not text]
    return [item_id for item_id, _ in answered] + unanswered


def _load_entries(
    connection: Connection,
    item_ids: Sequence[int],
    max_rows: int | None,
    columns: Sequence[ColumnElement[Any]] = LINE_COLUMNS,
) -> list[ItemEntry]:
    items = _load_items(connection, item_ids)
    readings = [item.reading_id for item in items if item.reading_id is not None]
    pages, lines = defaultdict(list), defaultdict(list)
    for row in connection.execute(
        select(*(column for column in PAGES.c if column.name != "picture"))
        .where(PAGES.c.reading_id.in_(readings))
        .order_by(PAGES.c.reading_id, PAGES.c.number)
    ):
        pages[row.reading_id].append(row)
    for row in connection.execute(_select_lines(readings, max_rows, columns)):
        lines[row.reading_id].append(row)
    counts = _count_lines(connection, readings)
    models = connection.execute(
        select(READINGS.c.id, READINGS.c.model).where(READINGS.c.id.in_(readings))
    )
    model_of = {row.id: row.model for row in models}
    return [
        ItemEntry(
            item,
            pages[item.reading_id],
            lines[item.reading_id],
            counts.get(item.reading_id or 0, 0),
            model_of.get(item.reading_id or 0, ""),
        )
        for item in items
    ]


def _load_items(connection: Connection, item_ids: Sequence[int]) -> list[Item]:
    rows = connection.execute(select_items().where(ITEMS.c.id.in_(item_ids))).all()
    by_id = {row.id: to_item(row) for row in rows}
    return [by_id[item_id] for item_id in item_ids]


def _select_lines(
    readings: Sequence[int], max_rows: int | None, columns: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    has_crop = LINES.c.crop.is_not(None).label("has_crop")
    found = select(*columns, has_crop).where(LINES.c.reading_id.in_(readings))
    ordered = found.order_by(LINES.c.reading_id, LINES.c.page, LINES.c.number)
    if max_rows is None:
        return ordered
    place = func.row_number().over(
        partition_by=LINES.c.reading_id, order_by=(LINES.c.page, LINES.c.number)
    )
    ranked = (
        select(LINES.c.id, place.label("place")).where(LINES.c.reading_id.in_(readings)).subquery()
    )
    return ordered.join(ranked, ranked.c.id == LINES.c.id).where(ranked.c.place <= max_rows)


def _count_lines(connection: Connection, readings: Sequence[int]) -> dict[int, int]:
    rows = connection.execute(
        select(LINES.c.reading_id, func.count().label("n"))
        .where(LINES.c.reading_id.in_(readings))
        .group_by(LINES.c.reading_id)
    )
    return {row.reading_id: int(row.n) for row in rows}
