"""Database engines and transactions. A committed transaction is on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from numerals.errors import MissingExtraError, StoreError
from numerals.models.user_folder import make_user_folder, user_folder
from numerals.private_files import (
    make_private_file,
    make_private_folder,
    restrict_permissions,
    warn_if_world_writable,
)
from numerals.store.urls import display_url, sqlite_path

_BUSY_TIMEOUT = 10_000  # milliseconds that a SQLite connection waits for a lock
_SQLITE_SUFFIXES = ("-wal", "-shm", "-journal")  # of the files that SQLite keeps beside a database
_OUTSIDE_TRANSACTION = "numerals_outside"  # execution options of a connection
_WRITES = "numerals_writes"


def make_engine(url: URL) -> Engine:
    """Return the engine for a store's URL; a SQLite file is created with mode 0600.

    Raises
    ------
    StoreError
        If the SQLite file cannot be created, or the URL has an invalid setting.
    MissingExtraError
        If the PostgreSQL driver is not installed.
    """
    try:
        if url.get_backend_name() == "sqlite":
            return _make_sqlite_engine(url)
        return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise MissingExtraError("a PostgreSQL store", "postgres") from error
    except (SQLAlchemyError, TypeError, ValueError):
        raise StoreError(
            f"{display_url(url)}: a setting after the question mark is not valid for the database"
        ) from None


def check_connection(engine: Engine) -> None:
    """Open one connection, which is when the driver checks the settings in the URL.

    Raises
    ------
    StoreError
        If the database does not accept the connection.
    """
    try:
        with _translate_errors(engine), engine.connect():
            pass
    except (SQLAlchemyError, TypeError, ValueError, OSError) as error:
        raise StoreError(
            f"the store {display_url(engine.url)} cannot be opened ({type(error).__name__}); check "
            "its URL, and the settings after the question mark"
        ) from None  # the original message may contain the password


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it is committed to the disk at the end of the block.

    Raises
    ------
    StoreError
        If the database reports an error.
    """
    with _translate_errors(engine), engine.connect() as connection:
        connection = connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that reads; errors as in `write_transaction`."""
    with _translate_errors(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def outside_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection without a transaction, as ``VACUUM`` requires."""
    with _translate_errors(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
        else:
            yield connection.execution_options(**{_OUTSIDE_TRANSACTION: True})


def _make_sqlite_engine(url: URL) -> Engine:
    path = sqlite_path(url)
    if path is not None:
        _make_private(path)
    engine = create_engine(url)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """Create a store's folder and file with private permissions before SQLite writes to them."""
    folder = path.parent
    try:
        if folder == user_folder().absolute():
            make_user_folder()
        make_private_folder(folder)
    except OSError as error:
        raise StoreError(f"{folder}: the store's folder cannot be made ({error})") from error
    warn_if_world_writable(folder)
    try:
        make_private_file(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoreError(
            f"{path}: the store cannot be opened for writing ({reason}); check the file's and the "
            "folder's permissions, or name another store"
        ) from error
    for suffix in _SQLITE_SUFFIXES:
        restrict_permissions(path.with_name(path.name + suffix))


def _configure_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # sqlite3 begins no transactions; `_begin_sqlite` does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # A committed transaction survives a power failure.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Deleted content is overwritten with zeros.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_OUTSIDE_TRANSACTION, False):
        # A writer takes the lock before it reads: a lock upgrade later could fail.
        is_writer = options.get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


@contextmanager
def _translate_errors(engine: Engine) -> Iterator[None]:
    """Raise StoreError, with a next step, for the errors of the database driver."""
    shown = display_url(engine.url)
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the store {shown} {_explain(error)}") from error
    except PoolTimeoutError as error:
        raise StoreError(
            f"the store {shown} is busy: all connections to it are in use; try again later"
        ) from error


def _explain(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    reason = lines[0] if lines else type(error.orig).__name__
    if "not a database" in reason or "malformed" in reason:
        return (
            f"cannot be used ({reason}): it is damaged or not a SQLite database; restore it from a "
            "backup, or name another store"
        )
    if "locked" in reason:
        return f"is busy ({reason}): another program is writing to it; try again later"
    return (
        f"cannot be used ({reason}); check that it exists, that you may write to it, and that the "
        "disk is not full"
    )
