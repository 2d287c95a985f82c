"""A CSV in a zip archive, as Kaggle offers its files."""

import contextlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from numerals.data.splits import split_in_name, split_of_name
from numerals.errors import DataError

_SUFFIXES = (".csv", ".txt", ".tsv", ".data")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


def is_zip(path: Path) -> bool:
    """Tell by its first bytes whether a file is a zip archive."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"PK\x03\x04"
    except OSError:
        return False


@contextlib.contextmanager
def open_member(path: Path, split: str) -> Iterator[IO[bytes]]:
    """Open the one CSV of an archive, or the one that is named after the split.

    Raises
    ------
    DataError
        If there is none, or several of which none is named after the split; if it is damaged.
    """
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(_choose(path, archive, split)) as stream,
        ):
            yield stream
    except DataError:
        raise
    except _DAMAGED as error:
        raise DataError(f"{path}: the archive is damaged ({error}); fetch it again") from error


def read_member_head(path: Path, n_bytes: int) -> bytes:
    """Return the first bytes of the first CSV of an archive, or nothing if there is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = _names(archive)
            with archive.open(names[0]) as stream:
                return stream.read(n_bytes)
    except (*_DAMAGED, IndexError):
        return b""


def _names(archive: zipfile.ZipFile) -> list[str]:
    return [
        name
        for name in archive.namelist()
        if name.lower().endswith(_SUFFIXES) and not name.startswith("__MACOSX")
    ]


def _choose(path: Path, archive: zipfile.ZipFile, split: str) -> str:
    names = _names(archive)
    if len(names) > 1:
        wanted = split_of_name(split)
        fitting = [n for n in names if split_in_name(Path(n).stem)[0] == wanted]
        if len(fitting) != 1:
            raise DataError(
                f"{path}: holds {', '.join(names[:5])}; unpack it and name one of them, or choose"
                " by --split"
            )
        names = fitting
    if not names:
        raise DataError(f"{path}: no CSV in this archive; unpack it and name the file inside")
    return names[0]
