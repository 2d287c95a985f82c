"""Stores that are damaged, of another program, or cannot be written: told, never a traceback."""

import random
import sqlite3

import pytest
from stored_pages import line_of, page_of, pixels_of

from numerals.errors import StoreError
from numerals.store import keep_page, open_store


@pytest.fixture
def path(tmp_path):
    """Return the file of a store with a few lines in it, that nobody has open."""
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    lines = [line_of("17", 0.5, 20 + 50 * i) for i in range(5)]
    for _ in range(5):
        ids = store.add([keep_page(page_of(*lines), pixels_of())], "page.png", "m").line_ids[0]
    store.answer(ids[0], "11", "ann")
    store.close()
    return path


def change(path, *statements):
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def use(path):
    """Do with a store what the service does."""
    store = open_store(f"sqlite:///{path}")
    try:
        _, items = store.waiting(50)
        for item in items:
            store.crop(item.id)
            store.history(item.id)
        store.item(21)  # the one that is answered
        store.history(21)
        list(store.answered("latin"))
        store.answer(items[0].id, "12", "bob")
        store.add([keep_page(page_of(line_of("1")), pixels_of())], "b.png", "m")
        store.prune(1)
    finally:
        store.close()


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["DELETE FROM schema_version"], "has no row"),
        (["INSERT INTO schema_version VALUES (2)"], "more than one row"),
        (["UPDATE schema_version SET version = 'two'"], "'two', expected a whole number"),
        (["UPDATE schema_version SET version = 0"], "'0', expected a whole number"),
        (["UPDATE schema_version SET version = -3"], "expected a whole number"),
        (["UPDATE schema_version SET version = 1.5"], "expected a whole number"),
        (["UPDATE schema_version SET version = x'00ff'"], "expected a whole number"),
        (["UPDATE schema_version SET version = 9223372036854775807"], "install the newer numerals"),
        (["UPDATE schema_version SET version = 99"], "is of version 99"),
        (
            ["DROP TABLE schema_version", "CREATE TABLE schema_version (a TEXT)"],
            "not as numerals makes it",
        ),
        (["DROP TABLE schema_version"], "of another program"),
        (["DROP TABLE changes"], "the table changes is not as it should be"),
        (["ALTER TABLE lines DROP COLUMN crop_frame"], "the table lines is not"),
        (["UPDATE lines SET alternatives = 'x'"], "is damaged"),
        (["UPDATE lines SET digits = '[[['"], "is damaged"),
        (["UPDATE lines SET crop_frame = '{}'"], "is damaged"),
        (["UPDATE lines SET crop_frame = '[0, 0, 0]'"], "is damaged"),
        (['UPDATE lines SET alternatives = \'[{"text": "1", "confidence": NaN}]\''], "damaged"),
        (["UPDATE lines SET text = x'ff00'"], "should hold a text holds bytes"),
        (["UPDATE readings SET source = x'ff00'"], "should hold a text holds bytes"),
        (["UPDATE lines SET confidence = 9e999"], "should hold a finite number holds float 'inf'"),
        (["UPDATE lines SET confidence = 'sure'"], "should hold a finite number holds str 'sure'"),
        (["UPDATE lines SET crop = 4611686018427387904"], "should hold a picture holds int"),
        (["UPDATE changes SET kind = 'x'"], "its kind is 'x'"),
        (["UPDATE lines SET state = 'x' WHERE id = 21"], "its states are not"),
    ],
)
def test_a_damaged_store_says_what_is_damaged(path, statements, message):
    change(path, *statements)
    with pytest.raises(StoreError, match=message):
        use(path)


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "places.db"
    change(path, "CREATE TABLE bookmarks (id INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        open_store(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    connection.close()


@pytest.mark.parametrize("seed", range(6))
def test_a_corrupt_file_is_an_error_of_ours_or_works(path, seed):
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)
    if seed % 3 == 0:
        content = content[: chance.randrange(100, len(content))]
    else:
        for _ in range(200 if seed % 3 == 1 else 5000):
            content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    try:
        use(path)
    except StoreError as error:
        assert str(path) in str(error) or "store" in str(error)


@pytest.mark.parametrize(
    "content", [b"no database, but long enough to be one" * 40, b"\x00" * 5000]
)
def test_a_file_that_is_no_database_says_so(tmp_path, content):
    path = tmp_path / "store.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="no SQLite database"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_store_that_cannot_be_written_says_so(path, monkeypatch):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("numerals.files.os.open", refuse)
    with pytest.raises(StoreError, match=r"opened for writing \(Read-only file system\)"):
        open_store(f"sqlite:///{path}")


def test_a_store_that_becomes_read_only_says_so(path):
    store = open_store(f"sqlite:///{path}")
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.commit()
    with pytest.raises(StoreError, match="readonly database"):
        store.answer(1, "12", "bob")
    store.close()


def test_a_store_that_another_program_writes_to_is_busy(path, monkeypatch):
    monkeypatch.setattr("numerals.store.database._BUSY", 50)
    store = open_store(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"is busy .*try again later"):
        store.answer(1, "12", "bob")
    other.close()
    store.close()
