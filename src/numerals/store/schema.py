"""Tables of the store: readings, their pages and lines, changes of lines, saved responses."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table

from numerals.store.column_types import (
    FloatCell,
    IntegerCell,
    NullableBytes,
    NullableText,
    ShortText,
    TextCell,
)

METADATA = MetaData()

READINGS = Table(
    "readings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", TextCell, nullable=False),
    # ISO 8601 in UTC as text of fixed length: sorts in the same order in every database.
    Column("read_at", ShortText(32), nullable=False, index=True),
    Column("model", TextCell, nullable=False),
    Column("script", ShortText(32), nullable=False),
    sqlite_autoincrement=True,  # the id of a deleted row is never used again
)

PAGES = Table(
    "pages",
    METADATA,
    Column("reading_id", ForeignKey("readings.id", ondelete="CASCADE"), primary_key=True),
    Column("number", IntegerCell, primary_key=True),  # in its file, from 1
    Column("width", IntegerCell, nullable=False),  # pixels
    Column("height", IntegerCell, nullable=False),
    Column("picture", NullableBytes),  # PNG
)

LINES = Table(
    "lines",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reading_id", ForeignKey("readings.id", ondelete="CASCADE"), nullable=False),
    Column("page", IntegerCell, nullable=False),
    Column("number", IntegerCell, nullable=False),  # on its page, from 1
    Column("script", ShortText(32), nullable=False),
    Column("text", TextCell, nullable=False),  # as read
    Column("confidence", FloatCell, nullable=False),
    Column("box", TextCell, nullable=False),  # JSON, as the next two
    Column("digits", TextCell, nullable=False),
    Column("alternatives", TextCell, nullable=False),
    Column("crop", NullableBytes),  # PNG
    # JSON: left, top, and picture pixels per crop pixel.
    Column("crop_frame", NullableText),
    # The result of the line's changes, updated with each change: computing it for a queue of
    # 100,000 lines would read all their changes.
    Column("state", ShortText(16), nullable=False),
    Column("answer", TextCell, nullable=False),
    Index("lines_of_reading", "reading_id", "page", "number", unique=True),
    Index("lines_by_doubt", "state", "confidence", "id"),
    sqlite_autoincrement=True,
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("line_id", ForeignKey("lines.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", ShortText(32), nullable=False),
    Column("by", TextCell, nullable=False),
    Column("kind", ShortText(16), nullable=False),  # confirm, correct, skip, undo
    Column("from", TextCell, nullable=False),
    Column("to", TextCell, nullable=False),
    sqlite_autoincrement=True,
)

REQUESTS = Table(
    "requests",
    METADATA,
    Column("key", ShortText(200), primary_key=True),  # the client's idempotency key
    Column("fingerprint", ShortText(64), nullable=False),  # SHA-256 of the request
    Column("at", ShortText(32), nullable=False, index=True),
    # Deleting a reading deletes the responses that contain its text.
    Column("reading_id", ForeignKey("readings.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("answer", TextCell, nullable=False),  # JSON
)

VERSION = Table(
    "schema_version",
    METADATA,
    Column("version", Integer, nullable=False),
)
