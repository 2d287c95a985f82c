"""What constraints down a column decide for each number."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from numerals.constraints.values import Candidate

MIN_PROBABILITY = 0.01
"""Minimum probability of a reading that a constraint chooses over a more probable one.

With none, the number is reviewed: more likely, the writer was wrong, or the reader missed the right
reading. ``benchmarks/constraints.py --thresholds`` compares values on the training cheques and log
books."""


@dataclass(frozen=True)
class Decision:
    """The reading that a constraint chose for a number.

    Attributes
    ----------
    index : int or None
        Of the candidate; None for a number without candidates.
    problem : str
        Why the number has to be reviewed; empty if it satisfies the constraint.
    """

    index: int | None
    problem: str = ""


class ColumnSolver(Protocol):
    """Chooses readings for the numbers of a column, which are added from top to bottom."""

    decided: deque[Decision]
    """Decisions that no further number will alter, in order."""

    def add(self, candidates: Sequence[Candidate]) -> None:
        """Add a number: its readings, the most probable first; none for an unread number."""

    def finish(self) -> None:
        """Decide all numbers that were added."""
