"""Parts of a run: Parquet files whose footers list the units that they hold."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING, Any

from numerals.batch.run_folder import RunFolder
from numerals.batch.run_manifest import RunCounts
from numerals.batch.units import Unit
from numerals.errors import RunError
from numerals.output.number_rows import NumberRow
from numerals.output.number_table import number_schema, to_table

if TYPE_CHECKING:
    import pyarrow as pa

UNITS_KEY = b"numerals.units"
"""Key in the footer: JSON list of units, each with its fields, number of rows, and counts."""


@dataclass(frozen=True)
class PartUnit:
    """A unit that was read.

    Attributes
    ----------
    unit : Unit
    first_row, n_rows : int
        Its rows in the part.
    counts : RunCounts
    """

    unit: Unit
    first_row: int
    n_rows: int
    counts: RunCounts


@dataclass(frozen=True)
class PartFooter:
    """What the footer of a part says.

    Attributes
    ----------
    name : str
        Of the part in the run's folder.
    units : tuple of PartUnit
        In the order of their rows.
    """

    name: str
    units: tuple[PartUnit, ...]

    @property
    def counts(self) -> RunCounts:
        """The sum of the units."""
        return sum((each.counts for each in self.units), RunCounts())

    @property
    def n_rows(self) -> int:
        """Number of rows of the units."""
        return sum(each.n_rows for each in self.units)


def unit_key(unit: Unit) -> int:
    """Return a hash of 64 bits by which a unit is recognized.

    Among a million units, two have the same hash with a probability of 3e-8.
    """
    values = (unit.location, unit.member, unit.first_page, unit.last_page)
    return int.from_bytes(blake2b(repr(values).encode(), digest_size=8).digest())


def write_part(
    folder: RunFolder, name: str, results: Iterable[tuple[Unit, Sequence[NumberRow]]]
) -> RunCounts:
    """Write the rows of units as one file, and return what it holds."""
    import pyarrow.parquet as pq

    rows: list[NumberRow] = []
    units: list[list[Any]] = []
    total = RunCounts()
    for unit, unit_rows in results:
        counts = _count(unit, unit_rows)
        units.append([*astuple(unit), len(unit_rows), *astuple(counts)])
        rows += unit_rows
        total += counts
    table = to_table(rows)
    table = table.replace_schema_metadata({UNITS_KEY: json.dumps(units)})
    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    folder.write(name, buffer.getvalue())
    return total


def _count(unit: Unit, rows: Sequence[NumberRow]) -> RunCounts:
    return RunCounts(
        files=int(unit.first_page == 1),
        pages=len({row.page for row in rows if row.error is None}),
        numbers=sum(row.text is not None for row in rows),
        accepted=sum(row.accepted is True for row in rows),
        failed=int(any(row.error is not None for row in rows)),
    )


def read_footer(folder: RunFolder, name: str) -> PartFooter:
    """Read the footer of a part.

    Raises
    ------
    RunError
        If the file is damaged, or was not written by a run.
    """
    import pyarrow.parquet as pq

    with folder.open(name) as stream, _reporting_damage(folder, name):
        metadata = pq.read_metadata(stream).metadata or {}
        if UNITS_KEY not in metadata:
            raise ValueError("it does not list its files")
        return PartFooter(name, tuple(_parse_units(metadata[UNITS_KEY])))


@contextmanager
def _reporting_damage(folder: RunFolder, name: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError(
            f"{folder.location}/{name}: is damaged, or no part of a run ({reason}); remove it, and "
            "run numerals read again with the same options, which reads its files again"
        ) from error


def _parse_units(content: bytes) -> Iterator[PartUnit]:
    first_row = 0
    n = len(fields(Unit))
    for values in json.loads(content):
        n_rows = values[n]
        yield PartUnit(Unit(*values[:n]), first_row, n_rows, RunCounts(*values[n + 1 :]))
        first_row += n_rows


def without_seen_units(footer: PartFooter, seen: set[int]) -> PartFooter:
    """Return a footer without the units whose keys have been seen; add the keys of the others.

    A worker that was believed dead may have written units a second time, as a part of other units.
    """
    keys = [unit_key(each.unit) for each in footer.units]
    units = [each for each, key in zip(footer.units, keys, strict=True) if key not in seen]
    seen.update(keys)
    return replace(footer, units=tuple(units))


def read_part(
    folder: RunFolder, footer: PartFooter, columns: Sequence[str] | None = None
) -> "pa.Table":
    """Read the rows of the units of a part, or some of their columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with folder.open(footer.name) as stream, _reporting_damage(folder, footer.name):
        # A thread of pyarrow that releases the stream after Python has ended aborts the process.
        names = number_schema().names if columns is None else list(columns)
        table = pq.ParquetFile(stream).read(names, use_threads=False)
        table = table.replace_schema_metadata(None)
        if table.schema != pa.schema([number_schema().field(name) for name in names]):
            raise ValueError("its columns are not those of a run")
        if table.num_rows < max((each.first_row + each.n_rows for each in footer.units), default=0):
            raise ValueError(f"it has only {table.num_rows} rows")
    if table.num_rows == footer.n_rows:
        return table
    slices = [table.slice(each.first_row, each.n_rows) for each in footer.units]
    return pa.concat_tables([table.slice(0, 0), *slices])
