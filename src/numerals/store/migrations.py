"""Bringing a database to the tables that this version needs.

Ordered steps and a table with one number, not Alembic: there are five tables, no branches and no
downgrades, a new database is made whole, and what is shipped is code that a test runs. A step is
never changed once it was released; the next version appends one, and gets what the last one left.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from numerals.errors import StoreError
from numerals.store.schema import METADATA, VERSION

Step = Callable[[Connection], None]


def _add_requests(connection: Connection) -> None:
    # Written out, as the table was when the step was released.
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
"""What brings version 1 to 2, 2 to 3, and so on."""

_LOCK = 6_847_330  # any number that is ours: PostgreSQL's lock while tables are made
_HELP = "restore the store from a backup, or name another one"


def migrate(connection: Connection, steps: Sequence[Step] = STEPS) -> int:
    """Make the tables, or bring old ones up to date; return the version.

    Two programs may do this at the same time: the second waits and then finds it done.

    Parameters
    ----------
    connection : Connection
        In a transaction that may write.
    steps : sequence of callable
        `STEPS`, other than in tests.

    Raises
    ------
    StoreError
        If a newer version of numerals made the tables, if the version is damaged, or if a SQLite
        file belongs to another program.
    """
    latest = 1 + len(steps)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    found_tables = set(inspect(connection).get_table_names())
    if VERSION.name not in found_tables:
        _check_is_ours(connection, found_tables)
        METADATA.create_all(connection)
        connection.execute(VERSION.insert().values(version=latest))
        return latest
    found = _version(connection, latest)
    for step in steps[found - 1 :]:
        step(connection)
    if found < latest:
        connection.execute(VERSION.update().values(version=latest))
    _check_tables(connection)
    return latest


def _version(connection: Connection, latest: int) -> int:
    """Return the version that the store says it has."""
    try:
        # As text: SQLite's columns hold whatever was put there.
        rows = connection.execute(text("SELECT version FROM schema_version LIMIT 2")).all()
    except DBAPIError as error:
        raise StoreError(
            f"the table schema_version is not as numerals makes it; {_HELP}"
        ) from error
    if len(rows) != 1:
        count = "no row" if not rows else "more than one row"
        raise StoreError(
            f"the store is damaged: its table schema_version has {count}, expected exactly one; "
            f"{_HELP}"
        )
    found = rows[0][0]
    if type(found) is not int or found < 1:
        raise StoreError(
            f"the store is damaged: its schema version is {str(found)[:40]!r}, expected a whole "
            f"number from 1 to {latest}; {_HELP}"
        )
    if found > latest:
        raise StoreError(
            f"the store is of version {found}, this numerals knows up to {latest}; "
            "install the newer numerals again, or name another store"
        )
    return found


def _check_is_ours(connection: Connection, found: set[str]) -> None:
    """Raise StoreError for the SQLite file of another program: nothing is added to that."""
    if connection.dialect.name == "sqlite" and found:
        names = ", ".join(sorted(found)[:3])
        raise StoreError(
            f"the file is the SQLite database of another program (its tables: {names}), or a store "
            f"without its table schema_version; {_HELP}"
        )


def _check_tables(connection: Connection) -> None:
    """Raise StoreError unless all tables are there with the columns that we use."""
    for table in METADATA.sorted_tables:
        try:
            connection.execute(select(table).limit(0))
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise StoreError(
                f"the store is damaged: the table {table.name} is not as it should be ({reason}); "
                f"{_HELP}"
            ) from error
