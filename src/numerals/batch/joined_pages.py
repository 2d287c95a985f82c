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
        If a page could not be read, the pages before it, as without units.
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
    if first.file.error is not None:
        return replace(first, unit=unit)
    file = replace(second.file, pages=first.file.pages + second.file.pages)
    return replace(first, unit=unit, file=file, entries=first.entries + second.entries)
