"""The store of readings: add them, find their lines and crops, remove old pixels."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from numerals.errors import NotStoredError
from numerals.images import Picture
from numerals.records import Page
from numerals.store.changes import WAITING
from numerals.store.database import read_transaction, write_transaction
from numerals.store.keyed_requests import (
    KeyedRequest,
    delete_expired_responses,
    load_response,
    save_response,
)
from numerals.store.page_entries import PageEntry, make_page_entry
from numerals.store.row_checks import check_id
from numerals.store.schema import LINES, PAGES, READINGS
from numerals.store.timestamps import days_ago, now


@dataclass(frozen=True)
class StoredIds:
    """The ids of a stored reading.

    Attributes
    ----------
    id : int
        Of the reading.
    line_ids : tuple of tuple of int
        Of its lines, one tuple per page.
    """

    id: int
    line_ids: tuple[tuple[int, ...], ...]


class Store:
    """A database of readings, which `open_store` opens. Threads may share it.

    Each method is one transaction, which is on the disk when the method returns.
    `numerals.corrections.review_queue.ReviewQueue` reviews the lines.

    Parameters
    ----------
    engine : Engine
        Of a database with the tables of `numerals.store.schema`.
    keep : {"nothing", "crops", "pictures"}, default="crops"
        Pixels to store with a reading.
    keep_days : int, optional
        Days after which `prune` removes pixels.
    """

    def __init__(self, engine: Engine, keep: str = "crops", keep_days: int | None = None) -> None:
        self.engine, self.keep, self.keep_days = engine, keep, keep_days

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def check(self) -> None:
        """Raise StoreError unless the database executes a query."""
        with read_transaction(self.engine) as connection:
            connection.execute(select(1))

    def add(self, pages: Sequence[PageEntry], source: str, model: str) -> StoredIds:
        """Store the reading of one file.

        Parameters
        ----------
        pages : sequence of PageEntry
        source : str
            Name of the file.
        model : str
            Name of the model that read it.

        Returns
        -------
        StoredIds
        """
        with write_transaction(self.engine) as connection:
            return _insert(connection, pages, source, model)

    def add_once(
        self,
        pages: Sequence[PageEntry],
        source: str,
        model: str,
        request: KeyedRequest | None,
        to_response: Callable[[StoredIds], str],
    ) -> str:
        """Store a reading unless the request has a saved response; return the response.

        Parameters
        ----------
        pages, source, model
            As in `add`.
        request : KeyedRequest, optional
        to_response : callable (StoredIds) -> str
            Returns the response to the client, JSON.

        Returns
        -------
        str

        Raises
        ------
        KeyReusedError
            If the key belongs to a request with other content.
        """
        with write_transaction(self.engine) as connection:
            response = load_response(connection, request)
            if response is None:
                stored = _insert(connection, pages, source, model)
                response = to_response(stored)
                save_response(connection, request, stored.id, response)
            return response

    def load_response(self, request: KeyedRequest) -> str | None:
        """Return the saved response of a request, JSON; None if there is none."""
        with read_transaction(self.engine) as connection:
            return load_response(connection, request)

    def crop(self, line_id: int) -> bytes:
        """Return the crop of a line, PNG.

        Raises
        ------
        NotStoredError
            If the line does not exist, or its crop is not stored.
        """
        check_id("line", line_id)
        with read_transaction(self.engine) as connection:
            crop = connection.execute(
                select(LINES.c.crop).where(LINES.c.id == line_id)
            ).scalar_one_or_none()
        if crop is None:
            raise NotStoredError(
                f"there is no picture of line {line_id}: there is no such line, or its crop is not "
                "stored"
            )
        return bytes(crop)

    def find_line_id(self, reading_id: int, line: int, page: int = 1) -> int:
        """Return the id of a line.

        Parameters
        ----------
        reading_id : int
        line : int
            Number of the line on its page, from 1.
        page : int, default=1
            Number of the page, from 1.

        Returns
        -------
        int

        Raises
        ------
        NotStoredError
            If there is no such line.
        """
        for kind, number in (("reading", reading_id), ("line", line), ("page", page)):
            check_id(kind, number)
        with read_transaction(self.engine) as connection:
            line_id = connection.execute(
                select(LINES.c.id).where(
                    LINES.c.reading_id == reading_id,
                    LINES.c.page == page,
                    LINES.c.number == line,
                )
            ).scalar_one_or_none()
        if line_id is None:
            raise NotStoredError(f"reading {reading_id} has no line {line} on page {page}")
        return int(line_id)

    def prune(self, keep_days: int | None = None) -> int:
        """Remove the pixels of old readings, and the expired responses to keyed requests.

        Texts, answers and changes stay.

        Parameters
        ----------
        keep_days : int, optional
            Age in days; by default `keep_days` of the store. No pixels are removed if that is None.

        Returns
        -------
        int
            Number of crops and page pictures that were removed.
        """
        with write_transaction(self.engine) as connection:
            delete_expired_responses(connection)
        days = self.keep_days if keep_days is None else keep_days
        if days is None:
            return 0
        old_readings = select(READINGS.c.id).where(READINGS.c.read_at < days_ago(days))
        with write_transaction(self.engine) as connection:
            n_removed = [
                connection.execute(
                    update(table)
                    .where(table.c.reading_id.in_(old_readings), column.is_not(None))
                    .values({column.name: None})
                ).rowcount
                for table, column in ((LINES, LINES.c.crop), (PAGES, PAGES.c.picture))
            ]
        return sum(n_removed)


@contextmanager
def store_file(store: Store, source: str, model: str) -> Iterator[Callable[[Page, Picture], None]]:
    """Store the reading of one file at the end of the block.

    Parameters
    ----------
    store : Store
    source : str
        Name of the file.
    model : str
        Name of the model; if empty, the script of the first page names it.

    Yields
    ------
    callable (Page, Picture)
        Adds a page: the argument ``on_page`` of `read_file`.
    """
    pages: list[PageEntry] = []

    def on_page(page: Page, picture: Picture) -> None:
        pages.append(make_page_entry(page, picture.pixels, picture.scale, keep=store.keep))

    yield on_page
    if pages:
        store.add(pages, source, model or f"{pages[0].page.script} (auto)")


def _insert(
    connection: Connection, pages: Sequence[PageEntry], source: str, model: str
) -> StoredIds:
    reading = {
        "source": _replace_invalid_characters(source),
        "read_at": now(),
        "model": model,
        "script": pages[0].page.script if pages else "",
    }
    insert_reading = READINGS.insert().values(reading).returning(READINGS.c.id)
    reading_id = int(connection.execute(insert_reading).scalar_one())
    insert_line = LINES.insert().returning(LINES.c.id)
    line_ids = []
    for entry in pages:
        connection.execute(PAGES.insert().values(_page_values(reading_id, entry)))
        lines = _line_values(reading_id, entry)
        inserted = (connection.execute(insert_line.values(line)) for line in lines)
        line_ids.append(tuple(int(result.scalar_one()) for result in inserted))
    return StoredIds(reading_id, tuple(line_ids))


def _replace_invalid_characters(name: str) -> str:
    """Return the name of a file without lone surrogates and NUL, which databases reject."""
    return name.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _page_values(reading_id: int, page_entry: PageEntry) -> dict[str, Any]:
    page = page_entry.page
    return {
        "reading_id": reading_id,
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "picture": page_entry.picture,
    }


def _line_values(reading_id: int, page_entry: PageEntry) -> Iterator[dict[str, Any]]:
    page = page_entry.page
    for number, entry in enumerate(page_entry.lines, start=1):
        line = entry.line
        yield {
            "reading_id": reading_id,
            "page": page.number,
            "number": number,
            "script": page.script,
            "text": line.text,
            "confidence": line.confidence,
            "box": json.dumps(line.box),
            "digits": json.dumps([digit.to_dict() for digit in line.digits], ensure_ascii=False),
            "alternatives": json.dumps(line.to_dict()["alternatives"], ensure_ascii=False),
            "crop": entry.crop,
            "crop_frame": json.dumps(entry.frame) if entry.frame else None,
            "state": WAITING,
            "answer": line.text,
        }
