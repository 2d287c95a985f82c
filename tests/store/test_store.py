"""What was read is kept, in SQLite and PostgreSQL alike."""

import cv2
import numpy as np
import pytest
from sqlalchemy import text
from stored_pages import line_of, page_of, pixels_of

from numerals.errors import MissingExtraError, NotStoredError, StoreError
from numerals.store import KEEP, keep_page, open_store
from numerals.store.database import reading


def test_the_least_sure_line_waits_first(store, fill):
    sure, doubtful, middle = fill(0.9, 0.2, 0.5)
    n_waiting, items = store.waiting(2)
    assert (n_waiting, [item.id for item in items]) == (3, [doubtful, middle])
    assert [item.id for item in store.waiting(10, below=0.5)[1]] == [doubtful]
    first = items[0]
    assert (first.text, first.confidence, first.source) == ("17", 0.2, "page.png")
    assert first.alternatives == (("11", 0.2),)
    assert store.item(sure).state == "waiting"


def test_a_crop_shows_the_line_and_a_little_around_it(store):
    pixels = pixels_of()
    stored = store.add([keep_page(page_of(line_of("17")), pixels)], "a.png", "m")
    crop = cv2.imdecode(np.frombuffer(store.crop(stored.line_ids[0][0]), np.uint8), 0)
    assert crop.shape == (40 + 2 * 16, 55 + 2 * 16)
    assert (crop == pixels[4:76, 4:91]).all()


def test_the_crop_of_turned_writing_is_upright_and_has_no_boxes(store):
    pixels = pixels_of()
    kept = keep_page(page_of(line_of("17"), turn=91.2), pixels)
    (line,) = store.add([kept], "a.png", "m").line_ids[0]
    crop = cv2.imdecode(np.frombuffer(store.crop(line), np.uint8), 0)
    assert (crop == np.rot90(pixels[4:76, 4:91])).all()
    store.answer(line, "17", "ann")
    assert [each.boxes for each in store.answered("latin")] == [()]


@pytest.mark.parametrize("keep", KEEP)
def test_only_the_pixels_that_are_wanted_are_kept(store, fill, keep):
    (line,) = fill(0.5, keep=keep)
    with reading(store.engine) as connection:
        picture = connection.execute(text("SELECT picture FROM pages")).scalar_one()
    assert (picture is not None) == (keep == "pictures")
    if keep == "nothing":
        with pytest.raises(NotStoredError, match="no picture of line"):
            store.crop(line)
        assert store.waiting()[0] == 0  # nobody could see what it says
    else:
        assert store.crop(line).startswith(b"\x89PNG")


def test_several_pages_keep_their_lines_apart(store):
    pages = [page_of(line_of("1"), line_of("2", top=90)), page_of(line_of("3"), number=2)]
    stored = store.add([keep_page(page, pixels_of()) for page in pages], "a.pdf", "m")
    assert [len(ids) for ids in stored.line_ids] == [2, 1]
    assert store.line_id(stored.id, 2) == stored.line_ids[0][1]
    assert store.line_id(stored.id, 1, page=2) == stored.line_ids[1][0]
    with pytest.raises(NotStoredError, match="no line 2 on page 2"):
        store.line_id(stored.id, 2, page=2)


def test_what_was_stored_is_there_when_it_is_opened_again(store_url, store, fill):
    (line,) = fill(0.5)
    store.answer(line, "11", "ann")
    store.close()
    again = open_store(store_url)
    assert (again.item(line).text, again.item(line).state) == ("11", "corrected")
    again.close()


def test_old_pixels_are_removed_and_answers_stay(store, fill):
    (line,) = fill(0.5, keep="pictures")
    store.answer(line, "11", "ann")
    assert store.prune() == 0  # no limit was set
    assert store.prune(1) == 0  # nothing is that old
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE readings SET read_at = '2020-01-01T00:00:00.000000+00:00'"))
    assert store.prune(1) == 2  # the crop and the picture
    with pytest.raises(NotStoredError):
        store.crop(line)
    assert store.item(line).text == "11"
    assert len(store.history(line)) == 1
    assert store.waiting()[0] == 0


@pytest.mark.parametrize("name", ["a\0b.png", "\udcff.png", "数.png", "x" * 5000])
def test_any_file_name_can_be_stored(store, name):
    kept = keep_page(page_of(line_of("17")), pixels_of())
    (line,) = store.add([kept], name, "m").line_ids[0]
    assert store.item(line).source.endswith(".png") or len(name) == 5000


@pytest.mark.parametrize("number", [0, -1, 99, 2**31, 10**30])
def test_numbers_that_are_not_there_are_told(store, number):
    for ask in (store.item, store.crop, store.history):
        with pytest.raises(NotStoredError):
            ask(number)


def test_sqlite_is_set_up_so_that_acknowledged_writes_survive(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'new' / 'store.db'}")  # the folder is made
    with reading(store.engine) as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    store.close()
    assert found == ["wal", 2, 1]  # 2 is FULL


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("no url", "not the URL of a store"),
        ("mysql://host/name", "SQLite or PostgreSQL"),
        ("sqlite:////dev/null/x/store.db", "cannot be made"),
        ("postgresql://nobody@/x?host=/nowhere", "cannot be used"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(url, message):
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg", reason="needs numerals[postgres]")
    with pytest.raises((StoreError, MissingExtraError), match=message):
        open_store(url)


def test_a_file_that_is_no_database_says_so(tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(b"this is no database, but long enough to look like one" * 20)
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(f"sqlite:///{path}")
