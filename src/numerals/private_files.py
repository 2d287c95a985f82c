"""Files and folders that only the user may access, and locks between processes."""

import contextlib
import logging
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from numerals.files import IS_POSIX, PRIVATE_FILE, PRIVATE_FOLDER
from numerals.printable import printable

LOCK_TIMEOUT = 30.0
"""Seconds that `locked` waits for another process."""

_LOG = logging.getLogger("numerals.private_files")
_LOCK_INTERVAL = 0.02  # seconds between attempts to take a lock


def open_private_file(path: Path) -> IO[bytes]:
    """Open a new file, with mode 0600, for writing.

    Raises
    ------
    FileExistsError
        If the file exists.
    """
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags, PRIVATE_FILE))


def write_private_file(path: Path, content: bytes) -> None:
    """Write a new file with mode 0600; errors as in `open_private_file`.

    The write is not atomic: use it in a folder that nobody reads yet.
    """
    with open_private_file(path) as stream:
        stream.write(content)


def make_private_folder(path: Path) -> None:
    """Make a folder and its missing parents with mode 0700; existing folders are not changed."""
    missing = [path]
    while not missing[-1].parent.exists() and missing[-1].parent != missing[-1]:
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file with mode 0600; restrict the permissions of an existing one.

    Raises
    ------
    OSError
        If it cannot be made or opened for writing, or is not a regular file.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags, PRIVATE_FILE)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(None, "it is not a regular file", str(path))
    finally:
        os.close(handle)
    restrict_permissions(path)


def restrict_permissions(path: Path) -> None:
    """Remove the permissions of other users from a file or folder, if it exists.

    If the system does not allow that, as for a file of another owner, a warning is logged.
    """
    if not IS_POSIX:
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


def warn_if_world_writable(folder: Path) -> None:
    """Log a warning if other users can replace the files in a folder."""
    try:
        mode = folder.stat().st_mode
    except OSError:
        return
    if IS_POSIX and mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        _LOG.warning(
            "%s: other users can replace the files in this folder; run chmod o-w on it",
            printable(str(folder)),
        )


@contextlib.contextmanager
def locked(path: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold a lock between processes; the system releases it if the process ends.

    Parameters
    ----------
    path : Path
        The lock file; it is made if missing, and not removed.
    timeout : float, default=30
        Seconds to wait for another process.

    Raises
    ------
    TimeoutError
        If another process holds the lock for longer.
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
            time.sleep(_LOCK_INTERVAL)
        yield
    finally:
        os.close(handle)  # releases the lock


@contextlib.contextmanager
def private_umask() -> Iterator[None]:
    """Set the umask of the process to 0077 in the block: new files are private."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _try_lock(handle: int) -> bool:
    try:
        if IS_POSIX:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except (BlockingIOError, PermissionError):
        return False
    return True
