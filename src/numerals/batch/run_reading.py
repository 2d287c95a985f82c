"""Read files into a run, or continue one that was interrupted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

from numerals.batch.engines import Engine, WorkerDied
from numerals.batch.parts import unit_key
from numerals.batch.read_units import failed_result
from numerals.batch.remote_files import is_url
from numerals.batch.run_folder import RunFolder
from numerals.batch.run_manifest import (
    Manifest,
    RunCounts,
    check_same_run,
    load_manifest,
    make_manifest,
    save_manifest,
)
from numerals.batch.runs import RowChange, Run
from numerals.batch.shards import (
    RunWork,
    Shard,
    pending_shards,
    read_rows,
    read_shard,
    retry_shards,
    write_shard,
)
from numerals.batch.units import Unit, WorkOptions
from numerals.errors import ImageError, RunError
from numerals.extras import requires_extra
from numerals.output.number_rows import NumberRow

SHARD_SIZE = 100
"""Maximum number of units of a shard: a minute of work for most pages."""
MIN_SHARDS_PER_WORKER = 8
"""Shards of few units are smaller, so that each worker gets this many."""

_DIED = "the process that read it ended: it was killed, or the memory was exhausted"


@dataclass(frozen=True)
class RunSummary:
    """Result of reading into a run.

    Attributes
    ----------
    run : Run
    before, after : RunCounts
        What the run contained when it was continued, and contains now.
    """

    run: Run
    before: RunCounts
    after: RunCounts


@dataclass(frozen=True)
class RunProgress:
    """What `read_run` reports.

    Attributes
    ----------
    n_units : int
        Units that have been read, those of earlier starts included.
    counts : RunCounts
        What the run contains.
    warning : str, optional
    """

    n_units: int
    counts: RunCounts
    warning: str | None = None


def read_run(
    location: str,
    units: Iterable[Unit],
    work: WorkOptions,
    engine: Engine,
    *,
    inputs: Sequence[str] = (),
    shard_size: int | None = None,
    retry_failed: bool = False,
    change_rows: RowChange | None = None,
    on_progress: Callable[[RunProgress], None] = lambda progress: None,
) -> RunSummary:
    """Read units into a run; continue the run if it exists.

    Each shard of units is written as one Parquet file when it has been read. Units that such a file
    lists are not read again.

    Parameters
    ----------
    location : str
        The run's folder, or a URL of fsspec.
    units : iterable of Unit
        Consumed lazily, in the order of the rows.
    work : WorkOptions
    engine : Engine
    inputs : sequence of str
        Where the units come from, for the manifest.
    shard_size : int, optional
        Maximum number of units of a shard; by default `SHARD_SIZE`, and fewer for few units.
    retry_failed : bool, default=False
        Whether units that failed before are read again.
    change_rows : callable, optional
        Applied to all rows at the end; see `Run.change_rows`.
    on_progress : callable, optional
        Called at the start, and after each shard.

    Raises
    ------
    RunError
        If the run was started with other options, models or another version, is being read by
        another process, or cannot be written; or if the workers are lost.
    MissingExtraError
        If the extra ``batch`` is not installed.
    """
    with requires_extra("batch", "--out FOLDER/"):
        import pyarrow  # noqa: F401
    folder = RunFolder(location)
    location = folder.location
    with folder.prepared():
        manifest = _start(folder, make_manifest(work, inputs))
        run = Run(location, manifest, folder)
        finished: set[int] = set()
        before = RunCounts()
        retries: list[Shard] = []
        for footer in run.footers():
            finished.update(unit_key(each.unit) for each in footer.units)
            before += footer.counts
            retries += retry_shards([footer]) if retry_failed else []
        units, size = _choose_shard_size(units, shard_size, engine.n_workers())
        shards = chain(retries, pending_shards(map(_absolute, units), size, finished))
        total, n_units = before, len(finished)
        on_progress(RunProgress(n_units, before))
        run_work = RunWork(location, manifest.id, work)
        for progress in _read_shards(engine, shards, run_work, folder):
            total += progress.counts
            n_units += progress.n_units
            on_progress(replace(progress, n_units=n_units, counts=total))
        if change_rows is not None:
            total = run.change_rows(change_rows)
        manifest = save_manifest(folder, manifest, state="complete", counts=total)
    return RunSummary(Run(location, manifest, folder), before, total)


def _start(folder: RunFolder, now: Manifest) -> Manifest:
    """Write the manifest of a new run, or of one that is continued, and return it."""
    before = load_manifest(folder)
    if before is None:
        if folder.part_names():
            raise RunError(
                f"{folder.location}: has parts of a run, but no manifest.json; name another folder"
            )
        return save_manifest(folder, now)
    check_same_run(folder.location, before, now)
    inputs = tuple(dict.fromkeys((*before.inputs, *now.inputs)))
    return save_manifest(folder, before, state="running", inputs=inputs)


def _absolute(unit: Unit) -> Unit:
    """Return a unit that other machines find, and that is the same from any working folder."""
    if is_url(unit.location):
        return unit
    return replace(unit, location=str(Path(unit.location).absolute()))


def _choose_shard_size(
    units: Iterable[Unit], size: int | None, n_workers: int
) -> tuple[Iterable[Unit], int]:
    """Return the units again, and the size of shards: smaller than usual for few units."""
    if size is not None:
        return units, size
    listing = iter(units)
    n_shards = MIN_SHARDS_PER_WORKER * n_workers
    first = list(islice(listing, SHARD_SIZE * n_shards))
    return chain(first, listing), max(1, min(SHARD_SIZE, -(-len(first) // n_shards)))


def _read_shards(
    engine: Engine, shards: Iterable[Shard], work: RunWork, folder: RunFolder
) -> Iterator[RunProgress]:
    """Read shards and yield what the run gained; then those whose worker died, once more."""
    suspects: list[Shard] = []
    read = partial(read_shard, work=work)
    with closing(engine.map_unordered(read, shards)) as outcomes:
        for shard, outcome in outcomes:
            if isinstance(outcome, WorkerDied):
                suspects.append(shard)
                yield RunProgress(0, RunCounts(), _describe_death(shard))
            else:
                yield RunProgress(shard.n_new_units, outcome)
    if not suspects:
        return
    with ThreadPoolExecutor(engine.n_workers()) as threads:
        outcomes_alone = list(threads.map(partial(_try_alone, engine, read), suspects))
    for shard, outcome in zip(suspects, outcomes_alone, strict=True):
        if isinstance(outcome, WorkerDied):
            outcome = write_shard(folder, shard, _read_apart(engine, shard.units, work))
        yield RunProgress(shard.n_new_units, outcome)


def _describe_death(shard: Shard) -> str:
    first, last = shard.units[0].name, shard.units[-1].name
    return (
        f"a process ended (killed, or out of memory) that may have read {first} to {last}; these "
        "files are read again at the end"
    )


def _try_alone(
    engine: Engine, read: Callable[[Shard], RunCounts], shard: Shard
) -> RunCounts | WorkerDied:
    try:
        return engine.run_alone(read, shard)
    except WorkerDied as error:
        return error


def _read_apart(engine: Engine, units: Sequence[Unit], work: RunWork) -> list[list[NumberRow]]:
    """Read units in processes that may die; halve them until a unit dies alone, which failed."""
    try:
        return engine.run_alone(partial(read_rows, work=work), units)
    except WorkerDied:
        if len(units) == 1:
            error = ImageError(f"{units[0].name}: {_DIED}")
            return [list(failed_result(units[0], work.options, error).rows())]
    half = len(units) // 2
    return _read_apart(engine, units[:half], work) + _read_apart(engine, units[half:], work)
