"""The states of the items of a batch, and how many of its items, pages and lines are in each."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from numerals.store.changes import CORRECTED, WAITING
from numerals.store.schema import ANSWER_CHANGES, ITEMS, LINES

ITEM_WAITING, ITEM_READING, ITEM_DONE, ITEM_FAILED = "waiting", "reading", "done", "failed"
ITEM_STATES = (ITEM_WAITING, ITEM_READING, ITEM_DONE, ITEM_FAILED)


@dataclass(frozen=True)
class BatchCounts:
    """The counts of a batch.

    Attributes
    ----------
    waiting, reading, done, failed : int
        Items by state.
    n_pages : int
        Pages that were read.
    n_unread : int
        Pages to read; a file whose pages are not counted yet counts as one.
    n_bytes : int
        Size of the stored files.
    n_lines, n_to_review, n_corrected : int
    n_changes : int
        Answers that changed when the batch was read again.
    """

    waiting: int = 0
    reading: int = 0
    done: int = 0
    failed: int = 0
    n_pages: int = 0
    n_unread: int = 0
    n_bytes: int = 0
    n_lines: int = 0
    n_to_review: int = 0
    n_corrected: int = 0
    n_changes: int = 0

    @property
    def files(self) -> int:
        """Number of items."""
        return self.waiting + self.reading + self.done + self.failed


def count_batch(connection: Connection, batch_id: int) -> BatchCounts:
    """Return the counts of a batch."""
    is_open = ITEMS.c.state.in_((ITEM_WAITING, ITEM_READING))
    unread = func.coalesce(ITEMS.c.n_pages, 1) - ITEMS.c.n_read
    rows = connection.execute(
        select(
            ITEMS.c.state,
            func.count().label("n"),
            func.sum(ITEMS.c.n_read).label("n_pages"),
            func.sum(case((is_open, unread), else_=0)).label("n_unread"),
            func.sum(ITEMS.c.size * ITEMS.c.has_file).label("n_bytes"),
        )
        .where(ITEMS.c.batch_id == batch_id)
        .group_by(ITEMS.c.state)
    ).all()
    is_to_review = (LINES.c.state == WAITING) & (LINES.c.uncertain != 0)
    lines = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((is_to_review, 1), else_=0)), 0),
            func.coalesce(func.sum(case((LINES.c.state == CORRECTED, 1), else_=0)), 0),
        )
        .select_from(ITEMS)
        .join(LINES, LINES.c.reading_id == ITEMS.c.reading_id)
        .where(ITEMS.c.batch_id == batch_id)
    ).one()
    n_changes = connection.execute(
        select(func.count())
        .select_from(ANSWER_CHANGES)
        .join(ITEMS, ITEMS.c.id == ANSWER_CHANGES.c.item_id)
        .where(ITEMS.c.batch_id == batch_id)
    ).scalar_one()
    by_state = {row.state: int(row.n) for row in rows}
    waiting, reading, done, failed = (by_state.get(state, 0) for state in ITEM_STATES)
    n_lines, n_to_review, n_corrected = (int(count) for count in lines)
    return BatchCounts(
        waiting,
        reading,
        done,
        failed,
        n_pages=sum(int(row.n_pages) for row in rows),
        n_unread=sum(int(row.n_unread) for row in rows),
        n_bytes=sum(int(row.n_bytes) for row in rows),
        n_lines=n_lines,
        n_to_review=n_to_review,
        n_corrected=n_corrected,
        n_changes=int(n_changes),
    )
