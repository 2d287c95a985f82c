"""A lock held by another process raises StoreError after the timeout."""

import time

import pytest

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from sqlalchemy import text

from numerals.errors import StoreError
from numerals.store import open_store
from numerals.store.database import write_transaction
from numerals.store.lock_timeout import set_lock_timeout
from numerals.store.schema import READINGS

ROW = {"source": "a", "read_at": "2026-01-01T00:00:00Z", "model": "m", "script": "latin"}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return request.getfixturevalue("postgres_url")


def insert(store) -> None:
    with write_transaction(store.engine) as connection:
        connection.execute(READINGS.insert().values(ROW))


def test_a_lock_raises_an_error_after_the_timeout(url):
    store, other = open_store(url), open_store(url)
    set_lock_timeout(store.engine, 0.3)
    insert(store)
    with write_transaction(other.engine) as holder:
        if holder.dialect.name == "postgresql":
            holder.execute(text("LOCK TABLE readings IN ACCESS EXCLUSIVE MODE"))
        for _ in range(2):  # the setting survives the failed transaction
            started = time.monotonic()
            with pytest.raises(StoreError, match="lock"):
                insert(store)
            assert 0.2 < time.monotonic() - started < 8
    insert(store)
    store.close()
    other.close()
