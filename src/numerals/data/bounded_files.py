"""Bounded reading of data files, plain or gzip, for the readers of all file formats."""

import contextlib
import gzip
import math
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from numerals.errors import DataError, DataNotFoundError, NumeralsError

MAX_DATA_BYTES = 1 << 30
"""Maximum size of one array or one decompressed file, bytes."""

MAX_DATA_DIMENSIONS = 32
"""Maximum number of dimensions of an array."""

DEFLATE_RATIO = 1040
"""Maximum plausible compression ratio of deflate, which reaches 1032 at most. A file that declares
more was manipulated."""

_GZIP_MAGIC = b"\x1f\x8b"


def raw_head(path: Path, n_bytes: int) -> bytes:
    """Return the first bytes of a file as stored; empty if the file cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(n_bytes)
    except OSError:
        return b""


def read_head(path: Path, n_bytes: int) -> bytes:
    """Return the first bytes of a file, decompressed; empty if the file cannot be read."""
    try:
        with open_bytes(path) as stream:
            return stream.read(n_bytes)
    except NumeralsError:
        return b""


@contextlib.contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading; gzip is detected from the content and decompressed.

    Parameters
    ----------
    path : Path

    Yields
    ------
    binary stream

    Raises
    ------
    DataNotFoundError
        If the file does not exist.
    DataError
        If the file cannot be opened or the gzip stream is damaged.
    """
    try:
        with path.open("rb") as stream:
            is_gzip = stream.read(2) == _GZIP_MAGIC
        opened: Any = gzip.open(path, "rb") if is_gzip else path.open("rb")
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


@contextlib.contextmanager
def translate_read_errors(
    path: Path, file_kind: str, errors: tuple[type[Exception], ...]
) -> Iterator[None]:
    """Raise `DataError` when the parser of a file format fails inside the block.

    Parameters
    ----------
    path : Path
        The file, for the message.
    file_kind : str
        What the file should be, for the message, such as ``"an HDF5 file"``.
    errors : tuple of exception types
        The exceptions that the parser raises for damaged files.

    Raises
    ------
    DataNotFoundError
        If the file does not exist.
    DataError
        For the exceptions in `errors`. Errors of numerals pass unchanged.
    """
    try:
        yield
    except NumeralsError:
        raise
    except FileNotFoundError as error:
        raise DataNotFoundError(f"{path}: no such file; check the path") from error
    except errors as error:
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(
            f"{path}: cannot be read as {file_kind} ({detail}); fetch or copy it again"
        ) from error


def check_size(path: Path, shape: tuple[int, ...], itemsize: int) -> int:
    """Return the size of an array in bytes if it is at most `MAX_DATA_BYTES`.

    Parameters
    ----------
    path : Path
        The file, for the message.
    shape : tuple of int
    itemsize : int, bytes

    Raises
    ------
    DataError
        If the array is larger, or has more than `MAX_DATA_DIMENSIONS` dimensions.
    """
    # A length of 0 makes the array empty, however many rows it has; each row still gets a label.
    lengths = [max(length, 1) for length in (*shape, itemsize)]
    if (
        len(shape) > MAX_DATA_DIMENSIONS
        or min(shape, default=0) < 0
        or _exceeds(lengths, MAX_DATA_BYTES)
    ):
        shown = ", ".join(f"{length:.6g}" for length in shape[:MAX_DATA_DIMENSIONS])
        raise DataError(
            f"{path}: the header declares an array of shape ({shown}) with {itemsize} bytes per"
            f" value, expected at most {MAX_DATA_BYTES:,} bytes; split the file, or check that its"
            " header is not damaged"
        )
    return math.prod(shape) * itemsize


def _exceeds(lengths: Iterable[int], limit: int) -> bool:
    """Return whether a product exceeds a limit; stop early, so that no huge integer is computed."""
    product = 1
    for length in lengths:
        product *= length
        if product > limit:
            return True
    return False


def read_all(path: Path, *, max_bytes: int = MAX_DATA_BYTES) -> bytes:
    """Return the content of a file, decompressed if it is gzip.

    Raises
    ------
    DataError
        If the content is larger than `max_bytes`.
    """
    with open_bytes(path) as stream:
        content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise DataError(
            f"{path}: holds more than {max_bytes:,} bytes decompressed; split it into smaller files"
        )
    return content


@contextlib.contextmanager
def gzip_stream(stream: IO[bytes], *, enabled: bool) -> Iterator[IO[bytes]]:
    """Write through gzip if `enabled`; equal content gives equal bytes, as no time is stored."""
    if not enabled:
        yield stream
        return
    wrapper: Any = gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=6, mtime=0)
    with wrapper:
        yield wrapper
