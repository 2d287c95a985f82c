"""The store: each method is one transaction, on the disk when it returns."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from numerals.errors import NotStoredError
from numerals.images import Picture
from numerals.records import Box, Page
from numerals.store import review
from numerals.store.changes import CONFIRMED, CORRECTED, WAITING, Change, changes_of, to_change
from numerals.store.clock import days_ago, now
from numerals.store.column_types import json_value
from numerals.store.database import reading, writing
from numerals.store.keep import KeptPage, digit_dicts, keep_page
from numerals.store.requests import KeyedRequest, forget_old_answers, keep_answer, kept_answer
from numerals.store.schema import CHANGES, LINES, PAGES, READINGS

_AT_A_TIME = 200  # lines with their crops that are held in memory


@dataclass(frozen=True)
class Stored:
    """Where a reading went: its number, and those of its lines, page by page."""

    id: int
    line_ids: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class AnsweredLine:
    """A line that somebody confirmed or corrected, with its crop.

    Attributes
    ----------
    id, reading_id : int
    source : str
        The file that was read.
    page, number : int
        Where the line stands, each from 1.
    text, answer : str
        What was read, and what stands there.
    crop : bytes
        PNG.
    boxes : tuple of Box
        Where each character that was read stands, in pixels of the crop; none where the writing
        was turned.
    """

    id: int
    reading_id: int
    source: str
    page: int
    number: int
    text: str
    answer: str
    crop: bytes
    boxes: tuple[Box, ...]


class Store:
    """What was read and what people corrected; `open_store` makes one. Threads may share it.

    Parameters
    ----------
    engine : Engine
        A database with our tables.
    keep : {"nothing", "crops", "pictures"}
    keep_days : int, optional
    """

    def __init__(self, engine: Engine, keep: str = "crops", keep_days: int | None = None) -> None:
        self.engine, self.keep, self.keep_days = engine, keep, keep_days

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def check(self) -> None:
        """Raise StoreError unless the database answers."""
        with reading(self.engine) as connection:
            connection.execute(select(1))

    def add(self, pages: Sequence[KeptPage], source: str, model: str) -> Stored:
        """Store what was read of one file.

        Parameters
        ----------
        pages : sequence of KeptPage
        source : str
            The file's name.
        model : str
            What read it.
        """
        with writing(self.engine) as connection:
            return _insert(connection, pages, source, model)

    def add_once(
        self,
        pages: Sequence[KeptPage],
        source: str,
        model: str,
        request: KeyedRequest | None,
        to_answer: Callable[[Stored], str],
    ) -> str:
        """Store what was read, unless the request was answered before; return the answer.

        Parameters
        ----------
        pages, source, model
            As in `add`.
        request : KeyedRequest, optional
        to_answer : callable (Stored) -> str
            What the client is told, JSON.
        """
        with writing(self.engine) as connection:
            answer = kept_answer(connection, request)
            if answer is None:
                stored = _insert(connection, pages, source, model)
                answer = to_answer(stored)
                keep_answer(connection, request, stored.id, answer)
            return answer

    def answer_to(self, request: KeyedRequest) -> str | None:
        """Return what a request was answered before, JSON; None if it was not."""
        with reading(self.engine) as connection:
            return kept_answer(connection, request)

    def waiting(
        self, limit: int = 20, *, below: float | None = None
    ) -> tuple[int, list[review.Item]]:
        """Return how many lines wait for review, and the first, the least sure first.

        Lines without a crop do not wait: nobody could see what they say.
        """
        with reading(self.engine) as connection:
            return review.waiting_items(connection, limit, below)

    def item(self, line_id: int) -> review.Item:
        """Return a line as it is now."""
        with reading(self.engine) as connection:
            return review.find_item(connection, line_id)

    def crop(self, line_id: int) -> bytes:
        """Return the picture of a line, PNG.

        Raises
        ------
        NotStoredError
            If there is no such line, or its picture is not kept.
        """
        review.check_id("line", line_id)
        with reading(self.engine) as connection:
            found = connection.execute(select(LINES.c.crop).where(LINES.c.id == line_id))
            crop = found.scalar_one_or_none()
        if crop is None:
            raise NotStoredError(f"there is no picture of line {line_id}, or it was not kept")
        return bytes(crop)

    def line_id(self, reading_id: int, line: int, page: int = 1) -> int:
        """Return the number of a line that is named by its reading, page and place, from 1."""
        for what, number in (("reading", reading_id), ("line", line), ("page", page)):
            review.check_id(what, number)
        with reading(self.engine) as connection:
            found = connection.execute(
                select(LINES.c.id).where(
                    LINES.c.reading_id == reading_id,
                    LINES.c.page == page,
                    LINES.c.number == line,
                )
            ).scalar_one_or_none()
        if found is None:
            raise NotStoredError(f"reading {reading_id} has no line {line} on page {page}")
        return int(found)

    def answer(
        self,
        line_id: int,
        text: str,
        by: str,
        *,
        seen: int | None = None,
        request: KeyedRequest | None = None,
    ) -> review.Item:
        """Confirm or correct a line: it says `text`.

        Parameters
        ----------
        line_id : int
        text, by : str
        seen : int, optional
            The version of the line that was looked at, or `UNSEEN`; without it any is replaced.
        request : KeyedRequest, optional
            The same one again changes nothing, and gets the same answer.

        Raises
        ------
        EditConflictError
            If somebody answered it since.
        """
        change = partial(review.answer_line, line_id=line_id, text=text, by=by, seen=seen)
        return self._change(line_id, change, request)

    def skip(
        self,
        line_id: int,
        by: str,
        *,
        seen: int | None = None,
        request: KeyedRequest | None = None,
    ) -> review.Item:
        """Take a line off the queue without an answer; `seen` and `request` as in `answer`."""
        change = partial(review.skip_line, line_id=line_id, by=by, seen=seen)
        return self._change(line_id, change, request)

    def undo(
        self,
        line_id: int,
        by: str,
        *,
        change: int | None = None,
        request: KeyedRequest | None = None,
    ) -> review.Item:
        """Take back the last change of a line; nothing happens if `change` is undone already."""
        undo = partial(review.undo_line, line_id=line_id, by=by, change=change)
        return self._change(line_id, undo, request)

    def _change(
        self, line_id: int, change: Callable[[Connection], None], request: KeyedRequest | None
    ) -> review.Item:
        with writing(self.engine) as connection:
            kept = kept_answer(connection, request)
            if kept is not None:
                return review.Item.from_json(kept)
            change(connection)
            item = review.find_item(connection, line_id)
            keep_answer(connection, request, item.reading_id, item.to_json())
            return item

    def history(self, line_id: int) -> list[Change]:
        """Return all that was ever done to a line, the oldest first."""
        with reading(self.engine) as connection:
            review.find_item(connection, line_id)
            return changes_of(connection, line_id)

    def corrections(
        self, limit: int = 100, *, after: int = 0, newest: bool = False
    ) -> tuple[int, list[Change]]:
        """Return how many lines stand corrected, and some of the corrections.

        Parameters
        ----------
        limit : int, default=100
        after : int, default=0
            Only corrections made after the one of this number.
        newest : bool, default=False
            The newest first; the oldest by default.
        """
        later = CHANGES.alias()
        last = (
            select(func.max(later.c.id))
            .where(
                later.c.line_id == LINES.c.id,
                later.c.kind == "correct",
                later.c.to == LINES.c.answer,
            )
            .scalar_subquery()
        )
        stands = LINES.c.state == CORRECTED
        with reading(self.engine) as connection:
            total = connection.execute(select(func.count()).select_from(LINES).where(stands))
            rows = connection.execute(
                select(CHANGES)
                .join(LINES, and_(LINES.c.id == CHANGES.c.line_id, stands))
                .where(CHANGES.c.id == last, CHANGES.c.id > after)
                .order_by(CHANGES.c.id.desc() if newest else CHANGES.c.id)
                .limit(limit)
            )
            return int(total.scalar_one()), [to_change(row) for row in rows]

    def answered(self, script: str) -> Iterator[AnsweredLine]:
        """Yield the lines of a script that were confirmed or corrected and whose crop is kept."""
        after = 0
        while True:
            with reading(self.engine) as connection:
                rows = connection.execute(
                    select(LINES, READINGS.c.source)
                    .join(READINGS, READINGS.c.id == LINES.c.reading_id)
                    .where(_is_answered(script), LINES.c.id > after)
                    .order_by(LINES.c.id)
                    .limit(_AT_A_TIME)
                ).all()
            if not rows:
                return
            for row in rows:
                try:
                    answered = _to_answered(row)
                except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
                    raise review.damaged(row, "its digits") from error
                yield answered
            after = rows[-1].id

    def count_answered(self, script: str) -> int:
        """Return how many lines `answered` yields."""
        with reading(self.engine) as connection:
            counted = select(func.count()).select_from(LINES).where(_is_answered(script))
            return int(connection.execute(counted).scalar_one())

    def prune(self, keep_days: int | None = None) -> int:
        """Remove the pixels of what was read longer ago than they are to be kept.

        Texts, answers, and who gave them when, stay. Answers to requests that carried a key are
        forgotten as well, once that is old.

        Parameters
        ----------
        keep_days : int, optional
            The store's own setting by default; nothing is removed where that is None.

        Returns
        -------
        int
            How many lines and pages lost their picture.
        """
        self._forget_requests()
        days = self.keep_days if keep_days is None else keep_days
        if days is None:
            return 0
        old = select(READINGS.c.id).where(READINGS.c.read_at < days_ago(days))
        with writing(self.engine) as connection:
            removed = [
                connection.execute(
                    update(table)
                    .where(table.c.reading_id.in_(old), column.is_not(None))
                    .values({column.name: None})
                ).rowcount
                for table, column in ((LINES, LINES.c.crop), (PAGES, PAGES.c.picture))
            ]
        return sum(removed)

    def _forget_requests(self) -> None:
        with writing(self.engine) as connection:
            forget_old_answers(connection)


@contextmanager
def keep_file(store: Store, source: str, model: str) -> Iterator[Callable[[Page, Picture], None]]:
    """Store what is read of one file within the block.

    Yields
    ------
    callable (Page, Picture)
        To be told of each page: `read_file`'s ``on_page``.
    """
    kept: list[KeptPage] = []

    def on_page(page: Page, picture: Picture) -> None:
        kept.append(keep_page(page, picture.pixels, picture.scale, keep=store.keep))

    yield on_page
    if kept:
        store.add(kept, source, model or f"{kept[0].page.script} (auto)")


def _insert(connection: Connection, pages: Sequence[KeptPage], source: str, model: str) -> Stored:
    script = next((kept.page.script for kept in pages), "")
    row = {"source": _clean(source), "read_at": now(), "model": model, "script": script}
    inserted = connection.execute(READINGS.insert().values(row).returning(READINGS.c.id))
    reading_id = int(inserted.scalar_one())
    line_ids = []
    for kept in pages:
        connection.execute(PAGES.insert().values(_page_row(reading_id, kept)))
        found = (
            connection.execute(LINES.insert().values(row).returning(LINES.c.id))
            for row in _line_rows(reading_id, kept)
        )
        line_ids.append(tuple(int(each.scalar_one()) for each in found))
    return Stored(reading_id, tuple(line_ids))


def _clean(name: str) -> str:
    """Return a file's name without what databases refuse: halves of characters, and NUL."""
    return name.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _page_row(reading_id: int, kept: KeptPage) -> dict[str, Any]:
    page = kept.page
    return {
        "reading_id": reading_id,
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "picture": kept.picture,
    }


def _line_rows(reading_id: int, kept: KeptPage) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(kept.lines, start=1):
        line = each.line
        yield {
            "reading_id": reading_id,
            "page": kept.page.number,
            "number": number,
            "script": kept.page.script,
            "text": line.text,
            "confidence": line.confidence,
            "box": json.dumps(line.box),
            "digits": json.dumps(digit_dicts(line), ensure_ascii=False),
            "alternatives": json.dumps(line.to_dict()["alternatives"], ensure_ascii=False),
            "crop": each.crop,
            "crop_frame": json.dumps(each.frame) if each.frame else None,
            "state": WAITING,
            "answer": line.text,
        }


def _is_answered(script: str) -> ColumnElement[bool]:
    return and_(
        LINES.c.state.in_((CONFIRMED, CORRECTED)),
        LINES.c.script == script,
        LINES.c.crop.is_not(None),
    )


def _to_answered(row: Any) -> AnsweredLine:
    left, top, scale = json_value(row.crop_frame or "[0, 0, 1]")
    boxes: tuple[Box, ...] = tuple(
        tuple(
            round((value - origin) / scale)
            for value, origin in zip(digit["box"], (left, top, left, top), strict=True)
        )
        for digit in (json_value(row.digits) if row.crop_frame else ())
    )
    return AnsweredLine(
        row.id,
        row.reading_id,
        row.source,
        row.page,
        row.number,
        row.text,
        row.answer,
        bytes(row.crop),
        boxes,
    )
