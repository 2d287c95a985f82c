"""A URL -> a database that keeps what it acknowledged."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from numerals.errors import MissingExtraError, StoreError
from numerals.files import make_private_file, make_private_folder, tighten, warn_of_writers
from numerals.models.user_folder import make_user_folder, user_folder
from numerals.store.keep import check_keep
from numerals.store.schema import migrate
from numerals.store.urls import default_url, file_of, parse_url, shown_url

if TYPE_CHECKING:
    from numerals.store.store import Store

_BUSY = 10_000  # milliseconds that a writer waits for another
_BESIDE = ("-wal", "-shm", "-journal")  # SQLite's files beside the database


def is_there(url: str | None = None) -> bool:
    """Whether there is a store that could be opened: one in a file is there once it was used."""
    parsed = parse_url(default_url() if url is None else url)
    if parsed.get_backend_name() != "sqlite":
        return True
    path = file_of(parsed)
    return path is not None and path.is_file()


def open_store(
    url: str | None = None, *, keep: str = "crops", keep_days: int | None = None
) -> "Store":
    """Open a store; make it, or bring it up to date, first.

    A SQLite store is a file that only the user may read (0600), in a folder that only the user may
    enter (0700) where that had to be made. One that others may read is tightened.

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
        If there is no such database, or it cannot be opened, or is damaged.
    MissingExtraError
        If its driver is not installed.
    """
    from numerals.store.store import Store

    check_keep(keep, keep_days)
    engine = _engine(parse_url(default_url() if url is None else url))
    try:
        _connect(engine)
        with writing(engine) as connection:
            migrate(connection)
    except StoreError as error:
        engine.dispose()
        shown = shown_url(engine.url)
        if shown in str(error):
            raise
        raise StoreError(f"{shown}: {error}") from error
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, keep, keep_days)


def _engine(url: URL) -> Engine:
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


def _connect(engine: Engine) -> None:
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
