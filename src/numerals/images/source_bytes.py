"""Read the bytes of a source (path, bytes, file object or data URL), and name it in messages."""

import base64
import binascii
import errno
import os
import stat
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import numpy as np
from PIL import Image

from numerals.errors import ImageError
from numerals.images.limits import MIB, Limits

DATA_URL = "data:"

_MAX_NAME = 255  # characters; a longer name is not a file name, but perhaps the content of a file
_MAX_SHOWN = 40  # characters of such a name in messages
_BASE64_STARTS = ("iVBORw0KGgo", "/9j/", "R0lGOD", "JVBERi", "UklGR", "SUkq", "TU0AK", "AAAA")
"""The first characters of PNG, JPEG, GIF, PDF, WebP, TIFF and HEIC files in base64."""

_SPECIAL_FILES = (
    (stat.S_ISDIR, "is a folder; give the files in it"),
    (stat.S_ISFIFO, "is a named pipe; give a file, or - for standard input"),
    (stat.S_ISCHR, "is a device; give a file, or - for standard input"),
    (stat.S_ISBLK, "is a device; give a file"),
    (stat.S_ISSOCK, "is a socket; give a file"),
)


def source_name(source: Any) -> str:
    """Return the name of a source in results: its file name, or its type in angle brackets."""
    if isinstance(source, str) and source.startswith(DATA_URL):
        return "<data URL>"
    if isinstance(source, str | os.PathLike):
        return str(os.fspath(source))
    if isinstance(source, bytes | bytearray | memoryview):
        return "<bytes>"
    if isinstance(source, np.ndarray):
        return "<array>"
    if isinstance(source, Image.Image):
        return "<image>"
    name = getattr(source, "name", None)
    return name if isinstance(name, str) and name else "<stream>"


def shown_name(name: str) -> str:
    """Return the name of a source for messages, shortened if it is a file's content, not a path.

    Examples
    --------
    >>> shown_name("scans/1.jpg")
    'scans/1.jpg'
    >>> shown_name("iVBORw0KGgo" + "A" * 1000)
    '<1011 characters of base64>'
    """
    if name.startswith(DATA_URL):
        return "<data URL>"
    if name.startswith(_BASE64_STARTS) and len(name) > _MAX_SHOWN and "." not in name:
        return f"<{len(name)} characters of base64>"
    if len(Path(name).name) <= _MAX_NAME and "\n" not in name:
        return name
    return f"{' '.join(name[:_MAX_SHOWN].split())}... ({len(name)} characters)"


def read_source(source: Any, limits: Limits) -> bytes:
    """Read all bytes of a source.

    Parameters
    ----------
    source : path, bytes, binary file object or data URL
    limits : Limits

    Raises
    ------
    ImageError
        If the source has another type or cannot be read.
    ImageTooLargeError
        If it exceeds ``limits.file_bytes``.
    """
    if isinstance(source, str) and source.startswith(DATA_URL):
        return _data_url_bytes(source, limits)
    if isinstance(source, str | os.PathLike):
        return _file_bytes(str(os.fspath(source)), limits)
    if isinstance(source, bytes | bytearray | memoryview):
        limits.check_file(memoryview(source).nbytes)
        return bytes(source)
    if callable(getattr(source, "read", None)):
        return _stream_bytes(source, limits)
    raise ImageError(
        f"got {type(source).__name__}, expected a path, bytes, binary file object, NumPy array or "
        "Pillow image"
    )


def _data_url_bytes(url: str, limits: Limits) -> bytes:
    header, comma, body = url.partition(",")
    if not comma:
        raise ImageError("has no comma, expected data:image/png;base64,...; repair the URL")
    limits.check_file(len(body) * 3 // 4)
    content = unquote_to_bytes(body)
    if not header.lower().endswith(";base64"):
        return content
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error as error:
        raise ImageError(f"is not valid base64 ({error}); check that it is complete") from error


def _file_bytes(path: str, limits: Limits) -> bytes:
    if not path:
        raise ImageError("the path is empty; name a file")
    try:
        with open(_open_regular(path), "rb") as file:
            limits.check_file(os.fstat(file.fileno()).st_size)
            return _stream_bytes(file, limits)
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise ImageError(f"no such file; {_advice(path)}") from error
    except PermissionError as error:
        if Path(path).is_dir():  # Windows
            raise ImageError("is a folder; give the files in it") from error
        raise ImageError("cannot be read (permission denied); check its permissions") from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise ImageError(f"no such file; {_advice(path)}") from error
        reason = error.strerror or str(error)
        raise ImageError(f"cannot be opened ({reason}); check the path") from error
    except ValueError as error:  # a null character
        raise ImageError(f"cannot be opened ({error}); check the path") from error


def _advice(path: str) -> str:
    if shown_name(path) != path:
        return "give a path, or the bytes of the image"
    return "check the spelling, and the folder you are in"


def _open_regular(path: str) -> int:
    """Open a file and return its descriptor; devices and pipes, which could block, are refused."""
    _refuse_special(Path(path).stat().st_mode, path)  # opening a device may have side effects
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    try:
        _refuse_special(os.fstat(descriptor).st_mode, path)  # it may have been replaced since
        if hasattr(os, "O_NONBLOCK"):
            os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _refuse_special(mode: int, path: str) -> None:
    if stat.S_ISFIFO(mode) and _is_descriptor(path):
        return
    for matches, message in _SPECIAL_FILES:
        if matches(mode):
            raise ImageError(message)


def _is_descriptor(path: str) -> bool:
    """Return whether a path is that of ``<(command)`` in a shell: a pipe that has a writer."""
    return path == "/dev/stdin" or path.startswith(("/dev/fd/", "/proc/self/fd/"))


def _stream_bytes(stream: Any, limits: Limits) -> bytes:
    data = bytearray()
    while True:
        try:
            chunk = stream.read(MIB)
        except (OSError, ValueError) as error:
            raise ImageError(f"cannot be read ({error}); check that it is open") from error
        if isinstance(chunk, str):
            raise ImageError("is a text stream; open it in binary mode, 'rb'")
        if not chunk:
            return bytes(data)
        data += chunk
        limits.check_file(len(data))
