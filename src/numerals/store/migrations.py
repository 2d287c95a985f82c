"""Migrations of the store's tables.

A migration is a function in the ordered list `STEPS`; a table with one row holds the version.
Alembic is not used: there are nine tables, no branches and no downgrades, and a new database gets
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


def _add_batches(connection: Connection) -> None:
    is_postgres = connection.dialect.name == "postgresql"
    key = "SERIAL PRIMARY KEY" if is_postgres else "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"
    real = "DOUBLE PRECISION" if is_postgres else "FLOAT"
    for statement in (
        "ALTER TABLE pages ADD COLUMN turn INTEGER DEFAULT '0' NOT NULL",
        "ALTER TABLE pages ADD COLUMN error TEXT",
        "ALTER TABLE pages ADD COLUMN form TEXT",
        "ALTER TABLE lines ADD COLUMN field TEXT",
        "ALTER TABLE lines ADD COLUMN note TEXT DEFAULT '' NOT NULL",
        "ALTER TABLE lines ADD COLUMN table_number INTEGER",
        "ALTER TABLE lines ADD COLUMN row_number INTEGER",
        "ALTER TABLE lines ADD COLUMN column_number INTEGER",
        "ALTER TABLE lines ADD COLUMN accepted INTEGER",
        "ALTER TABLE lines ADD COLUMN changed INTEGER DEFAULT '0' NOT NULL",
        "ALTER TABLE lines ADD COLUMN printed INTEGER DEFAULT '0' NOT NULL",
        "ALTER TABLE lines ADD COLUMN uncertain INTEGER DEFAULT '0' NOT NULL",
        "UPDATE lines SET uncertain = 1 WHERE confidence < 0.95",
        "CREATE INDEX line_counts ON lines (reading_id, state, uncertain, confidence)",
        f"CREATE TABLE batches (id {key}, name TEXT NOT NULL, created_at VARCHAR(32) NOT NULL, "
        "options TEXT NOT NULL, templates TEXT NOT NULL, is_paused INTEGER NOT NULL, "
        "is_deleted INTEGER NOT NULL, watch TEXT, request_key TEXT, version INTEGER NOT NULL, "
        "UNIQUE (request_key))",
        f"CREATE TABLE batch_items (id {key}, batch_id INTEGER NOT NULL, name TEXT NOT NULL, "
        "sort_name TEXT NOT NULL, sha256 VARCHAR(64) NOT NULL, size INTEGER NOT NULL, "
        "added_at VARCHAR(32) NOT NULL, state VARCHAR(16) NOT NULL, attempt INTEGER NOT NULL, "
        "n_pages INTEGER, n_read INTEGER NOT NULL, error TEXT, reading_id INTEGER, "
        "has_file INTEGER NOT NULL, "
        "FOREIGN KEY(batch_id) REFERENCES batches (id) ON DELETE CASCADE, "
        "FOREIGN KEY(reading_id) REFERENCES readings (id) ON DELETE SET NULL)",
        "CREATE INDEX ix_batch_items_reading_id ON batch_items (reading_id)",
        "CREATE UNIQUE INDEX items_once ON batch_items (batch_id, sha256, name)",
        "CREATE INDEX items_by_name ON batch_items (batch_id, sort_name, id)",
        "CREATE INDEX items_by_state ON batch_items (batch_id, state, id)",
        f"CREATE TABLE answer_changes (id {key}, item_id INTEGER NOT NULL, line_id INTEGER, "
        "page INTEGER NOT NULL, number INTEGER NOT NULL, field TEXT, before TEXT, after TEXT, "
        f"confidence {real} NOT NULL, "
        "FOREIGN KEY(item_id) REFERENCES batch_items (id) ON DELETE CASCADE, "
        "FOREIGN KEY(line_id) REFERENCES lines (id) ON DELETE SET NULL)",
        "CREATE INDEX ix_answer_changes_item_id ON answer_changes (item_id)",
        "CREATE INDEX ix_answer_changes_line_id ON answer_changes (line_id)",
    ):
        connection.execute(text(statement))


def _add_keyed_answers(connection: Connection) -> None:
    is_postgres = connection.dialect.name == "postgresql"
    key = "SERIAL PRIMARY KEY" if is_postgres else "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"
    for statement in (
        f"CREATE TABLE keyed_answers (id {key}, line_id INTEGER NOT NULL, "
        'name VARCHAR(200) NOT NULL, "by" TEXT NOT NULL, text TEXT NOT NULL, '
        "at VARCHAR(32) NOT NULL, "
        "FOREIGN KEY(line_id) REFERENCES lines (id) ON DELETE CASCADE)",
        "CREATE UNIQUE INDEX keyed_once ON keyed_answers (line_id, name)",
    ):
        connection.execute(text(statement))


STEPS: Sequence[Step] = (_add_requests, _add_batches, _add_keyed_answers)
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
