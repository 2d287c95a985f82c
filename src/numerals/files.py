"""Atomic writes: after an error, a file or folder is complete or as it was before."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from numerals.errors import DataError, NumeralsError

PRIVATE_FILE = 0o600
"""Permissions of a file that only the user may read and write."""
PRIVATE_FOLDER = 0o700
"""Permissions of a folder that only the user may enter."""
IS_POSIX = os.name == "posix"
"""Whether file permissions apply; Windows protects the user's folder as a whole."""

_MAX_PREFIX = 40  # characters of a file's name in the name of its temporary file


@contextlib.contextmanager
def atomic_file(path: Path, mode: int | None = None) -> Iterator[Path]:
    """Replace a file atomically: write a temporary file beside it, then rename that.

    `path` stays unchanged if the block raises, KeyboardInterrupt included. The content is on the
    disk before the file is renamed.

    Parameters
    ----------
    path : Path
    mode : int, optional
        Permissions of the file, such as `PRIVATE_FILE`; by default those of the umask.

    Yields
    ------
    Path
        The temporary file, empty, with the suffix of `path`. Only the user may read it until it is
        renamed.

    Raises
    ------
    OSError
        If the folder cannot be written, or the disk is full.
    """
    handle, name = tempfile.mkstemp(
        prefix=_temporary_prefix(path), suffix=path.suffix, dir=path.parent
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _sync_file(temporary)
        if IS_POSIX:
            temporary.chmod(0o666 & ~_current_umask() if mode is None else mode)
        temporary.replace(path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomic(path: Path, content: bytes | str, mode: int | None = None) -> None:
    """Write a file atomically, text as UTF-8; parameters and errors as in `atomic_file`."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with atomic_file(path, mode) as temporary:
        temporary.write_bytes(data)


@contextlib.contextmanager
def partial_file(path: Path) -> Iterator[Path]:
    """Write a file under the name of `partial_path`, then rename it.

    If the block raises, the partial file stays, since it may hold hours of work, and `path` is as
    it was.

    Yields
    ------
    Path
        The partial file, empty.

    Raises
    ------
    DataError
        If the file cannot be written, or the disk is full.
    """
    partial = partial_path(path)
    with report_write_errors(path, partial):
        partial.write_bytes(b"")  # a file that cannot be written is an error now, not after hours
        yield partial
        _sync_file(partial)
        partial.replace(path)
        _sync_folder(path.parent)


def partial_path(path: Path) -> Path:
    """Return the name under which `partial_file` writes: ``a.partial.csv`` for ``a.csv``."""
    return path.with_name(f"{path.stem}.partial{path.suffix}")


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def make_parent_folder(path: Path) -> None:
    """Create the folder of a file. Commands call this before long work, to fail early.

    Raises
    ------
    DataError
        If the folder cannot be created, or `path` is a folder itself.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(
            f"{path}: its folder cannot be created ({reason}); check the path"
        ) from error
    if path.is_dir():
        raise DataError(f"{path}: is a folder; name a file")


@contextlib.contextmanager
def open_atomic(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for atomic writing: `path` is replaced at the end of the block.

    `path` stays unchanged if the block raises, KeyboardInterrupt included.

    Yields
    ------
    binary stream

    Raises
    ------
    DataError
        If the file cannot be written, or the disk is full.
    """
    with open_all_atomic(path) as (stream,):
        yield stream


@contextlib.contextmanager
def open_all_atomic(*paths: Path) -> Iterator[list[IO[bytes]]]:
    """Open several files for atomic writing: all are replaced at the end of the block, or none.

    Yields
    ------
    list of binary streams

    Raises
    ------
    DataError
        If a file cannot be written, or the disk is full.
    """
    with report_write_errors(*paths), contextlib.ExitStack() as files:
        temporaries = [files.enter_context(atomic_file(path)) for path in paths]
        with contextlib.ExitStack() as streams:
            yield [streams.enter_context(temporary.open("wb")) for temporary in temporaries]


@contextlib.contextmanager
def atomic_folder(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Write a folder atomically: fill a temporary folder beside `path`, then rename that.

    Parameters
    ----------
    path : Path
        A folder that does not exist, or is empty.
    private : bool, default=False
        Whether only the user may enter it.

    Yields
    ------
    Path
        The temporary folder, empty.

    Raises
    ------
    DataError
        If `path` is a file or not empty, or cannot be written.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError(f"{path}: already exists; name a new folder, or remove this one first")
    try:
        parent = tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: cannot be written ({reason}); check the folder") from error
    with parent as name:
        temporary = Path(name, path.name)
        with report_write_errors(path, temporary):
            temporary.mkdir(mode=PRIVATE_FOLDER if private else 0o777)
            yield temporary
        _rename_folder(temporary, path)


@contextlib.contextmanager
def report_write_errors(path: Path, *others: Path) -> Iterator[None]:
    """Raise DataError with the name of a file for each OSError of writing it.

    The operating system names no file in some errors, such as that of a full disk.

    Parameters
    ----------
    path : Path
        The file that the message names.
    *others : Path
        Files or folders that are written with it.

    Raises
    ------
    DataError
        For an OSError that names no file, or one of these files, their temporary files, or a file
        in one of these folders. Other errors pass unchanged.
    """
    try:
        yield
    except NumeralsError:
        raise
    except OSError as error:
        if error.filename is not None and not any(
            _belongs_to(Path(error.filename), each) for each in (path, *others)
        ):
            raise
        reason = error.strerror or error
        raise DataError(
            f"{path}: cannot be written ({reason}); check the folder and its free space, or name "
            "another place"
        ) from error


def _belongs_to(named: Path, path: Path) -> bool:
    """Return whether a file is `path`, lies in it, or is its temporary file."""
    named, path = named.absolute(), path.absolute()  # tempfile returns absolute names
    is_temporary = named.parent == path.parent and named.name.startswith(_temporary_prefix(path))
    return named == path or path in named.parents or is_temporary


def _temporary_prefix(path: Path) -> str:
    return f".{path.stem[:_MAX_PREFIX]}."


def _current_umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _sync_file(path: Path) -> None:
    """Flush a file to the disk: otherwise it may be empty after a power failure."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(path: Path) -> None:
    if not IS_POSIX:
        return
    with contextlib.suppress(OSError):  # some file systems cannot sync folders; the file is synced
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _rename_folder(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: cannot be written ({reason}); name another place") from error
