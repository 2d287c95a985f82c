"""Confirmed and corrected lines of a store, with their crops and answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from numerals.corrections.undo_stack import resolve_changes
from numerals.records import Box
from numerals.store import Change, Store
from numerals.store.changes import CONFIRMED, CORRECTED, changes_by_line
from numerals.store.column_types import json_value
from numerals.store.database import read_transaction
from numerals.store.row_checks import damaged_line
from numerals.store.schema import LINES, READINGS

_BATCH_SIZE = 200  # lines with crops in memory at a time


@dataclass(frozen=True)
class AnsweredLine:
    """A confirmed or corrected line.

    Attributes
    ----------
    id, reading_id : int
    source : str
        Name of the file.
    page, number : int
        Number of the page in the file, and of the line on the page, from 1.
    read, answer : str
        Text as read, and text as answered.
    by, at : str
        Who answered, and when (ISO 8601, UTC).
    crop : bytes
        PNG of the line.
    boxes : tuple of Box
        Box of each character as read, spaces excluded, in pixels of the crop; empty if the crop was
        rotated.
    """

    id: int
    reading_id: int
    source: str
    page: int
    number: int
    read: str
    answer: str
    by: str
    at: str
    crop: bytes
    boxes: tuple[Box, ...]


def load_answered_line(store: Store, script: str, line_id: int) -> AnsweredLine | None:
    """Return a line as `iter_answered_lines` yields it; None if there is none.

    Raises
    ------
    StoreError
        If its row is damaged.
    """
    with read_transaction(store.engine) as connection:
        row = connection.execute(_select(script).where(LINES.c.id == line_id)).one_or_none()
        changes = changes_by_line(connection, [line_id])
    return None if row is None else _to_answered_line(row, changes[line_id])


def iter_answered_lines(store: Store, script: str) -> Iterator[AnsweredLine]:
    """Yield the confirmed and corrected lines of a script that have a crop, by id.

    Raises
    ------
    StoreError
        If a row is damaged.
    """
    last_id = 0
    while True:
        with read_transaction(store.engine) as connection:
            rows = connection.execute(
                _select(script).where(LINES.c.id > last_id).order_by(LINES.c.id).limit(_BATCH_SIZE)
            ).all()
            changes = changes_by_line(connection, [row.id for row in rows])
        if not rows:
            return
        for row in rows:
            yield _to_answered_line(row, changes[row.id])
        last_id = rows[-1].id


@dataclass(frozen=True)
class LinePosition:
    """Where a line is: the id of its reading, its page, and its number on the page, from 1."""

    reading_id: int
    page: int
    number: int


def list_distinct_lines(store: Store, script: str) -> list[LinePosition]:
    """Return the positions of the lines that `iter_answered_lines` yields, identical crops once.

    The first line of identical crops stands for all of them.
    """
    first = (
        select(func.min(LINES.c.id).label("id"))
        .where(_is_answered(script))
        .group_by(LINES.c.crop)
        .subquery()
    )
    columns = (LINES.c.reading_id, LINES.c.page, LINES.c.number)
    with read_transaction(store.engine) as connection:
        rows = connection.execute(select(*columns).join(first, first.c.id == LINES.c.id)).all()
    return [LinePosition(*row) for row in rows]


def _select(script: str) -> Select[Any]:
    return (
        select(LINES, READINGS.c.source)
        .join(READINGS, READINGS.c.id == LINES.c.reading_id)
        .where(_is_answered(script))
    )


def _is_answered(script: str) -> ColumnElement[bool]:
    return and_(
        LINES.c.state.in_((CONFIRMED, CORRECTED)),
        LINES.c.script == script,
        LINES.c.crop.is_not(None),
    )


def _to_answered_line(row: Row[Any], changes: Sequence[Change]) -> AnsweredLine:
    answer = resolve_changes(row.text, changes).change
    return AnsweredLine(
        row.id,
        row.reading_id,
        row.source,
        row.page,
        row.number,
        row.text,
        row.answer,
        answer.by if answer else "",
        answer.at if answer else "",
        bytes(row.crop),
        _boxes_in_crop(row),
    )


def _boxes_in_crop(row: Row[Any]) -> tuple[Box, ...]:
    """Return the boxes of the characters in pixels of the crop."""
    if not row.crop_frame:
        return ()
    try:
        left, top, scale = json_value(row.crop_frame)
        return tuple(
            tuple(
                round((value - origin) / scale)
                for value, origin in zip(digit["box"], (left, top, left, top), strict=True)
            )
            for digit in json_value(row.digits)
        )
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise damaged_line(row, "its digits") from error
