"""Convert lines of the store to the items that the review shows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from numerals.corrections.undo_stack import resolve_changes
from numerals.errors import NotStoredError, StoreError
from numerals.store.changes import STATES, Change, changes_by_line
from numerals.store.column_types import json_value
from numerals.store.row_checks import check_id, damaged_line
from numerals.store.schema import ITEMS, LINES, READINGS


@dataclass(frozen=True)
class LinePlace:
    """Where a line is: in its batch, its file, its form or its table.

    Attributes
    ----------
    batch, item : int, optional
        The batch and its item that the line belongs to.
    page, line : int, optional
        Number of the page in its file, and of the line on its page, from 1.
    field : str, optional
        Name of the field of a form.
    note : str
        Why the field is not accepted.
    table, row, column : int, optional
        In a table, from 1.
    accepted : bool, optional
        As in `numerals.records.Line`.
    box : tuple of int, optional
        In pixels of the page.
    """

    batch: int | None = None
    item: int | None = None
    page: int | None = None
    line: int | None = None
    field: str | None = None
    note: str = ""
    table: int | None = None
    row: int | None = None
    column: int | None = None
    accepted: bool | None = None
    box: tuple[int, ...] | None = None


@dataclass(frozen=True)
class ReviewItem:
    """A line in the review, waiting or answered.

    Attributes
    ----------
    id, reading_id : int
    text : str
        The answer; the text as read if there is none.
    confidence : float in [0, 1]
        Confidence of the text as read.
    alternatives : tuple of (str, float)
        Other texts of the line with their probabilities.
    read : str
        Text as read.
    state : {"waiting", "confirmed", "corrected", "skipped"}
    source : str
        Name of the file.
    read_at : str
        Time of the reading, ISO 8601 in UTC.
    has_crop : bool
        Whether the crop of the line is stored.
    script : str
        Script of the line.
    version : int
        Id of the last change, an undo included; 0 before the first. A client sends the version that
        it shows with its answer.
    change : int, optional
        Id of the change that an undo would revert.
    by : str
        Who made the last change.
    place : LinePlace
        Where the line is.
    """

    id: int
    reading_id: int
    text: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...]
    read: str
    state: str
    source: str
    read_at: str
    has_crop: bool
    script: str = ""
    version: int = 0
    change: int | None = None
    by: str = ""
    place: "LinePlace" = field(default_factory=lambda: LinePlace())

    def to_json(self) -> str:
        """Return the item as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ReviewItem":
        """Return the item that `to_json` wrote.

        Raises
        ------
        StoreError
            If the text is damaged.
        """
        try:
            fields = json_value(text)
            fields["alternatives"] = tuple(tuple(each) for each in fields["alternatives"])
            place = LinePlace(**fields.get("place", {}))
            box = None if place.box is None else tuple(place.box)
            fields["place"] = replace(place, box=box)
            return cls(**fields)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise StoreError(
                "the store is damaged: the saved response to this request is not as numerals "
                "writes it; send the request again with another key"
            ) from error


def select_items() -> Select[Any]:
    """Return the query for the columns that `to_items` needs."""
    return select(
        LINES.c.id,
        LINES.c.reading_id,
        LINES.c.answer,
        LINES.c.confidence,
        LINES.c.alternatives,
        LINES.c.text,
        LINES.c.state,
        READINGS.c.source,
        READINGS.c.read_at,
        LINES.c.crop.is_not(None).label("has_crop"),
        LINES.c.script,
        ITEMS.c.batch_id,
        ITEMS.c.id.label("item_id"),
        LINES.c.page,
        LINES.c.number,
        LINES.c.field,
        LINES.c.note,
        LINES.c.table_number,
        LINES.c.row_number,
        LINES.c.column_number,
        LINES.c.accepted,
        LINES.c.box,
    ).select_from(
        LINES.join(READINGS, READINGS.c.id == LINES.c.reading_id).outerjoin(
            ITEMS, ITEMS.c.reading_id == LINES.c.reading_id
        )
    )


def to_items(connection: Connection, rows: Sequence[Row[Any]]) -> list[ReviewItem]:
    """Return the items for rows of `select_items`."""
    changes = changes_by_line(connection, [row.id for row in rows])
    return [_to_item(row, changes[row.id]) for row in rows]


def load_item(connection: Connection, line_id: int) -> ReviewItem:
    """Return the item of one line.

    Raises
    ------
    NotStoredError
        If the line does not exist.
    """
    check_id("line", line_id)
    rows = connection.execute(select_items().where(LINES.c.id == line_id)).all()
    if not rows:
        raise NotStoredError(f"there is no line {line_id}")
    return to_items(connection, rows)[0]


def _to_item(row: Row[Any], changes: Sequence[Change]) -> ReviewItem:
    if row.state not in STATES:
        raise damaged_line(row, "its states")
    active = resolve_changes(row.text, changes).change
    return ReviewItem(
        row.id,
        row.reading_id,
        row.answer,
        row.confidence,
        _alternatives(row),
        row.text,
        row.state,
        row.source,
        row.read_at,
        bool(row.has_crop),
        row.script,
        changes[-1].id if changes else 0,
        active.id if active else None,
        changes[-1].by if changes else "",
        _place(row),
    )


def _place(row: Row[Any]) -> LinePlace:
    try:
        box = tuple(json_value(row.box))
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged_line(row, "its box") from error
    return LinePlace(
        row.batch_id,
        row.item_id,
        row.page,
        row.number,
        row.field,
        row.note,
        row.table_number,
        row.row_number,
        row.column_number,
        None if row.accepted is None else bool(row.accepted),
        box,
    )


def _alternatives(row: Row[Any]) -> tuple[tuple[str, float], ...]:
    try:
        alternatives = json_value(row.alternatives)
        return tuple((str(each["text"]), float(each["confidence"])) for each in alternatives)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise damaged_line(row, "its alternatives") from error
