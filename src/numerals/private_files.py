"""Files that only the user may read, and locks between processes."""

import contextlib
import logging
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from numerals.files import PRIVATE_FILE, PRIVATE_FOLDER
from numerals.printable import printable

LOCK_TIMEOUT = 30.0
"""Seconds that `locked` waits for another process."""

_LOG = logging.getLogger("numerals.files")
_IS_POSIX = os.name == "posix"  # elsewhere modes mean little: the user's folder is private there


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
