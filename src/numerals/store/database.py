"""A URL -> a database that keeps what it acknowledged."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from numerals.errors import MissingExtraError, StoreError
from numerals.models.user_folder import make_user_folder, user_folder
from numerals.private_files import make_private_file, make_private_folder, tighten, warn_of_writers
from numerals.store.urls import file_of, shown_url

_BUSY = 10_000  # milliseconds that a writer waits for another
_BESIDE = ("-wal", "-shm", "-journal")  # SQLite's files beside the database


def make_engine(url: URL) -> Engine:
    """Return the engine of a store's URL; a SQLite file is made, for the user alone."""
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise MissingExtraError("a PostgreSQL store", "postgres") from error
    except (SQLAlchemyError, TypeError, ValueError):
        raise StoreError(
            f"{shown_url(url)}: a setting after the question mark is not one of the database's"
        ) from None


def connect_once(engine: Engine) -> None:
    """Connect once: what is wrong with the URL's settings shows only then."""
    try:
        with _explained(engine), engine.connect():
            pass
    except (SQLAlchemyError, TypeError, ValueError, OSError) as error:
        raise StoreError(
            f"the store {shown_url(engine.url)} cannot be opened ({type(error).__name__}); check "
            "its URL, and the settings after the question mark"
        ) from None  # what was raised may quote the password


def _sqlite(url: URL) -> Engine:
    path = file_of(url)
    if path is not None:
        _prepare(path)
    # Transactions are begun by us: BEGIN IMMEDIATE takes the lock before anything is read.
    engine = create_engine(url)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(path: Path) -> None:
    """Make a store's folder and file private before anything is in it."""
    folder = path.parent
    try:
        if folder == user_folder().absolute():
            make_user_folder()
        make_private_folder(folder)
    except OSError as error:
        raise StoreError(f"{folder}: the store's folder cannot be made ({error})") from error
    warn_of_writers(folder)
    try:
        make_private_file(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(
            f"{path}: the store cannot be opened for writing ({reason}); check the file's and the "
            "folder's permissions, or name another store"
        ) from error
    for suffix in _BESIDE:
        tighten(path.with_name(path.name + suffix))


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # What was acknowledged is on the disk, even if the machine stops the next moment.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is deleted is overwritten, and cannot be found in the file afterwards.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("numerals_outside", False):
        is_writer = options.get("numerals_writes", False)
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
def outside_transactions(engine: Engine) -> Iterator[Connection]:
    """Open a connection that is in no transaction: to compact the database."""
    with _explained(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
        else:
            yield connection.execution_options(numerals_outside=True)


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    shown = shown_url(engine.url)
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the store {shown} {_explain(error)}") from error
    except NoConnectionError as error:
        raise StoreError(
            f"the store {shown} is busy: all connections to it are in use; try again later"
        ) from error


def _explain(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    reason = lines[0] if lines else type(error.orig).__name__
    if "not a database" in reason or "malformed" in reason:
        return (
            f"cannot be used ({reason}): it is damaged, or no SQLite database; restore it from a "
            "backup, or name another store"
        )
    if "locked" in reason:
        return f"is busy ({reason}): another program is writing to it; try again later"
    return (
        f"cannot be used ({reason}); check that it is there, that you may write to it, and that "
        "the disk is not full"
    )
