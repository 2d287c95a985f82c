"""A store in each kind of database, empty at every test."""

import pytest

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from stored_pages import line_of, page_of, pixels_of

from numerals.store import keep_page, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """Return the URL of a database that is there for this test alone."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    yield request.getfixturevalue("postgres_url")


@pytest.fixture
def store(store_url):
    store = open_store(store_url)
    yield store
    store.close()


@pytest.fixture
def fill(store):
    """Return the function that stores lines of some confidence, and returns their numbers."""

    def fill(*confidences: float, keep: str = "crops", text: str = "17") -> tuple[int, ...]:
        lines = [line_of(text, c, 20 + 50 * i) for i, c in enumerate(confidences)]
        kept = keep_page(page_of(*lines), pixels_of(), keep=keep)
        return store.add([kept], "page.png", "latin-line").line_ids[0]

    return fill
