"""CSV files in zip archives, as Kaggle publishes them."""

import contextlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from numerals.data.bounded_files import raw_head, translate_read_errors
from numerals.data.split_names import split_in_name, split_of_name
from numerals.errors import DataError

_SUFFIXES = (".csv", ".txt", ".tsv", ".data")
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


def is_zip(path: Path) -> bool:
    """Return whether a file starts as a zip archive."""
    return raw_head(path, 4) == b"PK\x03\x04"


@contextlib.contextmanager
def open_member(path: Path, split: str) -> Iterator[IO[bytes]]:
    """Open the only CSV of an archive, or the one that is named after the split.

    Parameters
    ----------
    path : Path
    split : str
        Used if the archive has several CSV files.

    Yields
    ------
    binary stream

    Raises
    ------
    DataError
        If the archive is damaged, or has no such CSV.
    """
    with (
        translate_read_errors(path, "a zip archive", _ZIP_ERRORS),
        zipfile.ZipFile(path) as archive,
        archive.open(_choose(path, archive, split)) as stream,
    ):
        yield stream


def read_member_head(path: Path, n_bytes: int) -> bytes:
    """Return the first bytes of the first CSV of an archive; empty if it has none."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = _csv_names(archive)
            with archive.open(names[0]) as stream:
                return stream.read(n_bytes)
    except (*_ZIP_ERRORS, IndexError):
        return b""


def _csv_names(archive: zipfile.ZipFile) -> list[str]:
    return [
        name
        for name in archive.namelist()
        if name.lower().endswith(_SUFFIXES) and not name.startswith("__MACOSX")
    ]


def _choose(path: Path, archive: zipfile.ZipFile, split: str) -> str:
    names = _csv_names(archive)
    if len(names) > 1:
        requested = split_of_name(split)
        matches = [name for name in names if split_in_name(Path(name).stem)[0] == requested]
        if len(matches) != 1:
            raise DataError(
                f"{path}: got {', '.join(names[:5])}, expected one CSV; unpack the archive and name"
                " one of them, or choose with --split"
            )
        names = matches
    if not names:
        raise DataError(f"{path}: no CSV in this archive; unpack it and name a file in it")
    return names[0]
