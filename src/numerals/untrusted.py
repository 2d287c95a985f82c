"""Translate the exceptions of parsers of untrusted files to errors of numerals.

For hostile bytes, parsers raise nearly any exception: ``SyntaxError`` from an npz header,
``RecursionError`` from TOML, ``struct.error``, ``MemoryError``. Every reader of such files uses
`reads_untrusted` or `reading_untrusted`, and raises only subclasses of `NumeralsError`.
"""

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from numerals.errors import DataError, DataNotFoundError, NumeralsError

P = ParamSpec("P")
R = TypeVar("R")

MAX_DETAIL = 200
"""Maximum number of characters that are quoted from the message of a library."""


@contextmanager
def reading_untrusted(
    path: str | Path,
    error: type[NumeralsError] = DataError,
    not_found: type[NumeralsError] | None = DataNotFoundError,
) -> Iterator[None]:
    """Raise an error that names the file for every failure inside the block.

    Errors of numerals pass unchanged, and so does `BrokenPipeError`, which no file causes.

    Parameters
    ----------
    path : str or Path
        The file that is read, for messages.
    error : type, default=DataError
        Class of the error.
    not_found : type, default=DataNotFoundError
        Class of the error if the file does not exist; None for `error`.
    """
    try:
        yield
    except (NumeralsError, BrokenPipeError):
        raise
    except FileNotFoundError as cause:
        raise (not_found or error)(f"{path}: no such file; check the path") from cause
    except OSError as cause:
        reason = cause.strerror or cause
        raise error(f"{path}: cannot be read ({reason}); check path and permissions") from cause
    except MemoryError as cause:
        raise error(
            f"{path}: does not fit into memory; make it smaller, or close other programs"
        ) from cause
    except RecursionError as cause:
        raise error(
            f"{path}: is nested too deeply to be read; it is damaged: fetch or copy it again"
        ) from cause
    except UnicodeError as cause:
        raise error(f"{path}: is not text in UTF-8 ({_detail(cause)}); save it as UTF-8") from cause
    except Exception as cause:
        raise error(
            f"{path}: is damaged, or has another format than expected ({_detail(cause)}); fetch or "
            "copy it again"
        ) from cause


def reads_untrusted(
    error: type[NumeralsError] = DataError,
    not_found: type[NumeralsError] | None = DataNotFoundError,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator for functions with a path as first argument; see `reading_untrusted`.

    Parameters
    ----------
    error, not_found : type
        As in `reading_untrusted`.
    """

    def decorate(read: Callable[P, R]) -> Callable[P, R]:
        @wraps(read)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            path = args[0] if args else next(iter(kwargs.values()))
            with reading_untrusted(str(path), error, not_found):
                return read(*args, **kwargs)

        return wrapper

    return decorate


def read_bounded(
    path: Path,
    max_bytes: int,
    error: type[NumeralsError] = DataError,
    not_found: type[NumeralsError] | None = DataNotFoundError,
) -> bytes:
    """Return the bytes of a regular file of limited size.

    Pipes and devices are refused, since reading them may not end.

    Parameters
    ----------
    path : Path
    max_bytes : int
    error, not_found : type
        As in `reading_untrusted`.

    Raises
    ------
    error
        If the file is too large, not a regular file, or cannot be read.
    not_found
        If it does not exist.
    """
    with reading_untrusted(path, error, not_found):
        if "\0" in str(path):
            raise error(f"{str(path)!r}: the name contains a null character; name another file")
        if not stat.S_ISREG(path.stat().st_mode):
            raise error(f"{path}: is a folder, pipe or device, expected a file; name a file")
        with path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise error(
                f"{path}: has more than {max_bytes:,} bytes, which is the limit; make it smaller"
            )
        return content


def _detail(cause: Exception) -> str:
    lines = str(cause).strip().splitlines()
    detail = lines[0][:MAX_DETAIL] if lines else ""
    return f"{type(cause).__name__}: {detail}" if detail else type(cause).__name__
