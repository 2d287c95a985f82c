"""A request that is sent again under its key is answered as before, and stored once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text
from stored_pages import line_of, page_of, pixels_of

from numerals.errors import KeyReusedError
from numerals.store import KeyedRequest, keep_page
from numerals.store.database import reading
from numerals.store.schema import READINGS, REQUESTS

ASKED = KeyedRequest("a key", "0" * 64)


def count(store, table):
    with reading(store.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_an_answer_is_stored_once_and_answered_alike(store, fill):
    (line,) = fill(0.5)
    first = store.answer(line, "11", "ann", request=ASKED)
    store.answer(line, "12", "ann")
    assert store.answer(line, "11", "ann", request=ASKED) == first
    assert store.item(line).text == "12"
    assert len(store.history(line)) == 2


def test_an_undo_that_is_repeated_takes_back_one_change(store, fill):
    (line,) = fill(0.5)
    store.answer(line, "11", "ann")
    store.answer(line, "12", "ann")
    for _ in range(3):
        assert store.undo(line, "ann", request=ASKED).text == "11"


def test_a_reading_is_stored_once(store):
    kept = [keep_page(page_of(line_of("17")), pixels_of())]

    def add(_):
        return store.add_once(kept, "a.png", "m", ASKED, lambda stored: f"[{stored.id}]")

    with ThreadPoolExecutor(6) as pool:  # at once, as retries may come
        answers = set(pool.map(add, range(6)))
    assert len(answers) == count(store, READINGS) == 1
    assert store.answer_to(ASKED) in answers


def test_a_key_of_another_request_is_refused(store, fill):
    (line,) = fill(0.5)
    store.answer(line, "11", "ann", request=ASKED)
    with pytest.raises(KeyReusedError, match="a new key for each request"):
        store.answer(line, "12", "ann", request=KeyedRequest("a key", "1" * 64))
    assert store.item(line).text == "11"


def test_what_failed_is_not_kept(store, fill):
    (line,) = fill(0.5)
    with pytest.raises(ValueError):
        store.undo(line, "ann", request=ASKED)
    assert count(store, REQUESTS) == 0


def test_keys_are_forgotten_after_a_day(store, fill):
    first, second = fill(0.5, 0.6)
    store.answer(first, "11", "ann", request=ASKED)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE requests SET at = '2020-01-01T00:00:00.000000+00:00'"))
    other = KeyedRequest("a key", "1" * 64)
    assert store.answer(second, "12", "ann", request=other).text == "12"
    assert count(store, REQUESTS) == 1
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE requests SET at = '2020-01-01T00:00:00.000000+00:00'"))
    store.prune()
    assert count(store, REQUESTS) == 0
