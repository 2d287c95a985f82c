"""Damaged stores, files of other programs, and stores that cannot be written raise StoreError."""

import random
import sqlite3

import pytest

from numerals.corrections.answered_lines import iter_answered_lines
from numerals.corrections.review_queue import ReviewQueue
from numerals.errors import StoreError
from numerals.store import make_page_entry, open_store
from stored_pages import line_of, page_of, pixels_of


@pytest.fixture
def path(tmp_path):
    """Return the file of a closed store with a few lines."""
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    lines = [line_of("17", 0.5, 20 + 50 * i) for i in range(5)]
    for _ in range(5):
        ids = store.add([make_page_entry(page_of(*lines), pixels_of())], "page.png", "m").line_ids[
            0
        ]
    ReviewQueue(store).answer(ids[0], "11", "ann")
    store.close()
    return path


def change(path, *statements):
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def use(path):
    """Call the methods of a store that the web service calls."""
    store = open_store(f"sqlite:///{path}")
    queue = ReviewQueue(store)
    try:
        _, items = queue.list_waiting(50)
        for item in items:
            store.crop(item.id)
            queue.history(item.id)
        queue.get_item(21)  # the answered line
        queue.history(21)
        list(iter_answered_lines(store, "latin"))
        queue.answer(items[0].id, "12", "bob")
        store.add([make_page_entry(page_of(line_of("1")), pixels_of())], "b.png", "m")
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
        (["UPDATE schema_version SET version = 99"], "has version 99"),
        (
            ["DROP TABLE schema_version", "CREATE TABLE schema_version (a TEXT)"],
            "not as numerals makes it",
        ),
        (["DROP TABLE schema_version"], "of another program"),
        (["DROP TABLE changes"], "the table changes does not have the expected columns"),
        (["ALTER TABLE lines DROP COLUMN crop_frame"], "the table lines does not have"),
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
def test_the_error_names_the_damage(path, statements, message):
    change(path, *statements)
    with pytest.raises(StoreError, match=message):
        use(path)


def test_the_database_of_another_program_is_not_changed(tmp_path):
    path = tmp_path / "places.db"
    change(path, "CREATE TABLE bookmarks (id INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        open_store(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    connection.close()


@pytest.mark.parametrize("seed", range(6))
def test_a_corrupt_file_works_or_raises_store_error(path, seed):
    content = bytearray(path.read_bytes())
    rng = random.Random(seed)
    if seed % 3 == 0:
        content = content[: rng.randrange(100, len(content))]
    else:
        for _ in range(200 if seed % 3 == 1 else 5000):
            content[rng.randrange(len(content))] = rng.randrange(256)
    path.write_bytes(content)
    try:
        use(path)
    except StoreError as error:
        assert str(path) in str(error) or "store" in str(error)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be one" * 40, b"\x00" * 5000]
)
def test_a_file_that_is_not_a_database_is_reported(tmp_path, content):
    path = tmp_path / "store.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a SQLite database"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_store_that_cannot_be_written_is_reported(path, monkeypatch):
    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("numerals.files.os.open", refuse)
    with pytest.raises(StoreError, match=r"opened for writing \(Read-only file system\)"):
        open_store(f"sqlite:///{path}")


def test_a_store_that_becomes_read_only_is_reported(path):
    store = open_store(f"sqlite:///{path}")
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.commit()
    with pytest.raises(StoreError, match="readonly database"):
        ReviewQueue(store).answer(1, "12", "bob")
    store.close()


def test_a_store_that_another_program_locks_is_busy(path, monkeypatch):
    monkeypatch.setattr("numerals.store.database._BUSY_TIMEOUT", 50)
    store = open_store(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"is busy .*try again later"):
        ReviewQueue(store).answer(1, "12", "bob")
    other.close()
    store.close()
