"""Migrations: each step runs once and in order; newer stores are refused."""

import pytest
from sqlalchemy import inspect, text

from numerals.errors import StoreError
from numerals.store.database import write_transaction
from numerals.store.migrations import STEPS, migrate
from numerals.store.schema import METADATA, VERSION


def _add_note(connection):
    connection.execute(text("ALTER TABLE readings ADD COLUMN note TEXT"))


def _add_colour(connection):
    connection.execute(text("ALTER TABLE readings ADD COLUMN colour TEXT"))
    connection.execute(text("UPDATE readings SET colour = 'blue'"))


def _version(store):
    with store.engine.connect() as connection:
        return connection.execute(VERSION.select()).scalar_one()


def _columns(store):
    with store.engine.connect() as connection:
        return {column["name"] for column in inspect(connection).get_columns("readings")}


def test_a_new_store_has_all_tables_and_the_latest_version(store):
    with store.engine.connect() as connection:
        assert set(METADATA.tables) <= set(inspect(connection).get_table_names())
    assert _version(store) == 1 + len(STEPS)


def test_steps_run_once_and_keep_the_data(store, queue, fill):
    (line,) = fill(0.5)
    for steps in ([_add_note], [_add_note, _add_colour], [_add_note, _add_colour]):
        with write_transaction(store.engine) as connection:
            migrate(connection, [*STEPS, *steps])
    assert _version(store) == 3 + len(STEPS)
    assert {"note", "colour"} <= _columns(store)
    assert queue.get_item(line).text == "17"


def test_a_step_that_fails_changes_nothing(store):
    def fail(connection):
        connection.execute(text("ALTER TABLE readings ADD COLUMN half TEXT"))
        raise RuntimeError("power failure")

    with pytest.raises(RuntimeError), write_transaction(store.engine) as connection:
        migrate(connection, [*STEPS, _add_note, fail])
    assert _version(store) == 1 + len(STEPS)
    assert not {"note", "half"} & _columns(store)


def test_a_store_of_a_newer_numerals_is_refused(store):
    with write_transaction(store.engine) as connection:
        connection.execute(VERSION.update().values(version=99))
    with (
        pytest.raises(StoreError, match="version 99"),
        write_transaction(store.engine) as connection,
    ):
        migrate(connection)


# The tables of 0.1.0, as that version created them.
FIRST_TABLES = (
    "CREATE TABLE readings (id {key}, source TEXT NOT NULL, read_at VARCHAR(32) NOT NULL, "
    "model TEXT NOT NULL, script VARCHAR(32) NOT NULL)",
    "CREATE INDEX ix_readings_read_at ON readings (read_at)",
    "CREATE TABLE pages (reading_id INTEGER NOT NULL, number INTEGER NOT NULL, "
    "width INTEGER NOT NULL, height INTEGER NOT NULL, picture {bytes}, "
    "PRIMARY KEY (reading_id, number), "
    "FOREIGN KEY(reading_id) REFERENCES readings (id) ON DELETE CASCADE)",
    "CREATE TABLE lines (id {key}, reading_id INTEGER NOT NULL, page INTEGER NOT NULL, "
    "number INTEGER NOT NULL, script VARCHAR(32) NOT NULL, text TEXT NOT NULL, "
    "confidence FLOAT NOT NULL, box TEXT NOT NULL, digits TEXT NOT NULL, "
    "alternatives TEXT NOT NULL, crop {bytes}, crop_frame TEXT, state VARCHAR(16) NOT NULL, "
    "answer TEXT NOT NULL, FOREIGN KEY(reading_id) REFERENCES readings (id) ON DELETE CASCADE)",
    "CREATE UNIQUE INDEX lines_of_reading ON lines (reading_id, page, number)",
    "CREATE INDEX lines_by_doubt ON lines (state, confidence, id)",
    "CREATE TABLE changes (id {key}, line_id INTEGER NOT NULL, at VARCHAR(32) NOT NULL, "
    '"by" TEXT NOT NULL, kind VARCHAR(16) NOT NULL, "from" TEXT NOT NULL, "to" TEXT NOT NULL, '
    "FOREIGN KEY(line_id) REFERENCES lines (id) ON DELETE CASCADE)",
    "CREATE INDEX ix_changes_line_id ON changes (line_id)",
    "CREATE TABLE schema_version (version INTEGER NOT NULL)",
    "INSERT INTO schema_version VALUES (1)",
    "INSERT INTO readings (source, read_at, model, script) VALUES ('a.png', '2026', 'm', 'latin')",
    "INSERT INTO pages VALUES (1, 1, 400, 300, NULL)",
    "INSERT INTO lines (reading_id, page, number, script, text, confidence, box, digits, "
    "alternatives, state, answer) VALUES (1, 1, 1, 'latin', '17', 0.5, '[0, 0, 9, 9]', '[]', '[]', "
    "'waiting', '17')",
)
CELLS = {
    "sqlite": {"key": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", "bytes": "BLOB"},
    "postgresql": {"key": "SERIAL PRIMARY KEY", "bytes": "BYTEA"},
}


def _described(store) -> dict:
    """Return all columns, indexes and foreign keys of a store."""
    with store.engine.connect() as connection:
        found = inspect(connection)
        return {
            table: (
                {
                    (column["name"], str(column["type"]), column["nullable"])
                    for column in found.get_columns(table)
                },
                {
                    (tuple(index["column_names"]), bool(index["unique"]))
                    for index in found.get_indexes(table)
                },
                {
                    (*key["constrained_columns"], key["referred_table"], str(key["options"]))
                    for key in found.get_foreign_keys(table)
                },
                {tuple(each["column_names"]) for each in found.get_unique_constraints(table)},
            )
            for table in found.get_table_names()
        }


def test_a_store_of_0_1_0_gets_the_tables_of_a_new_store(store, queue):
    expected = _described(store)
    with write_transaction(store.engine) as connection:
        METADATA.drop_all(connection)
        for statement in FIRST_TABLES:
            connection.execute(text(statement.format(**CELLS[connection.dialect.name])))
    with write_transaction(store.engine) as connection:
        migrate(connection)
    assert (_described(store), _version(store)) == (expected, 1 + len(STEPS))
    item = queue.get_item(1)
    assert (item.text, item.place.batch, item.place.line) == ("17", None, 1)
