"""Open the file of a unit: on this machine, in an archive, or remote."""

import io
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

from numerals.batch.remote_files import is_url, open_remote, read_remote
from numerals.batch.units import Unit
from numerals.images import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from numerals.batch.archives import Archive

STDIN = "-"
"""The location of a unit that is read from standard input."""

ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
"""What the names of archives end with, lower case."""

_ARCHIVES: dict[str, "Archive"] = {}  # the archive that is open in this process

Opened = Path | IO[bytes]


class NamedBytes(io.BytesIO):
    """The content of a file, with the name that messages call it.

    Parameters
    ----------
    content : bytes
    name : str
    """

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name


def open_source(unit: Unit, limits: Limits = DEFAULT_LIMITS) -> Opened:
    """Return the file of a unit, to be passed to `numerals.images.load_pictures`.

    Raises
    ------
    ImageError
        If the content of a remote file or a member of an archive cannot be read. Errors of local
        files are raised by `load_pictures`.
    """
    location = unit.location
    if location == STDIN:
        return sys.stdin.buffer
    if unit.member is not None:
        return NamedBytes(_open_archive(location).read(unit.member, limits), unit.name)
    if is_url(location):
        return NamedBytes(read_remote(location, limits), unit.name)
    return Path(location)


def _open_archive(location: str) -> "Archive":
    """Return an archive, which stays open because its members are read one after the other."""
    from numerals.batch.archives import Archive  # zipfile and tarfile take some milliseconds

    if location not in _ARCHIVES:
        while _ARCHIVES:
            _ARCHIVES.popitem()[1].close()
        _ARCHIVES[location] = Archive(lambda: open_archive_file(location), location)
    return _ARCHIVES[location]


def open_archive_file(location: str) -> IO[bytes]:
    """Open an archive, local or remote."""
    return open_remote(location) if is_url(location) else Path(location).open("rb")


def is_archive(location: str) -> bool:
    """Return whether a location is an archive: by its name, and not a folder."""
    is_named_so = location.lower().endswith(ARCHIVE_SUFFIXES)
    return is_named_so and (is_url(location) or Path(location).is_file())
