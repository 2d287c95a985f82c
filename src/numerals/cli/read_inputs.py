"""The files that ``numerals read`` reads, listed while it reads."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from numerals.cli.console import check_standard_input, warn
from numerals.cli.usage import UsageError
from numerals.errors import ImageError, NumeralsError

if TYPE_CHECKING:
    from numerals.batch.units import Unit

_LISTING_SECONDS = 0.2  # before reading; longer listings continue while files are read


@dataclass
class Listing:
    """What there is to read.

    Attributes
    ----------
    units : iterator of Unit
    total : int or callable
        Number of units, or a function that counts them by listing them again; it returns None if
        that is not possible.
    has_several_files : bool
        Whether there are several files, whose names are then printed with their results.
    n_missing : int
        Arguments without files; grows while `units` is iterated over.
    """

    units: Iterator["Unit"]
    total: int | Callable[[], int | None]
    has_several_files: bool = False
    n_missing: int = 0


def list_inputs(
    paths: Sequence[str], files_from: str | None, *, split_pages: bool, by_name: bool
) -> Listing:
    """List the files of the arguments; report those without files on stderr.

    Parameters
    ----------
    paths : sequence of str
    files_from : str, optional
        A list of paths.
    split_pages : bool
        Whether processes share the pages of large files.
    by_name : bool
        Whether the files are in natural order of their names, instead of that of the arguments.

    Raises
    ------
    UsageError
        If there are no arguments.
    """
    from numerals.batch.inputs import list_units, read_file_list

    if not paths and files_from is None:
        raise UsageError("Missing argument 'PATH...': name files or folders, or --files-from FILE")
    _check_stdin(paths, files_from)
    listing = Listing(iter(()), 0)

    def on_error(error: NumeralsError) -> None:
        warn(f"error: {error}")
        listing.n_missing += 1

    def list_all(on_error: Callable[[NumeralsError], None]) -> Iterator["Unit"]:
        units = list_units(_readable(paths, on_error), on_error, split_pages=split_pages)
        if files_from is None:
            return units
        lines = read_file_list(files_from)
        return chain(units, list_units(lines, on_error, split_pages=split_pages))

    def count() -> int | None:
        if files_from == "-":
            return None
        return sum(1 for _ in list_all(lambda _: None))

    units = list_all(on_error)
    first, is_complete = _take(units)
    if by_name:
        from numerals.images import natural_key

        first = sorted(chain(first, units), key=lambda unit: natural_key(Path(unit.name).name))
        is_complete = True
    listing.units = chain(first, units)
    listing.total = len(first) if is_complete else count
    n_files = sum(unit.first_page == 1 for unit in first)
    listing.has_several_files = n_files + listing.n_missing > 1
    return listing


def _check_stdin(paths: Sequence[str], files_from: str | None) -> None:
    if files_from == "-" and "-" in paths:
        raise UsageError("-: standard input is either an image or the list of --files-from")


def _readable(paths: Sequence[str], on_error: Callable[[NumeralsError], None]) -> Sequence[str]:
    """Return the paths without ``-`` if nothing can be read from standard input."""
    if "-" not in paths:
        return paths
    try:
        check_standard_input()
    except ImageError as error:
        on_error(error)
        return [path for path in paths if path != "-"]
    return paths


def _take(units: Iterator["Unit"]) -> tuple[list["Unit"], bool]:
    """Return the units of the first moments, of two files at least, and whether these are all."""
    taken: list[Unit] = []
    deadline = time.monotonic() + _LISTING_SECONDS
    for unit in units:
        taken.append(unit)
        if time.monotonic() > deadline and taken[0].name != unit.name:
            return taken, False
    return taken, True
