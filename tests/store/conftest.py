"""Fixtures for tests of stores."""

import pytest

pytest.importorskip("sqlalchemy", reason="needs numerals[web]")

from store_fixtures import fill, queue, store, store_url

__all__ = ["fill", "queue", "store", "store_url"]
