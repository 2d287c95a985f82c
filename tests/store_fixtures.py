"""Fixtures: an empty store in each kind of database, and its review queue."""

import pytest

from numerals.corrections.review_queue import ReviewQueue
from numerals.store import make_page_entry, open_store
from stored_pages import line_of, page_of, pixels_of


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """Return the URL of a new database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def store(store_url):
    store = open_store(store_url)
    yield store
    store.close()


@pytest.fixture
def queue(store):
    return ReviewQueue(store)


@pytest.fixture
def fill(store):
    """Return a function that stores lines with these confidences, and returns their ids."""

    def fill(*confidences: float, keep: str = "crops", text: str = "17") -> tuple[int, ...]:
        lines = [line_of(text, c, 20 + 50 * i) for i, c in enumerate(confidences)]
        kept = make_page_entry(page_of(*lines), pixels_of(), keep=keep)
        return store.add([kept], "page.png", "latin-line").line_ids[0]

    return fill
