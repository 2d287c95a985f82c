"""Readings, pages and lines as rows of the store's tables."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection

from numerals.store.changes import WAITING
from numerals.store.page_entries import LineEntry, PageEntry
from numerals.store.schema import LINES, PAGES, READINGS
from numerals.store.timestamps import now


@dataclass(frozen=True)
class StoredIds:
    """The ids of a stored reading.

    Attributes
    ----------
    id : int
        Of the reading.
    line_ids : tuple of tuple of int
        Of its lines, one tuple per page.
    answers : dict of int to (str, str)
        State and text of the lines that reviewers answered before the reading was replaced.
    """

    id: int
    line_ids: tuple[tuple[int, ...], ...]
    answers: dict[int, tuple[str, str]] = field(default_factory=dict)


def insert_reading(
    connection: Connection, pages: Sequence[PageEntry], source: str, model: str
) -> StoredIds:
    """Insert the reading of one file; parameters as of `numerals.store.Store.add`."""
    reading = {
        "source": replace_invalid_characters(source),
        "read_at": now(),
        "model": model,
        "script": pages[0].page.script if pages else "",
    }
    insert = READINGS.insert().values(reading).returning(READINGS.c.id)
    reading_id = int(connection.execute(insert).scalar_one())
    return StoredIds(reading_id, tuple(insert_page(connection, reading_id, page) for page in pages))


def insert_page(connection: Connection, reading_id: int, entry: PageEntry) -> tuple[int, ...]:
    """Insert a page with its lines; return the ids of these."""
    connection.execute(PAGES.insert().values(page_values(reading_id, entry)))
    insert = LINES.insert().returning(LINES.c.id)
    rows = (
        {**line_values(entry, number), "reading_id": reading_id, "number": number}
        for number in range(1, len(entry.lines) + 1)
    )
    return tuple(int(connection.execute(insert.values(row)).scalar_one()) for row in rows)


def replace_invalid_characters(name: str) -> str:
    """Return the name of a file without lone surrogates and NUL, which databases reject."""
    return name.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def page_values(reading_id: int, entry: PageEntry) -> dict[str, Any]:
    """Return the row of a page."""
    page = entry.page
    return {
        "reading_id": reading_id,
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "picture": entry.picture,
        "turn": round(page.turn),
        "error": entry.error,
        "form": json.dumps(asdict(entry.form), ensure_ascii=False) if entry.form else None,
    }


def line_values(entry: PageEntry, number: int) -> dict[str, Any]:
    """Return the row of a line that nobody answered, without its reading and number.

    Parameters
    ----------
    entry : PageEntry
    number : int
        Of the line in `entry`, from 1.
    """
    line_entry = entry.lines[number - 1]
    line = line_entry.line
    return {
        "page": entry.page.number,
        "script": entry.page.script,
        "text": line.text,
        "confidence": line.confidence,
        "box": json.dumps(line.box),
        "digits": json.dumps([digit.to_dict() for digit in line.digits], ensure_ascii=False),
        "alternatives": json.dumps(line.to_dict()["alternatives"], ensure_ascii=False),
        "crop": line_entry.crop,
        "crop_frame": json.dumps(line_entry.frame) if line_entry.frame else None,
        "state": WAITING,
        "answer": line.text,
        **_details(line_entry),
    }


def _details(entry: LineEntry) -> dict[str, Any]:
    line = entry.line
    row, column = (None, None) if line.cell is None else (line.cell[0] + 1, line.cell[1] + 1)
    return {
        "field": entry.field,
        "note": entry.note,
        "table_number": None if line.table is None else line.table + 1,
        "row_number": row,
        "column_number": column,
        "accepted": None if line.accepted is None else int(line.accepted),
        "changed": int(line.changed),
        "printed": int(line.is_printed),
        "uncertain": entry.uncertainty,
    }
