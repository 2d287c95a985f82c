"""The undo stack of a line: its active changes, and the state and text that they result in.

A change is active unless an undo reverted it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from numerals.store.changes import STATE_AFTER, UNDO, WAITING, Change


@dataclass(frozen=True)
class Resolution:
    """The result of a line's changes.

    Attributes
    ----------
    state : {"waiting", "confirmed", "corrected", "skipped"}
    text : str
        The last answer; the text as read if there is none.
    change : Change, optional
        The change that set the state, which an undo would revert.
    """

    state: str
    text: str
    change: Change | None


def active_changes(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that are not undone, oldest first.

    Parameters
    ----------
    changes : iterable of Change
        All changes of one line, oldest first. Each undo removes the last active change.
    """
    active: list[Change] = []
    for change in changes:
        if change.kind != UNDO:
            active.append(change)
        elif active:
            active.pop()
    return active


def resolve_changes(read: str, changes: Iterable[Change]) -> Resolution:
    """Return the state and text of a line.

    Parameters
    ----------
    read : str
        Text as read.
    changes : iterable of Change
        All changes of the line, oldest first.

    Returns
    -------
    Resolution

    Examples
    --------
    >>> correction = Change(1, 1, "2026-11-23", "ann", "correct", "17", "11")
    >>> resolution = resolve_changes("17", [correction])
    >>> resolution.state, resolution.text
    ('corrected', '11')
    """
    active = active_changes(changes)
    if not active:
        return Resolution(WAITING, read, None)
    last = active[-1]
    return Resolution(STATE_AFTER[last.kind], last.after, last)
