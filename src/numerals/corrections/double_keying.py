"""Double keying: two reviewers answer each line without seeing the reading or the other's answer.

Equal answers settle the line. Different ones are a difference, which any reviewer decides with an
ordinary answer. The first answers stay in the store beside the log of changes.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, select

from numerals.corrections.answer_text import check_answer
from numerals.corrections.review_items import ReviewItem, load_item, select_items, to_items
from numerals.corrections.review_queue import append_change, lock_line, undo_change
from numerals.corrections.review_selection import ReviewSelection
from numerals.errors import AnswerError
from numerals.store import Store
from numerals.store.changes import STATE_AFTER, WAITING
from numerals.store.database import read_transaction, write_transaction
from numerals.store.schema import KEYED_ANSWERS, LINES
from numerals.store.timestamps import now

N_REVIEWERS = 2


@dataclass(frozen=True)
class Keying:
    """The progress of double keying, for one reviewer.

    Attributes
    ----------
    n_waiting : int
        Lines that this reviewer can answer.
    n_differences : int
        Lines with two different answers.
    items : list of ReviewItem
        The first of the waiting lines, without their readings.
    """

    n_waiting: int
    n_differences: int
    items: list[ReviewItem]


@dataclass(frozen=True)
class Difference:
    """A line with two different answers: the line, and (reviewer, text) of each answer."""

    item: ReviewItem
    answers: tuple[tuple[str, str], ...]


class DoubleKeying:
    """Double keying of the lines of a store. Each method is one transaction.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._engine = store.engine

    def list_waiting(self, by: str, limit: int, selection: ReviewSelection) -> Keying:
        """Return the lines that `by` has not answered, and that fewer than two others have.

        Raises
        ------
        AnswerError
            If `by` is empty.
        """
        name = _check_name(by)
        keyed = KEYED_ANSWERS.c
        mine = exists().where(keyed.line_id == LINES.c.id, keyed.name == name)
        conditions = [*selection.conditions(), ~mine, _n_answers() < N_REVIEWERS]
        with read_transaction(self._engine) as connection:
            count = select(func.count()).select_from(LINES).where(*conditions)
            n_waiting = int(connection.execute(count).scalar_one())
            rows = connection.execute(
                select_items().where(*conditions).order_by(*selection.sort_keys()).limit(limit)
            ).all()
            items = [_without_reading(item) for item in to_items(connection, rows)]
            return Keying(n_waiting, _count_differences(connection, selection), items)

    def list_differences(self, limit: int, selection: ReviewSelection) -> list[Difference]:
        """Return the lines on which two reviewers differ."""
        with read_transaction(self._engine) as connection:
            rows = connection.execute(
                select_items().where(*_differs(selection)).order_by(LINES.c.id).limit(limit)
            ).all()
            items = to_items(connection, rows)
            return [
                Difference(item, tuple((r.by, r.text) for r in _load(connection, item.id)))
                for item in items
            ]

    def answer(self, line_id: int, text: str, by: str) -> None:
        """Store the answer of one reviewer; the second of two equal answers settles the line.

        Another answer of the same reviewer replaces the first one. A line that is settled already
        stays as it is.

        Raises
        ------
        AnswerError
            If the text is neither a number nor empty, or `by` is empty.
        NotStoredError
            If the line does not exist.
        """
        name = _check_name(by)
        with write_transaction(self._engine) as connection:
            line = lock_line(connection, line_id)
            answer = check_answer(text, line.script)
            others = [row for row in _load(connection, line_id) if row.name != name]
            if line.state != WAITING or len(others) >= N_REVIEWERS:
                return
            _delete(connection, line_id, name)
            row = {"line_id": line_id, "name": name, "by": by.strip(), "text": answer, "at": now()}
            connection.execute(KEYED_ANSWERS.insert().values(row))
            if others and others[0].text == answer:
                kind = "confirm" if answer == line.text else "correct"
                who = _both(others[0].by, by.strip())
                append_change(connection, line, kind, who, STATE_AFTER[kind], answer)

    def undo(self, line_id: int, by: str) -> None:
        """Withdraw the answer of a reviewer, and what it settled.

        Raises
        ------
        NotStoredError
            If the line does not exist.
        """
        name = _check_name(by)
        with write_transaction(self._engine) as connection:
            lock_line(connection, line_id)
            keyed = _load(connection, line_id)
            if not any(row.name == name for row in keyed):
                return
            item = load_item(connection, line_id)
            if item.state != WAITING and item.by in (
                _both(*(row.by for row in pair)) for pair in (keyed, keyed[::-1])
            ):
                undo_change(connection, line_id, by.strip(), item.change)
            _delete(connection, line_id, name)


def _check_name(by: str) -> str:
    name = " ".join(by.split()).casefold()
    if not name:
        raise AnswerError("double keying needs the name of the reviewer under by, got none")
    return name


def _both(*names: str) -> str:
    return " and ".join(names)


def _load(connection: Connection, line_id: int) -> list[Row[Any]]:
    columns = KEYED_ANSWERS.c
    return list(
        connection.execute(
            select(columns.name, columns.by, columns.text)
            .where(columns.line_id == line_id)
            .order_by(columns.id)
        ).all()
    )


def _delete(connection: Connection, line_id: int, name: str) -> None:
    is_mine = and_(KEYED_ANSWERS.c.line_id == line_id, KEYED_ANSWERS.c.name == name)
    connection.execute(KEYED_ANSWERS.delete().where(is_mine))


def _n_answers() -> ColumnElement[int]:
    keyed = KEYED_ANSWERS.c
    return select(func.count(keyed.id)).where(keyed.line_id == LINES.c.id).scalar_subquery()


def _differs(selection: ReviewSelection) -> list[ColumnElement[bool]]:
    # Equal answers settle a line, so that two answers to a waiting line differ.
    return [*selection.conditions(), _n_answers() >= N_REVIEWERS]


def _count_differences(connection: Connection, selection: ReviewSelection) -> int:
    query = select(func.count()).select_from(LINES).where(*_differs(selection))
    return int(connection.execute(query).scalar_one())


def _without_reading(item: ReviewItem) -> ReviewItem:
    return replace(item, text="", read="", confidence=0.0, alternatives=(), by="")
