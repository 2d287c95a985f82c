"""The numbers of a run that an audit is about."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from numerals.batch.units import Unit
from numerals.errors import DataError
from numerals.output.number_rows import NumberRow

Key = tuple[str, int | None, int | None]
"""File, page and line of a number."""


class NumbersRun(Protocol):
    """What an audit needs of a run: `numerals.batch.open_run` returns one."""

    @property
    def path(self) -> str:
        """The folder of the run."""

    def rows(self) -> Iterator[NumberRow]:
        """Yield the rows in the order of the input, the same each time."""

    def units(self) -> Iterator[Unit]:
        """Yield what says where each file is."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of a run that can be accepted.

    Attributes
    ----------
    rows : ndarray of int64, shape (n_numbers,)
        Their positions in the run, from 0, in increasing order.
    confidence : ndarray of float64, shape (n_numbers,)
        In [0, 1].
    sha256 : str
        Hash of all rows of the run.
    found : dict of Key to list of (int, NumberRow)
        The positions and rows of the keys that were asked for.
    """

    rows: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    sha256: str
    found: dict[Key, list[tuple[int, NumberRow]]]


def is_eligible(row: NumberRow) -> bool:
    """Return whether a row is a number that can be accepted.

    Numbers that the run rejected itself, empty fields, pages without numbers and failures are not.
    """
    return bool(row.text) and row.confidence is not None and row.accepted is not False


def load_numbers(run: NumbersRun, keys: Collection[Key] = ()) -> Numbers:
    """Read the confidences of a run, and the rows that have one of the keys.

    Parameters
    ----------
    run : NumbersRun
    keys : collection of Key, optional
    """
    wanted = frozenset(keys)
    digest = hashlib.sha256()
    positions: list[int] = []
    confidences: list[float] = []
    found: dict[Key, list[tuple[int, NumberRow]]] = {}
    for position, row in enumerate(run.rows()):
        digest.update(_fingerprint(row))
        if not is_eligible(row) or row.confidence is None:
            continue
        positions.append(position)
        confidences.append(row.confidence)
        key = (row.file, row.page, row.line)
        if key in wanted:
            found.setdefault(key, []).append((position, row))
    return Numbers(np.array(positions, np.int64), np.array(confidences), digest.hexdigest(), found)


def load_rows(run: NumbersRun, positions: Collection[int]) -> tuple[dict[int, NumberRow], str]:
    """Return the rows at these positions, and the hash of all rows of the run."""
    wanted = frozenset(positions)
    digest = hashlib.sha256()
    rows = {}
    for position, row in enumerate(run.rows()):
        digest.update(_fingerprint(row))
        if position in wanted:
            rows[position] = row
    return rows, digest.hexdigest()


def check_same_numbers(path: str, expected: str, sha256: str) -> None:
    """Raise DataError if the numbers of a run are not those that an audit was planned for."""
    if sha256 != expected:
        raise DataError(
            f"{path}: its numbers have changed since the audit was planned, so that the audit says "
            "nothing about them; restore the run, or move its folder audit away and plan a new one"
        )


def _fingerprint(row: NumberRow) -> bytes:
    place = (row.file, row.page, row.line, row.table, row.row, row.column, row.field, row.box)
    values = (*place, row.text, row.confidence, row.accepted, row.error)
    return repr(values).encode("utf-8", "surrogatepass")
