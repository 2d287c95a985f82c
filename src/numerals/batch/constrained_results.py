"""Constraints across the numbers of a stack, applied to results in the order of the input."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from numerals.batch.units import UnitResult
from numerals.reading import AnswerOptions

if TYPE_CHECKING:
    from numerals.constraints.rules import Rules
    from numerals.forms import ScanResult, Template


def constrain_columns(
    results: Iterable[UnitResult], rules: "Rules", answers: AnswerOptions
) -> Iterator[UnitResult]:
    """Apply the constraints of table columns, and then answer options.

    Parameters
    ----------
    results : iterable of UnitResult
        One per file, as read: answer options that mask digits would hide candidates.
    rules : Rules
    answers : AnswerOptions
    """
    from numerals.reading.table_constraints import constrain_tables

    for result in results:
        if result.file is None:
            yield result
            continue
        [file] = constrain_tables([result.file], rules)
        yield replace(result, file=replace(file, pages=tuple(map(answers.apply, file.pages))))


def constrain_forms(results: Iterable[UnitResult], template: "Template") -> Iterator[UnitResult]:
    """Apply the constraints between the forms of a stack.

    Results are delayed until later forms cannot change them any more; only their scans are kept,
    as `resolve_stack` does.

    Parameters
    ----------
    results : iterable of UnitResult
        One per file.
    template : Template
    """
    from numerals.forms import resolve_stack

    delayed: deque[tuple[UnitResult, int]] = deque()  # without scans, and their number

    def scans() -> Iterator["ScanResult"]:
        for result in results:
            if result.scans:
                delayed.append((replace(result, scans=()), len(result.scans)))
            yield from result.scans

    resolved: list[ScanResult] = []
    for scan in resolve_stack(scans(), template):
        resolved.append(scan)
        if len(resolved) == delayed[0][1]:
            yield replace(delayed.popleft()[0], scans=tuple(resolved))
            resolved.clear()
