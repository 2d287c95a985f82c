"""Parts of a run: Parquet files whose footers list the units that they hold."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING, Any

from numerals.batch.run_folder import RunFolder
from numerals.batch.run_manifest import RunCounts
from numerals.batch.units import Unit
from numerals.errors import RunError
from numerals.output.number_rows import NumberRow
from numerals.output.number_table import to_table

if TYPE_CHECKING:
    import pyarrow as pa

UNITS_KEY = b"numerals.units"
"""Key in the footer: JSON list of units, each with its number of rows and whether it failed."""
COUNTS_KEY = b"numerals.counts"
"""Key in the footer: JSON list of the fields of `RunCounts`."""


@dataclass(frozen=True)
class PartUnit:
    """A unit that was read.

    Attributes
    ----------
    unit : Unit
    n_rows : int
        Number of its rows in the part, which follow those of the unit before it.
    failed : bool
        Whether one of them is an error.
    """

    unit: Unit
    n_rows: int
    failed: bool


@dataclass(frozen=True)
class PartFooter:
    """What the footer of a part says.

    Attributes
    ----------
    name : str
        Of the part in the run's folder.
    units : tuple of PartUnit
        In the order of their rows.
    counts : RunCounts
    """

    name: str
    units: tuple[PartUnit, ...]
    counts: RunCounts


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
    n_files = 0
    for unit, unit_rows in results:
        failed = any(row.error is not None for row in unit_rows)
        units.append([*astuple(unit), len(unit_rows), failed])
        rows += unit_rows
        n_files += unit.first_page == 1
    counts = _count(rows, n_files)
    metadata = {UNITS_KEY: json.dumps(units), COUNTS_KEY: json.dumps(astuple(counts))}
    table = to_table(rows)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), **metadata})
    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    folder.write(name, buffer.getvalue())
    return counts


def _count(rows: Sequence[NumberRow], n_files: int) -> RunCounts:
    return RunCounts(
        files=n_files,
        pages=len({(row.file, row.page) for row in rows if row.error is None}),
        numbers=sum(row.text is not None for row in rows),
        accepted=sum(row.accepted is True for row in rows),
        failed=sum(row.error is not None for row in rows),
    )


def read_footer(folder: RunFolder, name: str) -> PartFooter:
    """Read the footer of a part.

    Raises
    ------
    RunError
        If the file is damaged, or was not written by a run.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with folder.open(name) as stream:
        try:
            metadata = pq.read_metadata(stream).metadata or {}
            units = tuple(
                PartUnit(Unit(*values), n_rows, failed)
                for *values, n_rows, failed in json.loads(metadata[UNITS_KEY])
            )
            return PartFooter(name, units, RunCounts(*json.loads(metadata[COUNTS_KEY])))
        except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"{folder.location}/{name}: is damaged, or no part of a run ({error}); remove it "
                "to read its files again"
            ) from error


def read_part(
    folder: RunFolder, name: str, columns: Sequence[str] | None = None
) -> "pa.Table":
    """Read the rows of a part, or some of their columns."""
    import pyarrow.parquet as pq

    with folder.open(name) as stream:
        return pq.ParquetFile(stream).read(list(columns) if columns is not None else None)
