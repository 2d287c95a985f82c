"""Atomic writes: a file or folder of ours is complete, or it is as it was before."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from numerals.errors import DataError, NumeralsError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700

_IS_POSIX = os.name == "posix"  # elsewhere modes mean little: the user's folder is private there


def partial_prefix(path: Path) -> str:
    """Return how the names of partial files of a path begin."""
    return f".{path.stem[:40]}."


@contextlib.contextmanager
def partial_file(path: Path, mode: int | None = None) -> Iterator[Path]:
    """Write a file beside `path`, and give it that name once it is whole and on the disk.

    What stood at `path` stays as it was when anything goes wrong, Ctrl-C included.

    Parameters
    ----------
    path : Path
    mode : int, optional
        The file's permissions, such as `PRIVATE_FILE`; as the umask says by default.

    Yields
    ------
    Path
        The file to write, empty, with the suffix of `path`. Until it is whole, only the user may
        read it.

    Raises
    ------
    OSError
        If the folder cannot be written, or the disk is full.
    """
    handle, name = tempfile.mkstemp(
        prefix=partial_prefix(path), suffix=path.suffix, dir=path.parent
    )
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        _sync(partial)
        if _IS_POSIX:
            partial.chmod(0o666 & ~current_umask() if mode is None else mode)
        partial.replace(path)
        _sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes | str, mode: int | None = None) -> None:
    """Write a file whole or not at all, text as UTF-8; see `partial_file`."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with partial_file(path, mode) as partial:
        partial.write_bytes(data)


@contextlib.contextmanager
def open_for_replace(path: Path) -> Iterator[IO[bytes]]:
    """Write a file beside `path` and put it in its place once it is whole.

    What stood at `path` stays as it was when anything goes wrong, Ctrl-C included.

    Yields
    ------
    binary stream

    Raises
    ------
    DataError
        If it cannot be written, or the disk is full.
    """
    with open_all_for_replace(path) as (stream,):
        yield stream


@contextlib.contextmanager
def writing(path: Path, *others: Path) -> Iterator[None]:
    """Say which file could not be written, where the system says only why: the disk is full.

    Parameters
    ----------
    path : Path
        The file that is named.
    *others : Path
        Files that are written with it.

    Raises
    ------
    DataError
        For every OSError in the block that is none of ours, nor of a file that is read elsewhere.
    """
    try:
        yield
    except NumeralsError:
        raise
    except OSError as error:
        if error.filename is not None and not any(
            _is_of(Path(error.filename), each) for each in (path, *others)
        ):
            raise
        reason = error.strerror or error
        raise DataError(
            f"{path}: cannot be written ({reason}); check the folder and its free space, or name "
            "another place"
        ) from error


@contextlib.contextmanager
def open_all_for_replace(*paths: Path) -> Iterator[list[IO[bytes]]]:
    """Write several files that belong together; they get their names once all of them are whole.

    Yields
    ------
    list of binary streams
    """
    with writing(*paths), contextlib.ExitStack() as files:
        partials = [files.enter_context(partial_file(path)) for path in paths]
        with contextlib.ExitStack() as opened:
            yield [opened.enter_context(partial.open("wb")) for partial in partials]


@contextlib.contextmanager
def folder_for_replace(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Fill a new folder beside `path` and give it that name once it is whole.

    Parameters
    ----------
    path : Path
    private : bool, default=False
        Whether only the user may enter it.

    Yields
    ------
    Path
        The folder to fill.

    Raises
    ------
    DataError
        If `path` already holds something.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError(f"{path}: already exists; name a new folder, or remove this one first")
    try:
        scratch = tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: cannot be written ({reason}); check the folder") from error
    with scratch as name:
        filled = Path(name, path.name)
        with writing(path):
            filled.mkdir(mode=PRIVATE_FOLDER if private else 0o777)
            yield filled
        _replace(filled, path)


def current_umask() -> int:
    """Return the permissions that new files do not get."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync(path: Path) -> None:
    """Wait until a file's content is on the disk: else a power cut may leave it empty."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(path: Path) -> None:
    if not _IS_POSIX:
        return
    with contextlib.suppress(OSError):  # some file systems cannot; the file is whole either way
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_of(named: Path, path: Path) -> bool:
    """Whether the system means a file that we write, or the partial one beside it."""
    named, path = named.absolute(), path.absolute()  # tempfile names files from the root
    is_partial = named.parent == path.parent and named.name.startswith(partial_prefix(path))
    return named == path or is_partial


def _replace(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: cannot be written ({reason}); name another place") from error
