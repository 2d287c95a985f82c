"""A request that is repeated under its key gets the first response, and is stored once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from numerals.errors import KeyReusedError
from numerals.store import KeyedRequest, make_page_entry
from numerals.store.database import read_transaction
from numerals.store.schema import READINGS, REQUESTS
from stored_pages import line_of, page_of, pixels_of

REQUEST = KeyedRequest("a key", "0" * 64)


def count(store, table):
    with read_transaction(store.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_repeated_answer_gets_the_first_response(queue, fill):
    (line,) = fill(0.5)
    first = queue.answer(line, "11", "ann", request=REQUEST)
    queue.answer(line, "12", "ann")
    assert queue.answer(line, "11", "ann", request=REQUEST) == first
    assert queue.get_item(line).text == "12"
    assert len(queue.history(line)) == 2


def test_a_repeated_undo_reverts_one_change(queue, fill):
    (line,) = fill(0.5)
    queue.answer(line, "11", "ann")
    queue.answer(line, "12", "ann")
    for _ in range(3):
        assert queue.undo(line, "ann", request=REQUEST).text == "11"


def test_a_reading_is_stored_once(store):
    kept = [make_page_entry(page_of(line_of("17")), pixels_of())]

    def add(_):
        return store.add_once(kept, "a.png", "m", REQUEST, lambda stored: f"[{stored.id}]")

    with ThreadPoolExecutor(6) as pool:  # concurrently, as retries may be sent
        answers = set(pool.map(add, range(6)))
    assert len(answers) == count(store, READINGS) == 1
    assert store.load_response(REQUEST) in answers


def test_a_key_of_another_request_is_refused(queue, fill):
    (line,) = fill(0.5)
    queue.answer(line, "11", "ann", request=REQUEST)
    with pytest.raises(KeyReusedError, match="a new key for each request"):
        queue.answer(line, "12", "ann", request=KeyedRequest("a key", "1" * 64))
    assert queue.get_item(line).text == "11"


def test_a_failed_request_has_no_saved_response(store, queue, fill):
    (line,) = fill(0.5)
    with pytest.raises(ValueError):
        queue.undo(line, "ann", request=REQUEST)
    assert count(store, REQUESTS) == 0


def test_keys_expire_after_a_day(store, queue, fill):
    first, second = fill(0.5, 0.6)
    queue.answer(first, "11", "ann", request=REQUEST)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE requests SET at = '2020-01-01T00:00:00.000000+00:00'"))
    other = KeyedRequest("a key", "1" * 64)
    assert queue.answer(second, "12", "ann", request=other).text == "12"
    assert count(store, REQUESTS) == 1
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE requests SET at = '2020-01-01T00:00:00.000000+00:00'"))
    store.prune()
    assert count(store, REQUESTS) == 0
