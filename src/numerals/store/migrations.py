"""Migrations of the store's tables.

A migration is a function in the ordered list `STEPS`; a table with one row holds the version.
Alembic is not used: there are five tables, no branches and no downgrades, and a new database gets
the tables of `numerals.store.schema` directly. A released step is never edited; a new version
appends one.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from numerals.errors import StoreError
from numerals.store.schema import METADATA, VERSION

Step = Callable[[Connection], None]


def _add_requests(connection: Connection) -> None:
    # Literal SQL: the table as it was when this step was released, not as the schema is now.
    for statement in (
        "CREATE TABLE requests ("
        "key VARCHAR(200) NOT NULL PRIMARY KEY, fingerprint VARCHAR(64) NOT NULL, "
        "at VARCHAR(32) NOT NULL, answer TEXT NOT NULL, "
        "reading_id INTEGER NOT NULL, "
        "FOREIGN KEY(reading_id) REFERENCES readings (id) ON DELETE CASCADE)",
        "CREATE INDEX ix_requests_at ON requests (at)",
        "CREATE INDEX ix_requests_reading_id ON requests (reading_id)",
    ):
        connection.execute(text(statement))


STEPS: Sequence[Step] = (_add_requests,)
"""The migrations from version 1 to 2, from 2 to 3, and so on."""

_LOCK_ID = 6_847_330  # arbitrary: PostgreSQL's advisory lock during a migration
_NEXT_STEP = "restore the store from a backup, or name another one"


def migrate(connection: Connection, steps: Sequence[Step] = STEPS) -> int:
    """Create the tables, or migrate older ones; return the version.

    Several processes may call this at the same time: the second one waits for the first.

    Parameters
    ----------
    connection : Connection
        In a transaction that writes.
    steps : sequence of callable
        Migrations; by default `STEPS`.

    Returns
    -------
    int

    Raises
    ------
    StoreError
        If a newer version of numerals made the tables, if the version or a table is damaged, or if
        the SQLite file belongs to another program.
    """
    latest = 1 + len(steps)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_ID})
    table_names = set(inspect(connection).get_table_names())
    if VERSION.name not in table_names:
        _check_is_empty(connection, table_names)
        METADATA.create_all(connection)
        connection.execute(VERSION.insert().values(version=latest))
        return latest
    version = _read_version(connection, latest)
    for step in steps[version - 1 :]:
        step(connection)
    if version < latest:
        connection.execute(VERSION.update().values(version=latest))
    _check_tables(connection)
    return latest


def _read_version(connection: Connection, latest: int) -> int:
    try:
        # Literal SQL without result types: a damaged cell may hold any type.
        rows = connection.execute(text("SELECT version FROM schema_version LIMIT 2")).all()
    except DBAPIError as error:
        raise StoreError(
            f"the table schema_version is not as numerals makes it; {_NEXT_STEP}"
        ) from error
    if len(rows) != 1:
        count = "no row" if not rows else "more than one row"
        raise StoreError(
            f"the store is damaged: its table schema_version has {count}, expected exactly one; "
            f"{_NEXT_STEP}"
        )
    version = rows[0][0]
    if type(version) is not int or version < 1:
        raise StoreError(
            f"the store is damaged: its schema version is {str(version)[:40]!r}, expected a whole "
            f"number from 1 to {latest}; {_NEXT_STEP}"
        )
    if version > latest:
        raise StoreError(
            f"the store has version {version}, this numerals supports versions up to {latest}; "
            "install the newer numerals again, or name another store"
        )
    return version


def _check_is_empty(connection: Connection, table_names: set[str]) -> None:
    """Raise StoreError for the SQLite file of another program, which must not be changed."""
    if connection.dialect.name == "sqlite" and table_names:
        names = ", ".join(sorted(table_names)[:3])
        raise StoreError(
            f"the file is the SQLite database of another program (its tables: {names}), or a store "
            f"without its table schema_version; {_NEXT_STEP}"
        )


def _check_tables(connection: Connection) -> None:
    """Raise StoreError unless all tables exist with all columns of the schema."""
    for table in METADATA.sorted_tables:
        try:
            connection.execute(select(table).limit(0))
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise StoreError(
                f"the store is damaged: the table {table.name} does not have the expected columns "
                f"({reason}); {_NEXT_STEP}"
            ) from error
