"""Open a store by its URL: create or migrate its tables."""

from numerals.errors import StoreError
from numerals.store.database import check_connection, make_engine, write_transaction
from numerals.store.migrations import migrate
from numerals.store.page_entries import check_keep
from numerals.store.store import Store
from numerals.store.urls import default_url, display_url, parse_url, sqlite_path


def store_exists(url: str | None = None) -> bool:
    """Return whether a store exists; True for every PostgreSQL URL, without a connection."""
    parsed = parse_url(default_url() if url is None else url)
    if parsed.get_backend_name() != "sqlite":
        return True
    path = sqlite_path(parsed)
    return path is not None and path.is_file()


def open_store(
    url: str | None = None, *, keep: str = "crops", keep_days: int | None = None
) -> Store:
    """Open a store, creating or migrating its tables first.

    A SQLite file gets mode 0600, also if it exists with wider permissions. Missing folders are
    created with mode 0700; existing folders keep theirs.

    Parameters
    ----------
    url : str, optional
        Such as ``"sqlite:////home/me/numbers.db"`` or ``"postgresql://user@host/name"``; by default
        `default_url`.
    keep : {"nothing", "crops", "pictures"}, default="crops"
        Pixels to store with a reading. Lines without a crop cannot be reviewed.
    keep_days : int, optional
        Days after which `Store.prune` removes pixels; by default they are not removed.

    Returns
    -------
    Store

    Raises
    ------
    StoreError
        If the database does not exist, cannot be opened or is damaged.
    MissingExtraError
        If the database driver is not installed.
    ValueError
        If `keep` or `keep_days` is invalid.
    """
    check_keep(keep, keep_days)
    engine = make_engine(parse_url(default_url() if url is None else url))
    try:
        check_connection(engine)
        with write_transaction(engine) as connection:
            migrate(connection)
    except StoreError as error:
        engine.dispose()
        shown = display_url(engine.url)
        if shown in str(error):
            raise
        raise StoreError(f"{shown}: {error}") from error
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, keep, keep_days)
