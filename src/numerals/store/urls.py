"""URLs of stores: parsing them, and displaying them without passwords."""

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
"""Scheme of a URL -> name of SQLAlchemy's dialect and driver."""
_SQLITE_SETTINGS = {"timeout", "check_same_thread"}
_EXAMPLES = "give sqlite:///FILE (sqlite:////FILE from the root) or postgresql://user@host/name"
_SECRET_SETTING = re.compile(r"(?i)pass|secret|token|key")
_MAX_SHOWN = 40  # characters of a setting in a message


def default_url() -> str:
    """Return the URL in ``NUMERALS_STORE``, or that of a SQLite file in the user's data folder."""
    return os.environ.get("NUMERALS_STORE") or f"sqlite:///{user_folder() / 'store.db'}"


def parse_url(url: str) -> URL:
    """Parse a store's URL and select its driver.

    Raises
    ------
    StoreError
        If it is not a URL, or names another kind of database. The message contains no password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError, TypeError):
        # SQLAlchemy's message may contain a part of the password: it is not chained.
        raise StoreError(_describe_invalid_url(url)) from None
    driver = _DRIVERS.get(parsed.drivername.lower())
    if driver is None:
        raise StoreError(
            f"{parsed.drivername}: stores are SQLite or PostgreSQL databases; {_EXAMPLES}"
        )
    if driver == "sqlite":
        _check_sqlite_url(parsed)
    return parsed.set(drivername=driver)


def display_url(url: URL) -> str:
    """Return a URL for messages, with the password and secret settings masked."""
    query = {
        key: "***" if _SECRET_SETTING.search(key) else value for key, value in url.query.items()
    }
    return url.set(query=query).render_as_string(hide_password=True)


def sqlite_path(url: URL) -> Path | None:
    """Return the absolute path of a SQLite file; None for an in-memory or PostgreSQL store."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).absolute()


def _check_sqlite_url(url: URL) -> None:
    if url.host or url.username or url.password or url.port:
        raise StoreError(
            f"{display_url(url)}: a SQLite URL cannot have a host; begin it with three slashes: "
            "sqlite:///FILE"
        )
    if "\0" in str(url.database) or str(url.database).startswith("file:"):
        raise StoreError(f"{display_url(url)!r}: expected the plain name of a file; {_EXAMPLES}")
    unknown = sorted(set(url.query) - _SQLITE_SETTINGS)
    if unknown:
        raise StoreError(
            f"sqlite:///{url.database}: a SQLite store has no setting {unknown[0][:_MAX_SHOWN]!r}; "
            "remove the question mark and the text after it"
        )


def _describe_invalid_url(url: object) -> str:
    """Return the message for a text that is not a URL; it contains only the scheme.

    The scheme cannot contain a password. Texts without a scheme are shown if they have no ``@``.
    """
    text = str(url)
    scheme, separator, rest = text.partition("://")
    if separator:
        port = " (is the port a number?)" if re.search(r":[^/@]*[^/@\d][^/@]*(?:/|$)", rest) else ""
        return f"{scheme}://...: not the URL of a store{port}; {_EXAMPLES}"
    shown = "***" if "@" in text else text or "an empty text"
    return f"{shown}: not the URL of a store; {_EXAMPLES}"
