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


def test_a_store_of_0_1_0_gets_the_table_of_a_new_store(store, queue, fill):
    def described():
        with store.engine.connect() as connection:
            found = inspect(connection)
            return (
                {column["name"]: str(column["type"]) for column in found.get_columns("requests")},
                {tuple(index["column_names"]) for index in found.get_indexes("requests")},
                found.get_foreign_keys("requests")[0]["options"],
            )

    (line,) = fill(0.5)
    expected = described()
    with write_transaction(store.engine) as connection:
        connection.execute(text("DROP TABLE requests"))
        connection.execute(VERSION.update().values(version=1))
        migrate(connection)
    assert (described(), _version(store)) == (expected, 1 + len(STEPS))
    assert queue.get_item(line).text == "17"
