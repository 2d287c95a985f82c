"""What was read and what people corrected. Needs the ``web`` extra (SQLAlchemy)."""

from numerals.store.database import default_url, is_there, open_store
from numerals.store.keep import KEEP, KeptLine, KeptPage, keep_page
from numerals.store.review import Change, Item
from numerals.store.store import AnsweredLine, Store, Stored, keep_file

__all__ = [
    "KEEP",
    "AnsweredLine",
    "Change",
    "Item",
    "KeptLine",
    "KeptPage",
    "Store",
    "Stored",
    "default_url",
    "is_there",
    "keep_file",
    "keep_page",
    "open_store",
]
