"""A URL -> a database that keeps what it acknowledged."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from numerals.errors import MissingExtraError, StoreError
from numerals.models.in_use import user_folder
from numerals.store.keep import check_keep
from numerals.store.schema import migrate

if TYPE_CHECKING:
    from numerals.store.store import Store

_BUSY = 30_000  # milliseconds that a writer waits for another
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def default_url() -> str:
    """Return where the store is unless told otherwise.

    That is what ``NUMERALS_STORE`` says, else a file in the user's data folder.
    """
    return os.environ.get("NUMERALS_STORE") or f"sqlite:///{user_folder() / 'store.db'}"


def is_there(url: str | None = None) -> bool:
    """Whether there is a store that could be opened: one in a file is there once it was used."""
    parsed = _parse(url or default_url())
    if parsed.get_backend_name() != "sqlite":
        return True
    return bool(parsed.database) and Path(str(parsed.database)).is_file()


def open_store(
    url: str | None = None, *, keep: str = "crops", keep_days: int | None = None
) -> "Store":
    """Open a store; make it, or bring it up to date, first.

    Parameters
    ----------
    url : str, optional
        Such as ``"sqlite:////home/me/numbers.db"`` or ``"postgresql://user@host/name"``;
        `default_url` by default.
    keep : {"nothing", "crops", "pictures"}, default="crops"
        Which pixels are kept with what was read. Without crops there is nothing to review by.
    keep_days : int, optional
        For how long: see `Store.prune`. By default until they are removed by hand.

    Raises
    ------
    StoreError
        If there is no such database, or it cannot be opened.
    MissingExtraError
        If its driver is not installed.
    """
    from numerals.store.store import Store

    check_keep(keep, keep_days)
    engine = _engine(url or default_url())
    with writing(engine) as connection:
        migrate(connection)
    return Store(engine, keep, keep_days)


def _parse(url: str) -> Any:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StoreError(
            f"{url}: not the URL of a store; give sqlite:///FILE or postgresql://user@host/name"
        ) from error


def _engine(url: str) -> Engine:
    parsed = _parse(url)
    parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
    family = parsed.get_backend_name() if parsed.drivername else ""
    if family == "sqlite":
        return _sqlite(parsed)
    if family != "postgresql":
        raise StoreError(f"{parsed.drivername}: stores are SQLite or PostgreSQL databases")
    try:
        return create_engine(parsed, pool_pre_ping=True, pool_size=8, max_overflow=8)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise MissingExtraError("a PostgreSQL store", "postgres") from error


def _sqlite(url: Any) -> Engine:
    if url.database and url.database != ":memory:":
        folder = Path(url.database).absolute().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder}: the store's folder cannot be made ({error})") from error
    # Transactions are begun by us: BEGIN IMMEDIATE takes the lock before anything is read.
    engine = create_engine(url)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # What was acknowledged is on the disk, even if the machine stops the next moment.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    is_writer = connection.get_execution_options().get("numerals_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it is on the disk when the block has been left."""
    with _explained(engine), engine.connect() as connection:
        connection = connection.execution_options(numerals_writes=True)
        with connection.begin():
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads."""
    with _explained(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()
        raise StoreError(
            f"the store {engine.url.render_as_string(hide_password=True)} cannot be used "
            f"({reason[0] if reason else type(error.orig).__name__}); check that it is there, "
            "that you may write to it, and that the disk is not full"
        ) from error
    except NoConnectionError as error:
        raise StoreError(
            f"the store {engine.url.render_as_string(hide_password=True)} is busy: all connections "
            "to it are in use; try again later"
        ) from error
