"""Files on object stores and web servers, through fsspec (extra ``batch``)."""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, cast

from numerals.errors import ImageError, MissingExtraError, NumeralsError
from numerals.extras import requires_extra
from numerals.images import Limits, natural_key
from numerals.images.folder_walk import FOLDER_MARK, walk_tree
from numerals.images.path_patterns import is_picture_name

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

PACKAGES = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "az": "adlfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "http": "aiohttp",
    "https": "aiohttp",
}
"""Protocol -> the package that fsspec needs for it."""

_IN_EXTRA = ("aiohttp",)
_LISTED_PROTOCOLS = tuple(name for name in PACKAGES if not name.startswith("http"))


def is_url(text: str) -> bool:
    """Return whether a text is the URL of a remote file or folder."""
    protocol, separator, _ = text.partition("://")
    return bool(separator) and protocol.lower() in PACKAGES


def list_remote_pictures(url: str) -> Iterator[str]:
    """Yield the URLs of the pictures of a URL.

    Parameters
    ----------
    url : str
        A file, or on object stores also a folder, or a pattern such as ``s3://bucket/*.png``. The
        names in one folder are held in memory.

    Raises
    ------
    ImageError
        If there is no picture, or the store cannot be listed.
    MissingExtraError
        If fsspec or a package of the protocol is not installed.
    """
    files = open_file_system(url)
    if _protocol(url) not in _LISTED_PROTOCOLS:  # web servers have no folders
        yield url
        return
    with _report_errors(url):
        n_pictures = 0
        for path in _list_paths(files, files._strip_protocol(url)):
            n_pictures += 1
            yield f"{_protocol(url)}://{path}"
    if n_pictures == 0:
        raise ImageError(f"{url}: no pictures there; check the address")


def _list_paths(files: "AbstractFileSystem", path: str) -> Iterator[str]:
    if any(character in path for character in "*?[") and not files.exists(path):
        found = files.glob(path, detail=True)
        matches = (name for name, info in found.items() if info["type"] != "directory")
        yield from sorted(matches, key=natural_key)
    elif files.isfile(path):
        yield path
    else:
        below = walk_tree(path, lambda folder: _list_folder(files, folder), separator="/")
        yield from filter(is_picture_name, below)


def _list_folder(files: "AbstractFileSystem", folder: str) -> list[str]:
    names = []
    for entry in files.ls(folder, detail=True):
        name = posixpath.basename(entry["name"].rstrip("/"))
        is_itself = entry["name"].rstrip("/") == folder.rstrip("/")  # an empty object as a folder
        if name and not name.startswith(".") and not is_itself:
            names.append(name + FOLDER_MARK if entry["type"] == "directory" else name)
    return names


def read_remote(url: str, limits: Limits) -> bytes:
    """Return the content of a remote file, with one request.

    Raises
    ------
    ImageError
        If the file cannot be read, or is too large.
    """
    files = open_file_system(url)
    with _report_errors(url):
        content = cast("bytes", files.cat_file(url, start=0, end=limits.file_bytes + 1))
        limits.check_file(len(content))
        return content


def open_remote(url: str) -> IO[bytes]:
    """Open a remote file for reading; it can be seeked if the server supports ranges."""
    with _report_errors(url):
        return cast("IO[bytes]", open_file_system(url).open(url, "rb"))


@lru_cache(maxsize=8)
def _file_system(protocol: str) -> "AbstractFileSystem":
    with requires_extra("batch", f"{protocol}://"):
        import fsspec
    try:
        # Without the cache, the listings of all folders would stay in memory.
        return fsspec.filesystem(protocol, use_listings_cache=False)
    except ImportError as error:
        package = PACKAGES[protocol]
        missing = MissingExtraError(f"{protocol}:// ({package})", "batch")
        if package in _IN_EXTRA:
            raise missing from error
        raise missing.with_message(
            f"{protocol}:// needs a package: pip install {package}"
        ) from error


def open_file_system(url: str) -> "AbstractFileSystem":
    """Return the file system of fsspec for a URL.

    Raises
    ------
    MissingExtraError
        If fsspec or a package of the protocol is not installed.
    """
    return _file_system(_protocol(url))


def _protocol(url: str) -> str:
    return url.partition("://")[0].lower()


@contextmanager
def _report_errors(url: str) -> Iterator[None]:
    """Raise `ImageError` for the errors of a file system, each of which has its own classes."""
    try:
        yield
    except NumeralsError as error:
        raise error.with_message(f"{url}: {error}") from error
    except FileNotFoundError as error:
        raise ImageError(f"{url}: no such file; check the address") from error
    except Exception as error:
        reason: Any = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise ImageError(
            f"{url}: cannot be read ({reason}); check the address, the network and the credentials"
        ) from error
