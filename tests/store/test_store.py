"""The store of readings, in SQLite and PostgreSQL."""

import cv2
import numpy as np
import pytest
from sqlalchemy import text

from numerals.corrections.review_queue import ReviewQueue
from numerals.errors import MissingExtraError, NotStoredError, StoreError
from numerals.store import KEEP_CHOICES, make_page_entry, open_store
from numerals.store.database import read_transaction
from stored_pages import line_of, page_of, pixels_of


def test_a_crop_shows_the_line_with_a_margin(store):
    pixels = pixels_of()
    stored = store.add([make_page_entry(page_of(line_of("17")), pixels)], "a.png", "m")
    crop = cv2.imdecode(np.frombuffer(store.crop(stored.line_ids[0][0]), np.uint8), 0)
    assert crop.shape == (40 + 2 * 16, 55 + 2 * 16)
    assert (crop == pixels[4:76, 4:91]).all()


def test_the_crop_of_a_rotated_line_is_upright(store):
    pixels = pixels_of()
    kept = make_page_entry(page_of(line_of("17"), turn=91.2), pixels)
    (line,) = store.add([kept], "a.png", "m").line_ids[0]
    crop = cv2.imdecode(np.frombuffer(store.crop(line), np.uint8), 0)
    # 55 pixels wide, which is the height of its writing: a margin of 21.
    assert (crop == np.rot90(pixels[0:81, 0:96])).all()


@pytest.mark.parametrize("keep", KEEP_CHOICES)
def test_pixels_are_stored_as_keep_says(store, fill, keep):
    (line,) = fill(0.5, keep=keep)
    with read_transaction(store.engine) as connection:
        picture = connection.execute(text("SELECT picture FROM pages")).scalar_one()
    assert (picture is not None) == (keep == "pictures")
    if keep == "nothing":
        with pytest.raises(NotStoredError, match="no picture of line"):
            store.crop(line)
    else:
        assert store.crop(line).startswith(b"\x89PNG")


def test_lines_of_several_pages_have_their_own_numbers(store):
    pages = [page_of(line_of("1"), line_of("2", top=90)), page_of(line_of("3"), number=2)]
    stored = store.add([make_page_entry(page, pixels_of()) for page in pages], "a.pdf", "m")
    assert [len(ids) for ids in stored.line_ids] == [2, 1]
    assert store.find_line_id(stored.id, 2) == stored.line_ids[0][1]
    assert store.find_line_id(stored.id, 1, page=2) == stored.line_ids[1][0]
    with pytest.raises(NotStoredError, match="no line 2 on page 2"):
        store.find_line_id(stored.id, 2, page=2)


def test_an_answer_is_there_after_the_store_is_opened_again(store_url, store, queue, fill):
    (line,) = fill(0.5)
    queue.answer(line, "11", "ann")
    store.close()
    again = open_store(store_url)
    item = ReviewQueue(again).get_item(line)
    assert (item.text, item.state) == ("11", "corrected")
    again.close()


def test_old_pixels_are_removed_and_answers_stay(store, queue, fill):
    (line,) = fill(0.5, keep="pictures")
    queue.answer(line, "11", "ann")
    assert store.prune() == 0  # keep_days is not set
    assert store.prune(1) == 0  # no reading is that old
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE readings SET read_at = '2020-01-01T00:00:00.000000+00:00'"))
    assert store.prune(1) == 2  # the crop and the picture
    with pytest.raises(NotStoredError):
        store.crop(line)
    assert queue.get_item(line).text == "11"
    assert len(queue.history(line)) == 1
    assert queue.list_waiting()[0] == 0


@pytest.mark.parametrize("name", ["a\0b.png", "\udcff.png", "数.png", "x" * 5000])
def test_any_file_name_can_be_stored(store, queue, name):
    kept = make_page_entry(page_of(line_of("17")), pixels_of())
    (line,) = store.add([kept], name, "m").line_ids[0]
    assert queue.get_item(line).source.endswith(".png") or len(name) == 5000


def test_sqlite_is_configured_so_that_committed_writes_survive(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'new' / 'store.db'}")  # in a new folder
    with read_transaction(store.engine) as connection:
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
def test_a_store_that_cannot_be_opened_is_reported(url, message):
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg", reason="needs numerals[postgres]")
    with pytest.raises((StoreError, MissingExtraError), match=message):
        open_store(url)
