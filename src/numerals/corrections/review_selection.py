"""Which waiting lines a review shows, and in which order.

Marks, such as texture and noise, are lines that are probably not numbers. A reviewer answers them
together instead of one by one.
"""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, select

from numerals.store.changes import WAITING
from numerals.store.schema import ITEMS, LINES, READINGS

MIN_USEFUL_CONFIDENCE, MAX_USEFUL_CONFIDENCE = 0.3, 0.9
"""A number of a confidence between these is often wrong, and a person can read it."""
MAX_MARK_CHARACTERS = 3
"""The whole number of longer texts can have a low confidence although each digit is legible."""

Show = Literal["uncertain", "all"]
Marks = Literal["include", "exclude", "only"]
Order = Literal["confidence", "useful", "page"]


@dataclass(frozen=True)
class ReviewSelection:
    """A selection of waiting lines with crops.

    Attributes
    ----------
    below : float in [0, 1], optional
        Only lines with a lower confidence.
    batch_id : int, optional
        Only lines of this batch.
    show : {"uncertain", "all"}
        Only the lines that are uncertain, as a batch counts them, or all.
    marks : {"include", "exclude", "only"}
        Lines that are probably not numbers.
    text : str, optional
        Only lines that were read as this text.
    order : {"confidence", "useful", "page"}
        Lowest confidence first; the most useful answers first; or as on the pages.
    """

    below: float | None = None
    batch_id: int | None = None
    show: Show = "all"
    marks: Marks = "include"
    text: str | None = None
    order: Order = "confidence"

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions on the table of lines."""
        found = [LINES.c.state == WAITING, LINES.c.crop.is_not(None)]
        if self.below is not None:
            found.append(LINES.c.confidence < self.below)
        if self.batch_id is not None:
            readings = select(ITEMS.c.reading_id).where(ITEMS.c.batch_id == self.batch_id)
            found.append(LINES.c.reading_id.in_(readings))
        if self.show == "uncertain":
            found.append(LINES.c.uncertain != 0)
        if self.marks != "include":
            found.append(is_mark() if self.marks == "only" else not_(is_mark()))
        if self.text is not None:
            found.append(LINES.c.text == self.text)
        return found

    def sort_keys(self) -> list[ColumnElement[Any]]:
        """Return the keys that lines are sorted by."""
        confidence, line_id = LINES.c.confidence.expression, LINES.c.id.expression
        if self.order == "page":
            return [
                LINES.c.reading_id.expression,
                LINES.c.page.expression,
                LINES.c.number.expression,
            ]
        if self.order == "confidence":
            return [confidence, line_id]
        is_useful = confidence.between(MIN_USEFUL_CONFIDENCE, MAX_USEFUL_CONFIDENCE)
        rank = case((is_useful, 0), (confidence > MAX_USEFUL_CONFIDENCE, 1), else_=2)
        return [rank, confidence, line_id]


def is_mark() -> ColumnElement[bool]:
    """Return the condition for lines that are probably not numbers.

    Fields of forms and cells of tables are where a number is expected, so they never are.
    """
    return and_(
        LINES.c.confidence < MIN_USEFUL_CONFIDENCE,
        func.length(LINES.c.text) <= MAX_MARK_CHARACTERS,
        LINES.c.field.is_(None),
        LINES.c.table_number.is_(None),
    )


def count_lines(connection: Connection, selection: ReviewSelection) -> int:
    """Return the number of selected lines."""
    query = select(func.count()).select_from(LINES).where(*selection.conditions())
    return int(connection.execute(query).scalar_one())


@dataclass(frozen=True)
class TextGroup:
    """Lines with the same reading: the text, and their number."""

    text: str
    count: int


@dataclass(frozen=True)
class PageGroup:
    """A page with waiting lines: its first line, its file, and the number of lines."""

    line_id: int
    source: str
    page: int
    count: int


def group_by_text(
    connection: Connection, selection: ReviewSelection, limit: int
) -> list[TextGroup]:
    """Return the readings that at least two lines share, the most frequent first."""
    count = func.count()
    rows = connection.execute(
        select(LINES.c.text, count.label("n"))
        .where(*selection.conditions())
        .group_by(LINES.c.text)
        .having(count > 1)
        .order_by(count.desc(), LINES.c.text)
        .limit(limit)
    )
    return [TextGroup(row.text, int(row.n)) for row in rows]


def group_by_page(
    connection: Connection, selection: ReviewSelection, limit: int
) -> list[PageGroup]:
    """Return the pages with selected lines: those of batches by file name, others as read."""
    first = func.min(LINES.c.id).label("first")
    # The cells of files without a batch are NULL, which typed columns refuse.
    place = [
        func.coalesce(ITEMS.c.batch_id, 0),
        func.coalesce(ITEMS.c.sort_name, ""),
        LINES.c.reading_id.expression,
        LINES.c.page.expression,
    ]
    lines = LINES.join(READINGS, READINGS.c.id == LINES.c.reading_id)
    rows = connection.execute(
        select(first, READINGS.c.source, LINES.c.page, func.count().label("n"))
        .select_from(lines.outerjoin(ITEMS, ITEMS.c.reading_id == LINES.c.reading_id))
        .where(*selection.conditions())
        .group_by(*place, READINGS.c.source)
        .order_by(*place)
        .limit(limit)
    )
    return [PageGroup(int(row.first), row.source, row.page, int(row.n)) for row in rows]
