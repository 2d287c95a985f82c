"""Tables of the store: readings, pages, lines, their changes, batches, responses."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table

from numerals.store.column_types import (
    FloatCell,
    IntegerCell,
    NullableBytes,
    NullableInteger,
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
    Column("turn", IntegerCell, nullable=False, server_default="0"),  # degrees, clockwise
    Column("error", NullableText),  # why the page could not be read
    # JSON of a `FormEntry`, for pages that are forms.
    Column("form", NullableText),
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
    Column("field", NullableText),  # name in its form
    Column("note", TextCell, nullable=False, server_default=""),  # why a field is not accepted
    Column("table_number", NullableInteger),  # on its page, from 1, as the next two
    Column("row_number", NullableInteger),
    Column("column_number", NullableInteger),
    # 0 or 1, as the next three; NULL if neither a format nor a maximum error was requested.
    Column("accepted", NullableInteger),
    Column("changed", IntegerCell, nullable=False, server_default="0"),
    Column("printed", IntegerCell, nullable=False, server_default="0"),
    Column("uncertain", IntegerCell, nullable=False, server_default="0"),
    Index("lines_of_reading", "reading_id", "page", "number", unique=True),
    Index("lines_by_doubt", "state", "confidence", "id"),
    # Counts of a batch read only this index: rows with crops span several pages of SQLite.
    Index("line_counts", "reading_id", "state", "uncertain", "confidence"),
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

KEYED_ANSWERS = Table(
    "keyed_answers",  # of double keying: each reviewer's answer before a line is settled
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("line_id", ForeignKey("lines.id", ondelete="CASCADE"), nullable=False),
    Column("name", ShortText(200), nullable=False),  # of the reviewer, to compare
    Column("by", TextCell, nullable=False),  # the name as it was given
    Column("text", TextCell, nullable=False),
    Column("at", ShortText(32), nullable=False),
    Index("keyed_once", "line_id", "name", unique=True),
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

BATCHES = Table(
    "batches",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", TextCell, nullable=False),
    Column("created_at", ShortText(32), nullable=False),
    Column("options", TextCell, nullable=False),  # JSON, as the next one
    Column("templates", TextCell, nullable=False),
    Column("is_paused", IntegerCell, nullable=False),
    # 1 while its contents are being deleted; the service continues after a restart.
    Column("is_deleted", IntegerCell, nullable=False),
    Column("watch", NullableText),  # path of the folder whose files are added
    Column("request_key", NullableText, unique=True),  # idempotency key of its creation
    Column("version", IntegerCell, nullable=False),  # grows with each change of its items
    sqlite_autoincrement=True,
)

ITEMS = Table(
    "batch_items",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), nullable=False),
    Column("name", TextCell, nullable=False),  # with folders, separated by slashes
    Column("sort_name", TextCell, nullable=False),  # orders "2.png" before "10.png"
    Column("sha256", ShortText(64), nullable=False),  # of its content; names its file
    Column("size", IntegerCell, nullable=False),  # bytes
    Column("added_at", ShortText(32), nullable=False),
    Column("state", ShortText(16), nullable=False),  # waiting, reading, done, failed
    Column("attempt", IntegerCell, nullable=False),  # grows when it is to be read again
    Column("n_pages", NullableInteger),  # NULL until its first page was decoded
    Column("n_read", IntegerCell, nullable=False),  # pages of this attempt
    Column("error", NullableText),
    Column("reading_id", ForeignKey("readings.id", ondelete="SET NULL"), index=True),
    Column("has_file", IntegerCell, nullable=False),  # 0 after its pixels were deleted
    Index("items_once", "batch_id", "sha256", "name", unique=True),
    Index("items_by_name", "batch_id", "sort_name", "id"),
    Index("items_by_state", "batch_id", "state", "id"),
    sqlite_autoincrement=True,
)

ANSWER_CHANGES = Table(
    "answer_changes",  # of the last time that a batch was read again
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey("batch_items.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("line_id", ForeignKey("lines.id", ondelete="SET NULL"), index=True),
    Column("page", IntegerCell, nullable=False),
    Column("number", IntegerCell, nullable=False),  # of the line on its page, from 1
    Column("field", NullableText),
    Column("before", NullableText),  # NULL for a new line
    Column("after", NullableText),  # NULL for a line that is gone
    Column("confidence", FloatCell, nullable=False),
)

VERSION = Table(
    "schema_version",
    METADATA,
    Column("version", Integer, nullable=False),
)
