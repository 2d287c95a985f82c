"""Bringing a database to the tables that this version needs.

Ordered steps and a table with one number, not Alembic: there are four tables, no branches and no
downgrades, a new database is made whole, and what is shipped is code that a test runs. A step is
never changed once it was released; the next version appends one, and gets what the last one left.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, inspect, text

from numerals.errors import StoreError
from numerals.store.tables import METADATA, VERSION

Step = Callable[[Connection], None]

STEPS: Sequence[Step] = ()
"""What brings version 1 to 2, 2 to 3, and so on."""

_LOCK = 6_847_330  # any number that is ours: PostgreSQL's lock while tables are made


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
        If a newer version of numerals made the tables.
    """
    latest = 1 + len(steps)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not inspect(connection).has_table(VERSION.name):
        METADATA.create_all(connection)
        connection.execute(VERSION.insert().values(version=latest))
        return latest
    found = connection.execute(VERSION.select()).scalar_one()
    if found > latest:
        raise StoreError(
            f"the store is of version {found}, this numerals knows up to {latest}; "
            "install the newer numerals again, or name another store"
        )
    for step in steps[found - 1 :]:
        step(connection)
    if found < latest:
        connection.execute(VERSION.update().values(version=latest))
    return latest
