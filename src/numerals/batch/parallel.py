"""Read units with all cores, in order and in flat memory; a process that dies costs one file."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from itertools import chain

from numerals.batch.read_units import ReadUnit, failed_result, read_unit, set_up_worker
from numerals.batch.units import Unit, UnitResult, WorkOptions
from numerals.errors import ImageError, ModelError
from numerals.processes import spawn_pool

UNITS_PER_PROCESS = 16
"""Units that wait for each process, so that a slow page delays the others as little as possible."""
MAX_DEATHS = 3
"""Number of consecutive units whose processes may die before reading stops."""

_DEATH = (
    "the process that read it ended, because it needed too much memory or crashed; read it alone"
)


def read_parallel(
    units: Iterable[Unit],
    work: WorkOptions,
    jobs: int,
    read: ReadUnit = read_unit,
) -> Iterator[UnitResult]:
    """Read units in several processes, in their order.

    If a process dies, because the system killed it or a library crashed, the units that may have
    been in it are read one by one. A unit whose process dies again is a failed file.

    Parameters
    ----------
    units : iterable of Unit
        Consumed as needed: `UNITS_PER_PROCESS` for each process are in memory.
    work : WorkOptions
    jobs : int
        Number of processes.
    read : callable (Unit, WorkOptions) -> UnitResult
        A function of a module.

    Yields
    ------
    UnitResult

    Raises
    ------
    ModelError, OptionError, DataError
        If the options cannot be used for any file, or `MAX_DEATHS` processes died in a row.
    """
    remaining = iter(units)
    while True:
        waiting = _Waiting()
        yield from _read_until_death(remaining, work, jobs, read, waiting)
        if not waiting:
            return
        n_suspects = 2 * jobs + 1  # the executor hands so many units to its processes
        yield from _read_suspects(waiting, n_suspects, work, read)
        remaining = chain([unit for unit, _ in waiting], remaining)


_Waiting = deque[tuple[Unit, "Future[UnitResult] | None"]]
"""Units that were consumed, with their future results."""


def _read_until_death(
    units: Iterator[Unit], work: WorkOptions, jobs: int, read: ReadUnit, waiting: _Waiting
) -> Iterator[UnitResult]:
    """Read units with one pool; if one of its processes dies, leave the others in `waiting`."""
    with suppress(BrokenProcessPool), spawn_pool(jobs, set_up_worker) as pool:
        for unit in units:
            waiting.append((unit, None))
            waiting[-1] = (unit, pool.submit(read, unit, work))
            if len(waiting) == UNITS_PER_PROCESS * jobs:
                yield _take_result(waiting)
        while waiting:
            yield _take_result(waiting)


def _take_result(waiting: _Waiting) -> UnitResult:
    future = waiting[0][1]
    assert future is not None
    result = future.result()
    waiting.popleft()
    return result


def _read_suspects(
    waiting: _Waiting, n_suspects: int, work: WorkOptions, read: ReadUnit
) -> Iterator[UnitResult]:
    """Take units that were waiting when a process died, and read one at a time."""
    pool: ProcessPoolExecutor | None = None
    n_deaths = 0
    with ExitStack() as pools:
        while waiting and n_suspects:
            unit, future = waiting.popleft()
            if future is not None and future.done() and future.exception() is None:
                yield future.result()
                continue
            n_suspects -= 1
            try:
                pool = pool or pools.enter_context(spawn_pool(1, set_up_worker))
                result = pool.submit(read, unit, work).result()
                n_deaths = 0
            except BrokenProcessPool as error:
                pool, n_deaths = None, n_deaths + 1
                if n_deaths == MAX_DEATHS:
                    raise ModelError(
                        f"the processes that read end one after the other, at last with {unit.name}"
                        "; check the free memory, or lower --jobs"
                    ) from error
                result = failed_result(unit, work, ImageError(f"{unit.name}: {_DEATH}"))
            yield result
