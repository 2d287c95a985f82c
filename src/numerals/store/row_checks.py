"""Checks of ids that a caller gives, and the error for rows that are damaged."""

from typing import Any

from sqlalchemy import Row

from numerals.errors import NotStoredError, StoreError

_MAX_ID = 2**31 - 1  # PostgreSQL raises an error for larger values of an INTEGER column


def check_id(kind: str, number: int) -> None:
    """Raise NotStoredError for an id that no row can have.

    Parameters
    ----------
    kind : str
        Kind of object that the id names, for the message: ``"line"``.
    number : int
    """
    if not 0 < number <= _MAX_ID:
        raise NotStoredError(f"there is no {kind} {number}")


def damaged_line(row: Row[Any], columns: str) -> StoreError:
    """Return the error for a line whose columns hold values that numerals does not write.

    Parameters
    ----------
    row : Row
        A line; needs its columns ``id`` and ``reading_id``.
    columns : str
        The damaged columns, for the message: ``"its digits"``.
    """
    return StoreError(
        f"line {row.id} of the store is damaged ({columns} are not as numerals writes them); "
        "restore the store from a backup, or delete the reading that contains the line: numerals "
        f"store delete --id {row.reading_id}"
    )
