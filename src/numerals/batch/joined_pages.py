"""Join the results of the units of one file."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from numerals.batch.units import UnitResult


def join_pages(results: Iterable[UnitResult]) -> Iterator[UnitResult]:
    """Yield one result per file, with all its pages.

    Parameters
    ----------
    results : iterable of UnitResult
        In order: the units of a file follow each other, and the last one has no last page.

    Yields
    ------
    UnitResult
        Once a file cannot be opened, its later units are left out: they have the same error.
    """
    joined: UnitResult | None = None
    for result in results:
        joined = result if joined is None else _join(joined, result)
        if result.unit.last_page is None:
            yield joined
            joined = None
    if joined is not None:
        yield joined


def _join(first: UnitResult, second: UnitResult) -> UnitResult:
    unit = replace(first.unit, last_page=second.unit.last_page)
    if first.file is None or second.file is None:
        return replace(first, unit=unit, scans=first.scans + second.scans)
    if any(error.page is None for error in first.file.errors):
        return replace(first, unit=unit)
    pages, errors = first.file.pages + second.file.pages, first.file.errors + second.file.errors
    file = replace(second.file, pages=pages, errors=errors)
    return replace(first, unit=unit, file=file, entries=first.entries + second.entries)
