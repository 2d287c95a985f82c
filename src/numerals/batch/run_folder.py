"""The folder of a run: files on a disk, or objects in a store that fsspec knows."""

import contextlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from numerals.batch.remote_files import PACKAGES, is_url, open_file_system
from numerals.errors import RunError
from numerals.files import write_atomic
from numerals.private_files import locked

MANIFEST = "manifest.json"
PARTS = "numbers"
"""Subfolder of the Parquet files."""

_LOCK = ".lock"


class RunFolder:
    """Reads and writes the files of a run by their names; each write is atomic.

    Parameters
    ----------
    location : str
        A path, or a URL of fsspec.

    Attributes
    ----------
    location : str
        The absolute path, or the URL without a slash at its end.

    Raises
    ------
    RunError
        If the protocol of the URL is unknown.
    MissingExtraError
        If the location is a URL whose file system is not installed.
    """

    def __init__(self, location: str) -> None:
        if "://" in location and not is_url(location):
            raise RunError(f"{location}: expected a path, or a URL of {', '.join(PACKAGES)}")
        if is_url(location):
            self.location = location.rstrip("/")
            self._files: _Objects | _Disk = _Objects(self.location)
        else:
            self.location = str(Path(location).absolute())
            self._files = _Disk(Path(self.location))

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None if it does not exist."""
        with self._reporting("read"):
            return self._files.read(name)

    def write(self, name: str, content: bytes) -> None:
        """Write a file: after an error, it is complete or as it was before."""
        with self._reporting("written"):
            self._files.write(name, content)

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading; the stream can seek."""
        with self._reporting("read"):
            return self._files.open(name)

    def part_names(self) -> list[str]:
        """Return the names of the finished Parquet files, sorted."""
        with self._reporting("listed"):
            names = self._files.list(PARTS)
        return sorted(
            f"{PARTS}/{each}" for each in names if each[:1] != "." and each.endswith(".parquet")
        )

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        """Make the folder, lock it for the block, and remove temporary files of killed runs.

        Object stores have no locks; their writes leave no temporary files.

        Raises
        ------
        RunError
            If another process reads into the folder, or it cannot be written.
        """
        with contextlib.ExitStack() as stack:
            with self._reporting("written"):
                stack.enter_context(self._files.prepared())
            yield

    @contextlib.contextmanager
    def _reporting(self, done: str) -> Iterator[None]:
        """Raise RunError with the location for the errors of a disk or a store."""
        try:
            yield
        except TimeoutError as error:
            raise RunError(
                f"{self.location}: another process reads into this folder; wait until it has "
                "ended, or name another folder"
            ) from error
        except IsADirectoryError as error:
            raise RunError(
                f"{error.filename}: is a folder, where a run has a file; remove it"
            ) from error
        except self._files.errors as error:
            reason = getattr(error, "strerror", None) or error
            raise RunError(
                f"{self.location}: cannot be {done} ({reason}); check the address, the rights "
                "and the free space"
            ) from error


class _Disk:
    errors: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        write_atomic(self._folder / name, content)

    def open(self, name: str) -> IO[bytes]:
        return (self._folder / name).open("rb")

    def list(self, name: str) -> list[str]:
        folder = self._folder / name
        return [each.name for each in folder.iterdir()] if folder.is_dir() else []

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        (self._folder / PARTS).mkdir(parents=True, exist_ok=True)
        with locked(self._folder / _LOCK, timeout=0):
            for temporary in (self._folder / PARTS).glob(".*"):
                temporary.unlink(missing_ok=True)
            yield


class _Objects:
    # The libraries of object stores have exceptions of their own, such as for missing credentials.
    errors: tuple[type[Exception], ...] = (Exception,)

    def __init__(self, url: str) -> None:
        self._system = open_file_system(url)
        self._root = self._system._strip_protocol(url)

    def read(self, name: str) -> bytes | None:
        try:
            content: bytes = self._system.cat_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return None
        return content

    def write(self, name: str, content: bytes) -> None:
        self._system.pipe_file(f"{self._root}/{name}", content)

    def open(self, name: str) -> IO[bytes]:
        # One request per file: parts are small.
        return BytesIO(self._system.cat_file(f"{self._root}/{name}"))

    def list(self, name: str) -> list[str]:
        try:
            found: list[Any] = self._system.ls(f"{self._root}/{name}", detail=False)
        except FileNotFoundError:
            return []
        return [str(each).rsplit("/", 1)[-1] for each in found]

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        yield
