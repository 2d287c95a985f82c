"""Open a run, complete or not: its rows, counts and units."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from numerals.batch.parts import (
    PartFooter,
    read_footer,
    read_part,
    without_seen_units,
    write_part,
)
from numerals.batch.run_folder import RunFolder
from numerals.batch.run_manifest import Manifest, RunCounts, load_manifest
from numerals.batch.units import Unit
from numerals.errors import RunError
from numerals.extras import requires_extra
from numerals.output.number_rows import NumberRow
from numerals.output.number_table import from_table, number_schema

if TYPE_CHECKING:
    import pyarrow as pa

RowChange = Callable[[Iterator[NumberRow]], Iterable[NumberRow]]
"""A function from all rows of a run, in input order, to as many rows."""


@dataclass(frozen=True)
class Run:
    """What ``numerals read --out FOLDER/`` has read so far; `open_run` returns it.

    Attributes
    ----------
    path : str
        The absolute path of the folder, or its URL.
    manifest : Manifest
    """

    path: str
    manifest: Manifest
    _folder: RunFolder = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether all files of the inputs were read, or found to be unreadable."""
        return self.manifest.state == "complete"

    @property
    def counts(self) -> RunCounts:
        """Numbers of files, pages and numbers that have been read."""
        return sum((footer.counts for footer in self.footers()), RunCounts())

    def footers(self) -> Iterator[PartFooter]:
        """Yield what the footer of each part says, in input order."""
        seen: set[int] = set()
        for name in self._folder.part_names():
            yield without_seen_units(read_footer(self._folder, name), seen)

    def units(self) -> Iterator[Unit]:
        """Yield the units that have been read, which say where each file was, in input order."""
        for footer in self.footers():
            yield from (each.unit for each in footer.units)

    def rows(self) -> Iterator[NumberRow]:
        """Yield one row per number, page without numbers, and error, in input order."""
        for table in self._tables():
            yield from from_table(table)

    def table(self, columns: Sequence[str] | None = None) -> "pa.Table":
        """Return all rows as one Arrow table.

        Parameters
        ----------
        columns : sequence of str, optional
            Names of columns; by default all.
        """
        import pyarrow as pa

        schema = number_schema()
        if columns is not None:
            schema = pa.schema([schema.field(name) for name in columns])
        return pa.concat_tables([schema.empty_table(), *self._tables(columns)])

    def change_rows(self, change: RowChange) -> RunCounts:
        """Replace rows by a function of all rows, such as the constraints of a column.

        Each part is replaced atomically. After an interruption, call it again: `change` must return
        the same rows for rows that it has changed before.

        Parameters
        ----------
        change : callable
            From an iterator over all rows, in input order, to as many rows.

        Returns
        -------
        RunCounts
            Of the changed run.
        """
        changed = iter(change(self.rows()))
        counts = RunCounts()
        for footer in self.footers():
            before = list(from_table(read_part(self._folder, footer)))
            after = list(islice(changed, len(before)))
            if len(after) != len(before):
                raise ValueError(f"got {len(after)} rows for {len(before)} of {footer.name}")
            if after == before:
                counts += footer.counts
                continue
            rest = iter(after)
            results = [(each.unit, list(islice(rest, each.n_rows))) for each in footer.units]
            counts += write_part(self._folder, footer.name, results)
        return counts

    def _tables(self, columns: Sequence[str] | None = None) -> Iterator["pa.Table"]:
        return (read_part(self._folder, footer, columns) for footer in self.footers())


def open_run(path: str) -> Run:
    """Open a run.

    Parameters
    ----------
    path : str
        Its folder, or the URL of an object store.

    Raises
    ------
    RunError
        If there is no run.
    MissingExtraError
        If the extra ``batch`` is not installed.

    Examples
    --------
    >>> open_run("answers")  # doctest: +SKIP
    Run(path='answers', ...)
    """
    with requires_extra("batch", "opening a run"):
        import pyarrow  # noqa: F401
    folder = RunFolder(str(path))
    manifest = load_manifest(folder)
    if manifest is None:
        raise RunError(
            f"{path}: is no run (it has no manifest.json); make one: "
            "numerals read scans/ --out FOLDER/"
        )
    return Run(folder.location, manifest, folder)
