"""A URL -> an open store, brought up to date."""

from numerals.errors import StoreError
from numerals.store.database import connect_once, make_engine, writing
from numerals.store.keep import check_keep
from numerals.store.migrations import migrate
from numerals.store.store import Store
from numerals.store.urls import default_url, file_of, parse_url, shown_url


def is_there(url: str | None = None) -> bool:
    """Whether there is a store that could be opened: one in a file is there once it was used."""
    parsed = parse_url(default_url() if url is None else url)
    if parsed.get_backend_name() != "sqlite":
        return True
    path = file_of(parsed)
    return path is not None and path.is_file()


def open_store(
    url: str | None = None, *, keep: str = "crops", keep_days: int | None = None
) -> Store:
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
    check_keep(keep, keep_days)
    engine = make_engine(parse_url(default_url() if url is None else url))
    try:
        connect_once(engine)
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
