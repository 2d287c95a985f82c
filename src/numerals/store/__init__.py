"""What was read and what people corrected. Needs the ``web`` extra (SQLAlchemy)."""

from numerals.store.changes import Change, standing_changes
from numerals.store.keep import KEEP, KeptLine, KeptPage, keep_page
from numerals.store.opening import is_there, open_store
from numerals.store.requests import KeyedRequest
from numerals.store.review import UNSEEN, Item
from numerals.store.store import AnsweredLine, Store, Stored, keep_file
from numerals.store.urls import default_url, parse_url, shown_url

__all__ = [
    "KEEP",
    "UNSEEN",
    "AnsweredLine",
    "Change",
    "Item",
    "KeptLine",
    "KeptPage",
    "KeyedRequest",
    "Store",
    "Stored",
    "default_url",
    "is_there",
    "keep_file",
    "keep_page",
    "open_store",
    "parse_url",
    "shown_url",
    "standing_changes",
]
