"""Readings, their lines and the review changes in a database. Needs the ``web`` extra (SQLAlchemy).

`numerals.corrections` reviews the stored lines.
"""

from numerals.store.changes import Change
from numerals.store.keyed_requests import KeyedRequest
from numerals.store.opening import open_store, store_exists
from numerals.store.page_entries import KEEP_CHOICES, LineEntry, PageEntry, make_page_entry
from numerals.store.reading_rows import StoredIds
from numerals.store.store import Store
from numerals.store.urls import default_url, display_url, parse_url

__all__ = [
    "KEEP_CHOICES",
    "Change",
    "KeyedRequest",
    "LineEntry",
    "PageEntry",
    "Store",
    "StoredIds",
    "default_url",
    "display_url",
    "make_page_entry",
    "open_store",
    "parse_url",
    "store_exists",
]
