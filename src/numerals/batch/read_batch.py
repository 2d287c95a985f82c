"""Read units with as many processes as are worthwhile."""

import os
import time
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from numerals.batch.read_units import read_unit
from numerals.batch.units import Unit, UnitResult, WorkOptions

_TRIAL_SECONDS = 1.0  # about the time in which processes start; fewer files do not need them
_WORTHWHILE_SECONDS = 3.0  # of remaining work on one core


def n_cores() -> int:
    """Return the number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def read_units(
    units: Iterable[Unit], work: WorkOptions, jobs: int | None = None
) -> Iterator[UnitResult]:
    """Read units, in their order.

    Parameters
    ----------
    units : iterable of Unit
    work : WorkOptions
    jobs : int, optional
        Number of processes; 1 for this one. By default this process reads for a second, and then
        one process for each core if more than a few seconds of work remain.

    Yields
    ------
    UnitResult

    Raises
    ------
    ModelError, OptionError, DataError
        If the options cannot be used for any file, or the processes die.
    """
    remaining = iter(units)
    n_processes = n_cores() if jobs is None else jobs
    if jobs is None and n_processes > 1:
        started, n_read = time.monotonic(), 0
        while time.monotonic() < started + _TRIAL_SECONDS:
            unit = next(remaining, None)
            if unit is None:
                return
            yield read_unit(unit, work)
            n_read += 1
        n_worthwhile = max(n_processes, round(n_read * _WORTHWHILE_SECONDS / _TRIAL_SECONDS))
        waiting = list(islice(remaining, n_worthwhile))
        remaining = chain(waiting, remaining)
        n_processes = n_processes if len(waiting) == n_worthwhile else 1
    if n_processes == 1:
        for unit in remaining:
            yield read_unit(unit, work)
    else:
        from numerals.batch.parallel import read_parallel  # multiprocessing takes 20 ms

        yield from read_parallel(remaining, work, n_processes)
