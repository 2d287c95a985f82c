"""Apply constraints to rows that arrive one after the other: forms, or rows of a table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from numerals.constraints.backlog import Backlog
from numerals.constraints.decisions import ColumnSolver
from numerals.constraints.relations import relation_holds
from numerals.constraints.rules import Reading, Rules

VIOLATES_FORMAT = "does not match its format"
"""The problem of a number without a reading of its format."""

R = TypeVar("R")


@dataclass(frozen=True)
class Choice:
    """The reading that the constraints chose for a number.

    Attributes
    ----------
    text : str
    probability : float in [0, 1]
    problem : str
        Why the number has to be reviewed; empty if it satisfies the constraints.
    """

    text: str
    probability: float
    problem: str = ""


def resolve(
    rows: Iterable[R],
    rules: Rules,
    readings_of: Callable[[R], Mapping[str, Reading] | None],
    update: Callable[[R, Mapping[str, Choice]], R],
) -> Iterator[R]:
    """Choose readings that satisfy the constraints.

    The choice depends on the readings and their probabilities, not on which of them was chosen
    before, so that a second application changes nothing.

    Parameters
    ----------
    rows : iterable
        Picklable.
    rules : Rules
    readings_of : callable
        Returns the readings of a row by name; a missing name is an unread number. None for a row
        that has no part in the constraints.
    update : callable
        Takes a row and a choice for each number that was read; returns the new row.

    Yields
    ------
    The updated rows, in order. With ascending columns, a row waits until its neighbors decide;
    with a unique column, all rows wait for the last one. Waiting rows beyond 10,000 are kept in a
    temporary file.
    """
    solvers = {name: rule.make_solver(rules.parsers[name]) for name, rule in rules.spanning.items()}

    def is_decided(row: R) -> bool:
        return readings_of(row) is None or all(solver.decided for solver in solvers.values())

    def decide(row: R) -> R:
        readings = readings_of(row)
        return row if readings is None else update(row, _choices(rules, readings, solvers))

    with Backlog[R]() as backlog:
        for row in rows:
            readings = readings_of(row)
            if readings is not None:
                candidates = rules.candidates(readings)
                for name, solver in solvers.items():
                    solver.add(candidates.get(name, []))
            backlog.append(row)
            while backlog and is_decided(backlog.first()):
                yield decide(backlog.popleft())
        for solver in solvers.values():
            solver.finish()
        while backlog:
            yield decide(backlog.popleft())


def _choices(
    rules: Rules, readings: Mapping[str, Reading], solvers: Mapping[str, ColumnSolver]
) -> dict[str, Choice]:
    """Return a choice for each number of a row; take the next decision of each solver."""
    candidates = rules.candidates(readings)
    decisions = {name: solver.decided.popleft() for name, solver in solvers.items()}
    choices = {}
    for name, options in candidates.items():
        decision = decisions.get(name)
        index = decision.index if decision is not None else None
        problem = decision.problem if decision is not None else ""
        if options:
            choices[name] = Choice(*options[index or 0], problem)
        elif readings[name].text:
            reading = readings[name]
            choices[name] = Choice(reading.text, reading.probability, VIOLATES_FORMAT)
    return choices | _with_broken_relations(rules, readings, choices)


def _with_broken_relations(
    rules: Rules, readings: Mapping[str, Reading], choices: Mapping[str, Choice]
) -> dict[str, Choice]:
    """Return the choices that have no problem yet, but are part of a relation that is broken."""
    texts = {name: reading.text for name, reading in readings.items()}
    texts |= {name: choice.text for name, choice in choices.items()}
    return {
        name: Choice(choices[name].text, choices[name].probability, f"does not fit {relation}")
        for relation in rules.relations
        if relation_holds(relation, texts, rules.parsers) is False
        for name in relation.names
        if name in choices and not choices[name].problem
    }
