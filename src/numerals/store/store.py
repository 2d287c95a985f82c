"""The store of readings: add them, find their lines and crops, remove old pixels."""

from collections.abc import Callable, Sequence

from sqlalchemy import Engine, select, update

from numerals.errors import NotStoredError
from numerals.store.database import read_transaction, write_transaction
from numerals.store.item_readings import replace_reading
from numerals.store.keyed_requests import (
    KeyedRequest,
    delete_expired_responses,
    load_response,
    save_response,
)
from numerals.store.page_entries import PageEntry
from numerals.store.reading_rows import StoredIds, insert_reading
from numerals.store.row_checks import check_id
from numerals.store.schema import LINES, PAGES, READINGS
from numerals.store.timestamps import days_ago


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
            return insert_reading(connection, pages, source, model)

    def add_once(
        self,
        pages: Sequence[PageEntry],
        source: str,
        model: str,
        request: KeyedRequest | None,
        to_response: Callable[[StoredIds], str],
        replaces: int | None = None,
    ) -> str:
        """Store a reading unless the request has a saved response; return the response.

        Parameters
        ----------
        pages, source, model
            As in `add`.
        request : KeyedRequest, optional
        to_response : callable (StoredIds) -> str
            Returns the response to the client, JSON.
        replaces : int, optional
            Reading of the same file to replace; answers to its lines are kept.

        Returns
        -------
        str

        Raises
        ------
        KeyReusedError
            If the key belongs to a request with other content.
        NotStoredError
            If there is no such reading of the file.
        """
        with write_transaction(self.engine) as connection:
            response = load_response(connection, request)
            if response is None:
                if replaces is None:
                    stored = insert_reading(connection, pages, source, model)
                else:
                    stored = replace_reading(connection, replaces, pages, source, model)
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
