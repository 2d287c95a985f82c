"""Files of ours: written whole or not at all, private to the user, one writer at a time."""

import contextlib
import logging
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from numerals.printable import printable

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
LOCK_TIMEOUT = 30.0
"""Seconds that `locked` waits for another process."""

_LOG = logging.getLogger("numerals.files")
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


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only the user may read; in a folder that is not in use yet."""

    def private(name: str, flags: int) -> int:
        return os.open(name, flags, PRIVATE_FILE)

    with open(path, "xb", opener=private) as stream:
        stream.write(content)


def make_private_folder(path: Path) -> None:
    """Make a folder that only the user may enter; one that is there already stays as it is.

    Folders above it that are missing are made in the same way.
    """
    missing = [path]
    while not missing[-1].parent.exists() and missing[-1].parent != missing[-1]:
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file that only the user may read, unless there is one; tighten that one.

    Raises
    ------
    OSError
        If it cannot be made or written, or is a folder or a device.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags, PRIVATE_FILE)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(None, "it is not a regular file", str(path))
    finally:
        os.close(handle)
    tighten(path)


def tighten(path: Path) -> None:
    """Take what others may do with a file or folder away from them; what is not there is no error.

    Where that is not possible, as for a file of somebody else, a warning is logged.
    """
    if not _IS_POSIX:
        return
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & ~0o077)
    except FileNotFoundError:
        return
    except OSError as error:
        reason = error.strerror or error
        _LOG.warning(
            "%s: others may read it, and that cannot be changed (%s); let its owner run chmod go=",
            printable(str(path)),
            reason,
        )


def warn_of_writers(folder: Path) -> None:
    """Log a warning for a folder in which other users can replace our files."""
    try:
        mode = folder.stat().st_mode
    except OSError:
        return
    if _IS_POSIX and mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        _LOG.warning(
            "%s: other users can replace the files in this folder; run chmod o-w on it",
            printable(str(folder)),
        )


@contextlib.contextmanager
def locked(path: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold a lock that no other process holds; it is given back when this one ends, too.

    Parameters
    ----------
    path : Path
        The file that stands for the lock; it is made, and stays.
    timeout : float, default=30
        Seconds to wait for another process.

    Raises
    ------
    TimeoutError
        If another process holds it for longer.
    OSError
        If the file cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), PRIVATE_FILE)
    try:
        end = time.monotonic() + timeout
        while not _try_lock(handle):
            if time.monotonic() > end:
                raise TimeoutError(
                    None, f"another process has held it for {timeout:g} s", str(path)
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)  # gives the lock back


def _try_lock(handle: int) -> bool:
    try:
        if _IS_POSIX:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except (BlockingIOError, PermissionError):
        return False
    return True


@contextlib.contextmanager
def private_umask() -> Iterator[None]:
    """Let all files that are made within the block be the user's alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


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
