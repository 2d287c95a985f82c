"""The tables: readings, their pages and lines, changes that people made, and kept answers."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

READINGS = Table(
    "readings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    # ISO 8601 in UTC, always of the same length: sorts as text, and alike in every database.
    Column("read_at", String(32), nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("script", String(32), nullable=False),
    sqlite_autoincrement=True,  # an id that was handed out is never given to another
)

PAGES = Table(
    "pages",
    METADATA,
    Column("reading_id", ForeignKey("readings.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("picture", LargeBinary),  # PNG
)

LINES = Table(
    "lines",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reading_id", ForeignKey("readings.id", ondelete="CASCADE"), nullable=False),
    Column("page", Integer, nullable=False),
    Column("number", Integer, nullable=False),  # on its page, from 1
    Column("script", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("box", Text, nullable=False),  # JSON, as the next two
    Column("digits", Text, nullable=False),
    Column("alternatives", Text, nullable=False),
    Column("crop", LargeBinary),  # PNG
    Column("crop_frame", Text),  # JSON: left, top, and pixels of the picture per pixel of the crop
    # What the changes come to, written with each of them: a queue of 100,000 lines must not be
    # replayed to find the next one.
    Column("state", String(16), nullable=False),
    Column("answer", Text, nullable=False),
    Index("lines_of_reading", "reading_id", "page", "number", unique=True),
    Index("lines_by_doubt", "state", "confidence", "id"),
    sqlite_autoincrement=True,
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("line_id", ForeignKey("lines.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", String(16), nullable=False),  # confirm, correct, skip, undo
    Column("from", Text, nullable=False),
    Column("to", Text, nullable=False),
    sqlite_autoincrement=True,
)

REQUESTS = Table(
    "requests",
    METADATA,
    Column("key", String(200), primary_key=True),  # what the client calls the request
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of what it asked
    Column("at", String(32), nullable=False, index=True),
    # What is removed takes the answers about it along.
    Column("reading_id", ForeignKey("readings.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("answer", Text, nullable=False),  # JSON
)

VERSION = Table(
    "schema_version",
    METADATA,
    Column("version", Integer, nullable=False),
)
