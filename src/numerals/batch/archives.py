"""List and read the pictures in zip and tar archives, one at a time and without extracting them."""

import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import PurePosixPath
from typing import IO, Any

from numerals.errors import ImageError, ImageTooLargeError
from numerals.images import Limits, natural_key
from numerals.images.limits import MIB
from numerals.images.path_patterns import is_picture_name
from numerals.untrusted import reading_untrusted

MAX_MEMBERS = 1_000_000
"""Maximum number of files in an archive."""

_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_ENCRYPTED = 0x1  # flag of a file in a zip archive
_MAX_READ = 2 * MIB  # bytes that tarfile may request at once; headers are smaller

OpenFile = Callable[[], IO[bytes]]
"""Opens an archive anew; the file need be seekable for zip only."""


def list_members(open_file: OpenFile, name: str) -> Iterator[str]:
    """Yield the names of the pictures in an archive.

    Hidden files, and files without the suffix of a picture, are left out.

    Parameters
    ----------
    open_file : callable
    name : str
        Name of the archive.

    Yields
    ------
    str
        For zip in natural order; for tar, which can only be read from its start, in its order.

    Raises
    ------
    ImageError
        If the archive is damaged, or has no pictures or too many files.
    """
    n_pictures, has_archives = 0, False
    with reading_untrusted(name, ImageError, ImageError), open_file() as file:
        for n_members, member in enumerate(_names(file, name), start=1):
            if n_members > MAX_MEMBERS:
                raise ImageError(
                    f"{name}: has more than the {MAX_MEMBERS:,} files allowed; split it"
                )
            has_archives |= member.lower().endswith(_ARCHIVES)
            if is_picture_name(member) and not _is_hidden(member):
                n_pictures += 1
                yield member
        if n_pictures == 0 and has_archives:
            raise ImageError(f"{name}: has no pictures but archives; extract it first")
        if n_pictures == 0:
            raise ImageError(f"{name}: no pictures in this archive; check its content")


def _is_hidden(member: str) -> bool:
    parts = PurePosixPath(member).parts
    return any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in parts)


def _names(file: IO[bytes], name: str) -> Iterator[str]:
    if name.lower().endswith(".zip"):
        with zipfile.ZipFile(file) as archive:
            names = {item.filename for item in archive.infolist() if not item.is_dir()}
        yield from sorted(names, key=natural_key)
    else:
        yield from (item.name for item in _walk_tar(_open_tar(file, name)))


class Archive:
    """An open archive, whose members are read by name.

    Parameters
    ----------
    open_file : callable
    name : str
        Name of the archive.
    """

    def __init__(self, open_file: OpenFile, name: str) -> None:
        self._open_file = open_file
        self._name = name
        self._files = ExitStack()
        self._zip: zipfile.ZipFile | None = None
        self._tar: tarfile.TarFile | None = None
        self._items: Iterator[tarfile.TarInfo] = iter(())

    def read(self, member: str, limits: Limits) -> bytes:
        """Return the content of a member.

        Members of a tar are found fastest in the order of the archive: it is read on from the last
        one, and from its start only where that does not find the member.

        Raises
        ------
        ImageError
            If the archive or the member is damaged, missing, encrypted or too large.
        """
        name = f"{self._name}/{member}"
        with reading_untrusted(name, ImageError, ImageError):
            is_zip = self._name.lower().endswith(".zip")
            stream = self._open_zip(member) if is_zip else self._open_tar(member)
            if stream is None:
                raise ImageError(
                    f"{name}: is no longer in the archive; do not change it while it is read"
                )
            with stream:
                return _read_bounded(stream, name, limits)

    def _open_zip(self, member: str) -> IO[bytes] | None:
        if self._zip is None:
            self._zip = zipfile.ZipFile(self._files.enter_context(self._open_file()))
        item = self._zip.NameToInfo.get(member)
        if item is not None and item.flag_bits & _ENCRYPTED:
            raise ImageError(f"{self._name}/{member}: needs a password; extract the archive first")
        return None if item is None else self._zip.open(item)

    def _open_tar(self, member: str) -> IO[bytes] | None:
        item = self._next_item(member)
        if item is None:
            self.close()
            self._tar = _open_tar(self._files.enter_context(self._open_file()), self._name)
            self._items = _walk_tar(self._tar)
            item = self._next_item(member)
        if item is not None and not item.isfile():
            raise ImageError(
                f"{self._name}/{member}: is a link, or no regular file; extract the archive first"
            )
        return self._tar.extractfile(item) if self._tar and item else None

    def _next_item(self, member: str) -> tarfile.TarInfo | None:
        return next((item for item in self._items if item.name == member), None)

    def close(self) -> None:
        """Close the file."""
        self._files.close()
        self._zip = self._tar = None


def _read_bounded(stream: IO[bytes], name: str, limits: Limits) -> bytes:
    content = bytearray()
    while chunk := stream.read(MIB):
        content += chunk
        if len(content) > limits.file_bytes:
            raise ImageTooLargeError(
                f"{name}: has more than the {limits.file_bytes // MIB} MiB allowed; save it smaller"
            )
    return bytes(content)


def _open_tar(file: IO[bytes], name: str) -> tarfile.TarFile:
    opened: Any = file
    lower = name.lower()
    if lower.endswith((".gz", ".tgz")):
        opened = gzip.GzipFile(fileobj=file, mode="rb")
    elif lower.endswith(".bz2"):
        import bz2

        opened = bz2.BZ2File(file)
    elif lower.endswith(".xz"):
        opened = lzma.LZMAFile(file)
    return tarfile.TarFile(fileobj=_BoundedReads(opened))


def _walk_tar(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield the files of a tar, links included, without keeping them in its list of members."""
    while (item := archive.next()) is not None:
        if not item.isdir():
            yield item
        archive.members = []  # type: ignore[attr-defined]


class _BoundedReads(io.RawIOBase):
    """A file of which tarfile cannot request more than `_MAX_READ` bytes at once.

    tarfile reads extended headers as a whole. A few kilobytes of gzip can declare one of gigabytes.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MAX_READ:
            raise tarfile.ReadError(f"a header of {size:,} bytes")
        return self._file.read(size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()
        super().close()
