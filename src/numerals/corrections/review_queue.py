"""The review queue: confirm, correct and skip the lines of a store, and undo these changes.

Each change is appended to the log of the line and never edited. The line's row holds the state and
text that its changes result in.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, func, select

from numerals.corrections.answer_text import check_answer
from numerals.corrections.review_items import ReviewItem, load_item, select_items, to_items
from numerals.corrections.review_selection import ReviewSelection, count_lines
from numerals.corrections.undo_stack import Resolution, active_changes, resolve_changes
from numerals.errors import EditConflictError, NothingToUndoError, NotStoredError
from numerals.formats import parse_format
from numerals.store import Change, KeyedRequest, Store
from numerals.store.batches import count_answer
from numerals.store.changes import (
    CORRECTED,
    SKIPPED,
    STATE_AFTER,
    UNDO,
    WAITING,
    changes_by_line,
    changes_of_line,
    to_change,
)
from numerals.store.database import read_transaction, write_transaction
from numerals.store.keyed_requests import load_response, save_response
from numerals.store.row_checks import check_id
from numerals.store.schema import CHANGES, LINES
from numerals.store.timestamps import now

UNKNOWN_VERSION = -1
"""Version for a client that does not know which version of a line it showed."""


class ReviewQueue:
    """The lines of a store in review. Each method is one transaction; threads may share a queue.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def list_waiting(
        self,
        limit: int = 20,
        selection: ReviewSelection | None = None,
        *,
        below: float | None = None,
        batch_id: int | None = None,
    ) -> tuple[int, list[ReviewItem]]:
        """Return the number of waiting lines, and the first of them, lowest confidence first.

        Lines without a crop are not listed: a reviewer could not see them.

        Parameters
        ----------
        limit : int, default=20
            Maximum number of items.
        selection : ReviewSelection, optional
            Which lines, and their order.
        below : float in [0, 1], optional
            Only lines with a lower confidence, without a `selection`.
        batch_id : int, optional
            Only lines of this batch, without a `selection`.

        Returns
        -------
        n_waiting : int
        items : list of ReviewItem
        """
        selection = selection or ReviewSelection(below, batch_id)
        with read_transaction(self.store.engine) as connection:
            n_waiting = count_lines(connection, selection)
            rows = connection.execute(
                select_items()
                .where(*selection.conditions())
                .order_by(*selection.sort_keys())
                .limit(limit)
            ).all()
            return n_waiting, to_items(connection, rows)

    def get_item(self, line_id: int) -> ReviewItem:
        """Return the item of a line.

        Raises
        ------
        NotStoredError
            If the line does not exist.
        """
        with read_transaction(self.store.engine) as connection:
            return load_item(connection, line_id)

    def answer(
        self,
        line_id: int,
        text: str,
        by: str,
        *,
        number_format: str | None = None,
        as_written: bool = False,
        version: int | None = None,
        request: KeyedRequest | None = None,
    ) -> ReviewItem:
        """Set the text of a line: confirm it if `text` is as read, otherwise correct it.

        The same answer again adds no change.

        Parameters
        ----------
        line_id : int
        text : str
            A number, or an empty text if there is none; `check_answer` checks it.
        by : str
            Name of the reviewer; may be empty.
        number_format : str, optional
            Format of the field.
        as_written : bool, default=False
            Whether a number that does not match the format is accepted.
        version : int, optional
            Version of the item that the reviewer saw, or `UNKNOWN_VERSION`; by default the answer
            replaces any other.
        request : KeyedRequest, optional
            A repeated request changes nothing and returns the first result.

        Returns
        -------
        ReviewItem

        Raises
        ------
        AnswerError
            If the text is neither a number of the format nor empty.
        NotStoredError
            If the line does not exist.
        EditConflictError
            If another reviewer answered the line after that version.
        KeyReusedError
            If the key of `request` belongs to a request with other content.
        """
        # Parsed here, because the transaction locks the line.
        parsed = parse_format(number_format) if number_format else None
        check = partial(check_answer, text, number_format=parsed, as_written=as_written)
        change = partial(answer_line, line_id=line_id, check=check, by=by, version=version)
        return self._apply(line_id, change, request)

    def skip(
        self,
        line_id: int,
        by: str,
        *,
        version: int | None = None,
        request: KeyedRequest | None = None,
    ) -> ReviewItem:
        """Remove a line from the queue without an answer; parameters and errors as in `answer`."""
        change = partial(_skip, line_id=line_id, by=by, version=version)
        return self._apply(line_id, change, request)

    def undo(
        self,
        line_id: int,
        by: str,
        *,
        change: int | None = None,
        request: KeyedRequest | None = None,
    ) -> ReviewItem:
        """Undo the last active change of a line.

        Parameters
        ----------
        line_id : int
        by : str
        change : int, optional
            Id of the change to undo; nothing happens if it is undone already.
        request : KeyedRequest, optional
            As in `answer`.

        Returns
        -------
        ReviewItem

        Raises
        ------
        NothingToUndoError
            If the line has no active change.
        NotStoredError
            If the line does not exist, or has no such change.
        EditConflictError
            If there are later active changes than `change`.
        """
        undo = partial(undo_change, line_id=line_id, by=by, change=change)
        return self._apply(line_id, undo, request)

    def history(self, line_id: int) -> list[Change]:
        """Return all changes of a line, oldest first.

        Raises
        ------
        NotStoredError
            If the line does not exist.
        """
        with read_transaction(self.store.engine) as connection:
            load_item(connection, line_id)
            return changes_of_line(connection, line_id)

    def list_corrections(
        self, limit: int = 100, *, after: int = 0, newest: bool = False
    ) -> tuple[int, list[Change]]:
        """Return the number of corrected lines, and the changes that corrected them.

        Parameters
        ----------
        limit : int, default=100
            Maximum number of changes.
        after : int, default=0
            Only changes with a larger id.
        newest : bool, default=False
            Whether the newest come first; by default the oldest.

        Returns
        -------
        n_corrected : int
        changes : list of Change
            The active correction of each line.
        """
        is_corrected = LINES.c.state == CORRECTED
        candidates = (
            select(CHANGES)
            .join(LINES, and_(LINES.c.id == CHANGES.c.line_id, is_corrected))
            .where(CHANGES.c.kind == "correct", CHANGES.c.id > after)
            .order_by(CHANGES.c.id.desc() if newest else CHANGES.c.id)
            .limit(limit)
        )
        corrections: list[Change] = []
        with read_transaction(self.store.engine) as connection:
            n_corrected = connection.execute(
                select(func.count()).select_from(LINES).where(is_corrected)
            ).scalar_one()
            batch = candidates
            # Candidates that were undone or replaced are dropped, so one batch may not be enough.
            while len(corrections) < limit:
                changes = [to_change(row) for row in connection.execute(batch)]
                if not changes:
                    break
                corrections += _filter_current(connection, changes)
                last = changes[-1].id
                batch = candidates.where(CHANGES.c.id < last if newest else CHANGES.c.id > last)
        return int(n_corrected), corrections[:limit]

    def _apply(
        self, line_id: int, change: Callable[[Connection], None], request: KeyedRequest | None
    ) -> ReviewItem:
        with write_transaction(self.store.engine) as connection:
            response = load_response(connection, request)
            if response is not None:
                return ReviewItem.from_json(response)
            change(connection)
            item = load_item(connection, line_id)
            save_response(connection, request, item.reading_id, item.to_json())
            return item


def answer_line(
    connection: Connection,
    line_id: int,
    check: Callable[..., str],
    by: str,
    version: int | None,
) -> None:
    """Answer a line in a transaction; see `ReviewQueue.answer`. `check` returns the stored text."""
    line = lock_line(connection, line_id)
    text = check(script=line.script, read=line.text)
    kind = "confirm" if text == line.text else "correct"
    if (line.state, line.answer) == (STATE_AFTER[kind], text):
        return
    _check_version(connection, line, by, version)
    append_change(connection, line, kind, by, STATE_AFTER[kind], text)


def _skip(connection: Connection, line_id: int, by: str, version: int | None) -> None:
    line = lock_line(connection, line_id)
    if line.state == SKIPPED:
        return
    _check_version(connection, line, by, version)
    append_change(connection, line, "skip", by, SKIPPED, line.answer)


def undo_change(connection: Connection, line_id: int, by: str, change: int | None) -> None:
    """Undo a change of a line in a transaction; see `ReviewQueue.undo`."""
    line = lock_line(connection, line_id)
    changes = changes_of_line(connection, line_id)
    active = active_changes(changes)
    if change is not None and change not in [each.id for each in active]:
        if change not in [each.id for each in changes if each.kind != UNDO]:
            raise NotStoredError(f"line {line_id} has no change {change} that could be undone")
        return
    if not active:
        raise NothingToUndoError(f"line {line_id} has no change to undo")
    if change not in (None, active[-1].id):
        raise _conflict(connection, line_id, active[-1])
    before: Resolution = resolve_changes(line.text, active[:-1])
    append_change(connection, line, UNDO, by, before.state, before.text)


def _check_version(connection: Connection, line: Any, by: str, version: int | None) -> None:
    """Raise EditConflictError if a change would replace an answer that the reviewer has not seen.

    A waiting or skipped line has no answer to lose. The answer of another reviewer is replaced only
    if `version` is the current one; with `UNKNOWN_VERSION`, reviewers replace only their own.
    """
    if version is None or line.state in (WAITING, SKIPPED):
        return
    last = changes_of_line(connection, line.id)[-1]
    is_seen = last.by == by if version == UNKNOWN_VERSION else last.id == version
    if not is_seen:
        raise _conflict(connection, line.id, last)


def _conflict(connection: Connection, line_id: int, last: Change) -> EditConflictError:
    item = load_item(connection, line_id)
    who = last.by or "another reviewer"
    return EditConflictError(
        f"line {line_id} was changed in the meantime: since {last.at} it is {item.state} as "
        f"{item.text!r}, by {who}; check it again, and send version {item.version} to replace it",
        item,
    )


def lock_line(connection: Connection, line_id: int) -> Any:
    """Return a line, locked against other writers until the transaction ends."""
    check_id("line", line_id)
    columns = (LINES.c.id, LINES.c.script, LINES.c.text, LINES.c.state, LINES.c.answer)
    row = connection.execute(
        select(*columns).where(LINES.c.id == line_id).with_for_update()
    ).first()
    if row is None:
        raise NotStoredError(f"there is no line {line_id}")
    return row


def append_change(
    connection: Connection, line: Any, kind: str, by: str, state: str, text: str
) -> None:
    """Append a change to the log, and update the line to the state and text after it."""
    connection.execute(
        CHANGES.insert().values(
            {
                "line_id": line.id,
                "at": now(),
                "by": by,
                "kind": kind,
                "from": line.answer,
                "to": text,
            }
        )
    )
    connection.execute(LINES.update().where(LINES.c.id == line.id).values(state=state, answer=text))
    count_answer(connection, line.id)


def _filter_current(connection: Connection, changes: list[Change]) -> list[Change]:
    """Return those changes that set the current state of their line."""
    histories = changes_by_line(connection, sorted({change.line_id for change in changes}))
    active = {
        line_id: resolve_changes("", history).change for line_id, history in histories.items()
    }
    return [change for change in changes if active[change.line_id] == change]
