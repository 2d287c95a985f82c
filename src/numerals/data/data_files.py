"""Files as every format needs them: plain or gzip, bounded reads, writes that are whole or not."""

import contextlib
import gzip
import math
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from numerals.errors import DataError, DataNotFoundError, NumeralsError

MAX_BYTES = 1 << 30
"""Most bytes that one array, or one decompressed file, may take."""

MAX_DIMENSIONS = 32
"""Most dimensions of an array."""

DEFLATE_RATIO = 1040
"""Deflate packs at most 1032 bytes into one; a file that promises more than this lies."""

OnError = Callable[[Path, NumeralsError], None] | None
"""Told of each picture that could not be read; None lets the first one raise."""

_GZIP_MAGIC = b"\x1f\x8b"


def is_gzip(path: Path) -> bool:
    """Tell by its first two bytes whether a file is gzip."""
    with path.open("rb") as stream:
        return stream.read(2) == _GZIP_MAGIC


@contextlib.contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, through gzip where its content is gzip.

    Parameters
    ----------
    path : Path
        The file. Its name does not matter.

    Yields
    ------
    binary stream

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    DataError
        If it cannot be opened, or the gzip stream is damaged.
    """
    try:
        opened: Any = gzip.open(path, "rb") if is_gzip(path) else path.open("rb")
        with opened as stream:
            yield stream
    except FileNotFoundError as error:
        raise DataNotFoundError(f"{path}: no such file; check the path") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"{path}: the gzip stream is damaged ({error}); fetch or copy the file again"
        raise DataError(message) from error
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: cannot be read ({reason}); check path and permissions") from error


def read_head(path: Path, n_bytes: int) -> bytes:
    """Return the first `n_bytes` of a file's content, or nothing where it cannot be read."""
    try:
        with open_bytes(path) as stream:
            return stream.read(n_bytes)
    except NumeralsError:
        return b""


def check_size(path: Path, shape: tuple[int, ...], itemsize: int) -> int:
    """Return how many bytes an array takes, if that is within `MAX_BYTES`.

    Raises
    ------
    DataError
        If it is not.
    """
    # A length of 0 makes the array empty, however many rows it has; each still gets a label.
    lengths = [max(length, 1) for length in (*shape, itemsize)]
    if len(shape) > MAX_DIMENSIONS or min(shape, default=0) < 0 or _exceeds(lengths, MAX_BYTES):
        shown = ", ".join(f"{length:.6g}" for length in shape[:MAX_DIMENSIONS])
        raise DataError(
            f"{path}: the header declares an array of shape ({shown}), {itemsize} bytes each; at"
            f" most {MAX_BYTES:,} are read: split the file, or check that its header is not damaged"
        )
    return math.prod(shape) * itemsize


def _exceeds(lengths: Iterable[int], limit: int) -> bool:
    """Tell whether a product is above a limit, without computing with ever longer numbers."""
    product = 1
    for length in lengths:
        product *= length
        if product > limit:
            return True
    return False


def read_all(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Return a file's content, decompressed.

    Raises
    ------
    DataError
        If it is larger than `max_bytes`.
    """
    with open_bytes(path) as stream:
        content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise DataError(
            f"{path}: holds more than {max_bytes:,} bytes decompressed; split it into smaller files"
        )
    return content


@contextlib.contextmanager
def compressed(stream: IO[bytes], *, when: bool) -> Iterator[IO[bytes]]:
    """Write through gzip where `when` says so; the same content always gives the same bytes."""
    if not when:
        yield stream
        return
    wrapper: Any = gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=6, mtime=0)
    with wrapper:
        yield wrapper
