"""List the files of a batch lazily: paths, folders, patterns, lists, archives and URLs."""

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO

from numerals.batch.remote_files import is_url, list_remote_pictures
from numerals.batch.unit_sources import STDIN, is_archive, open_archive_file
from numerals.batch.units import Unit
from numerals.errors import DataError, ImageError, NumeralsError
from numerals.images import count_pages
from numerals.images.folder_walk import Visited
from numerals.images.limits import MIB
from numerals.images.path_patterns import list_pictures

PAGES_PER_UNIT = 8
"""Number of pages in each unit of a large PDF or TIFF."""

_PAGED_SUFFIXES = (".pdf", ".tif", ".tiff")
_MIN_SPLIT_BYTES = (
    MIB  # counting the pages of a PDF starts a process, which smaller files do not pay
)
_MAX_PATH_BYTES = 65536  # of a line in a list of files

OnError = Callable[[NumeralsError], None]
"""Called with the error of an argument that cannot be listed; the others are listed."""


def list_units(
    arguments: Iterable[str], on_error: OnError, *, split_pages: bool = True
) -> Iterator[Unit]:
    """List what there is to read, while it is iterated over.

    The files of each folder are listed once, in natural order; only the names in one folder are
    held in memory.

    Parameters
    ----------
    arguments : iterable of str
        Paths, folders, patterns, zip and tar archives, URLs of fsspec, or ``-`` for standard input.
        The first file of each argument of a sequence is searched at once, so that misspelled
        arguments are reported before anything is read. Other iterables are consumed as needed.
    on_error : callable (NumeralsError)
    split_pages : bool, default=True
        Whether large PDF and TIFF files become several units, of `PAGES_PER_UNIT` pages each.

    Yields
    ------
    Unit
    """
    visited: Visited = set()
    listings = (_list_argument(each, visited, on_error, split_pages) for each in arguments)
    if isinstance(arguments, Sequence):
        return chain.from_iterable([_start(listing) for listing in listings])
    return chain.from_iterable(listings)


def _start(units: Iterator[Unit]) -> Iterable[Unit]:
    first = next(units, None)
    return () if first is None else chain((first,), units)


def _list_argument(
    argument: str, visited: Visited, on_error: OnError, split_pages: bool
) -> Iterator[Unit]:
    try:
        for location in _list_files(argument, visited):
            if is_archive(location):
                yield from _list_archive(location)
            elif split_pages:
                yield from _split_pages(location)
            else:
                yield Unit(location, location)
    except ImageError as error:
        on_error(error)


def _list_files(argument: str, visited: Visited) -> Iterator[str]:
    if argument == STDIN:
        yield argument
    elif is_url(argument):
        yield from list_remote_pictures(argument)
    else:
        yield from list_pictures(argument, visited)


def _list_archive(location: str) -> Iterator[Unit]:
    from numerals.batch.archives import list_members

    for member in list_members(lambda: open_archive_file(location), location):
        yield Unit(f"{location}/{member}", location, member)


def _split_pages(location: str) -> Iterator[Unit]:
    n_pages = _count_pages(location)
    for first in range(1, n_pages + 1, PAGES_PER_UNIT):
        is_last = first + PAGES_PER_UNIT > n_pages
        last = None if is_last else first + PAGES_PER_UNIT - 1
        yield Unit(location, location, first_page=first, last_page=last)


def _count_pages(location: str) -> int:
    """Return the number of pages of a large PDF or TIFF, else 1."""
    if location.lower().endswith(_PAGED_SUFFIXES) and not is_url(location):
        with suppress(ImageError, OSError):  # reading the file will report it
            if Path(location).stat().st_size >= _MIN_SPLIT_BYTES:
                return count_pages(location)
    return 1


def read_file_list(path: str) -> Iterator[str]:
    """Yield the lines of a list of files, one path or URL each; blank lines are left out.

    Parameters
    ----------
    path : str
        A text file in UTF-8, with or without a byte order mark, or ``-`` for standard input.

    Raises
    ------
    DataError
        If the list cannot be read, is no text, or names nothing.
    """
    n_names = 0
    try:
        with open(0 if path == STDIN else path, "rb", closefd=path != STDIN) as file:
            for name in _read_lines(file, path):
                n_names += 1
                yield name
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: the list of files cannot be read ({reason})") from error
    if n_names == 0:
        raise DataError(f"{path}: the list of files is empty; write a path in each line")


def _read_lines(file: IO[bytes], path: str) -> Iterator[str]:
    number = 0
    while line := file.readline(_MAX_PATH_BYTES):
        number += 1
        if number == 1 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise DataError(f"{path}: is encoded as UTF-16; save the list of files as UTF-8")
        if len(line) == _MAX_PATH_BYTES:
            raise DataError(
                f"{path}, line {number}: has {_MAX_PATH_BYTES:,} bytes or more; expected one path "
                "in each line"
            )
        text = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if text.strip():
            yield text.decode("utf-8", "surrogateescape").rstrip("\r\n")
