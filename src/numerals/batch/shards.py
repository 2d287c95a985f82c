"""Shards: consecutive units that one worker reads, and writes as one part of a run."""

import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from numerals.batch.parts import PartFooter, read_footer, read_part, unit_key, write_part
from numerals.batch.read_units import read_unit, set_up_worker
from numerals.batch.run_folder import PARTS, RunFolder
from numerals.batch.run_manifest import RunCounts, check_same_run, load_manifest, make_manifest
from numerals.batch.units import Unit, WorkOptions
from numerals.errors import RunError
from numerals.output.number_rows import NumberRow
from numerals.output.number_table import from_table


@dataclass(frozen=True)
class Shard:
    """Units whose rows become one part.

    Attributes
    ----------
    name : str
        Of the part; it depends on the units only, so that writing it twice changes nothing.
    units : tuple of Unit
        To read.
    is_retry : bool
        Whether the part exists, and the rows of these units replace those in it.
    """

    name: str
    units: tuple[Unit, ...]
    is_retry: bool = False

    @property
    def n_new_units(self) -> int:
        """Number of units that the run did not have."""
        return 0 if self.is_retry else len(self.units)


@dataclass(frozen=True)
class RunWork:
    """How the shards of a run are read, and where their parts are written.

    Attributes
    ----------
    location : str
        Of the run; absolute.
    run_id : str
    options : WorkOptions
    """

    location: str
    run_id: str
    options: WorkOptions


def pending_shards(units: Iterable[Unit], size: int, finished: set[int]) -> Iterator[Shard]:
    """Group the units that have not been read into shards.

    Shards begin at multiples of `size` in the listing. A shard that was interrupted thus has the
    same units and the same name when the run is continued.

    Parameters
    ----------
    units : iterable of Unit
        The listing, which is consumed lazily.
    size : int
        Maximum number of units of a shard.
    finished : set of int
        Keys of the units that have been read, by `unit_key`. Those of the shards are added, so
        that a file that is listed twice is read once.
    """
    listing = iter(units)
    start = 0
    while group := list(islice(listing, size)):
        pending = []
        for position, unit in enumerate(group, start):
            key = unit_key(unit)
            if key not in finished:
                finished.add(key)
                pending.append((position, unit))
        if pending:
            yield _make_shard(pending[0][0], [unit for _, unit in pending])
        start += len(group)


def _make_shard(position: int, units: Sequence[Unit]) -> Shard:
    keys = b"".join(unit_key(unit).to_bytes(8) for unit in units)
    digest = blake2b(keys, digest_size=4).hexdigest()
    return Shard(f"{PARTS}/part-{position:09d}-{digest}.parquet", tuple(units))


def retry_shards(footers: Iterable[PartFooter]) -> Iterator[Shard]:
    """Yield a shard of the failed units of each part that has any."""
    for footer in footers:
        failed = tuple(each.unit for each in footer.units if each.counts.failed)
        if failed:
            yield Shard(footer.name, failed, is_retry=True)


def read_shard(shard: Shard, work: RunWork) -> RunCounts:
    """Read the units of a shard and write its part; what worker processes run.

    Returns
    -------
    RunCounts
        What the run gained.

    Raises
    ------
    RunError
        If this process has another version or other models than the run, or does not see its
        folder.
    """
    folder = _open_folder(work)
    return write_shard(folder, shard, read_rows(shard.units, work))


def read_rows(units: Sequence[Unit], work: RunWork) -> list[list[NumberRow]]:
    """Read units and return the rows of each."""
    set_up_worker()
    return [list(read_unit(unit, work.options).rows()) for unit in units]


def write_shard(folder: RunFolder, shard: Shard, rows: Sequence[list[NumberRow]]) -> RunCounts:
    """Write the part of a shard, and return what the run gained.

    Parameters
    ----------
    folder : RunFolder
    shard : Shard
    rows : sequence of lists of NumberRow
        Those of each unit.
    """
    read = dict(zip(shard.units, rows, strict=True))
    if not shard.is_retry:
        return write_part(folder, shard.name, read.items())
    before = read_footer(folder, shard.name)
    old_rows = from_table(read_part(folder, before))
    old = {each.unit: list(islice(old_rows, each.n_rows)) for each in before.units}
    return write_part(folder, shard.name, (old | read).items()) - before.counts


@lru_cache(maxsize=1)
def _open_folder(work: RunWork) -> RunFolder:
    """Return the run's folder, once this process was found to read as the run requires."""
    host = platform.node()
    folder = RunFolder(work.location)
    manifest = load_manifest(folder)
    if manifest is None or manifest.id != work.run_id:
        raise RunError(
            f"{work.location}: the worker on {host} does not see this run; name a folder that all "
            "workers share, or the URL of an object store"
        )
    check_same_run(f"worker on {host}", manifest, make_manifest(work.options, ()))
    return folder
