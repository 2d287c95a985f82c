"""Fixtures for tests of stores."""

import pytest

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from numerals.store import open_store
from store_fixtures import fill, queue, store, store_url

__all__ = ["fill", "queue", "store", "store_url"]


@pytest.fixture
def user_store(home):
    """Open the store in the user's data folder, empty."""
    store = open_store()
    yield store
    store.close()
