"""What somebody wrote as the URL of a store -> a URL, or an error that shows no password."""

import os
import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from numerals.errors import StoreError
from numerals.models.user_folder import user_folder

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "postgresql+psycopg2": "postgresql+psycopg2",
}
_FORMS = "give sqlite:///FILE (sqlite:////FILE from the root) or postgresql://user@host/name"
_SECRET = re.compile(r"(?i)pass|secret|token|key")


def default_url() -> str:
    """Return where the store is unless told otherwise.

    That is what ``NUMERALS_STORE`` says, else a file in the user's data folder.
    """
    return os.environ.get("NUMERALS_STORE") or f"sqlite:///{user_folder() / 'store.db'}"


def parse_url(url: str) -> URL:
    """Return a URL whose driver is one of ours.

    Raises
    ------
    StoreError
        If it is none, or of another kind of database. The message never holds a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError, TypeError):
        # What SQLAlchemy says may quote a part of the password: neither shown nor chained.
        raise StoreError(_not_a_url(url)) from None
    driver = _DRIVERS.get(parsed.drivername.lower())
    if driver is None:
        raise StoreError(
            f"{parsed.drivername}: stores are SQLite or PostgreSQL databases; {_FORMS}"
        )
    if driver == "sqlite":
        _check_sqlite(parsed)
    return parsed.set(drivername=driver)


def shown_url(url: URL) -> str:
    """Return a URL as messages show it: without the password, wherever it stands."""
    query = {key: "***" if _SECRET.search(key) else value for key, value in url.query.items()}
    return url.set(query=query).render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite store; None for one in memory or on a server."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).absolute()


def _check_sqlite(url: URL) -> None:
    if url.host or url.username or url.password or url.port:
        raise StoreError(
            f"{shown_url(url)}: names a host, which a file has not; begin it with three slashes: "
            "sqlite:///FILE"
        )
    if "\0" in str(url.database) or str(url.database).startswith("file:"):
        raise StoreError(f"{shown_url(url)!r}: expected the plain name of a file; {_FORMS}")
    unknown = sorted(set(url.query) - {"timeout", "check_same_thread"})
    if unknown:
        raise StoreError(
            f"sqlite:///{url.database}: a SQLite store has no setting {unknown[0][:40]!r}; leave "
            "out what follows the question mark"
        )


def _not_a_url(url: object) -> str:
    """Tell what is wrong with a text that is no URL, showing no more than its beginning."""
    text = str(url)
    scheme, separator, rest = text.partition("://")
    if separator:
        port = " (is the port a number?)" if re.search(r":[^/@]*[^/@\d][^/@]*(?:/|$)", rest) else ""
        return f"{scheme}://...: not the URL of a store{port}; {_FORMS}"
    what = "***" if "@" in text else text or "an empty text"
    return f"{what}: not the URL of a store; {_FORMS}"
