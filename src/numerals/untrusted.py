"""Reading files that anybody may have written: whatever goes wrong is one error of ours.

Parsers answer hostile bytes with nearly any exception: ``SyntaxError`` from an npz header,
``RecursionError`` from TOML, ``struct.error``, ``MemoryError``. Each reader of such files is
decorated with `reads_untrusted`, or has its work inside `reading_untrusted`, and raises only what
derives from `NumeralsError`.
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
"""Characters of a library's own message that are repeated."""


@contextmanager
def reading_untrusted(
    path: str | Path,
    error: type[NumeralsError] = DataError,
    not_found: type[NumeralsError] | None = DataNotFoundError,
) -> Iterator[None]:
    """Turn every failure inside the block into an error that names the file.

    Errors of ours pass as they are, and so does `BrokenPipeError`, which no file causes.

    Parameters
    ----------
    path : str or Path
        The file that is read, for messages.
    error : type, default=DataError
        What to raise.
    not_found : type, default=DataNotFoundError
        What to raise where there is no such file; None for `error`.
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
        raise error(f"{path}: is nested too deeply to be read; it is damaged or forged") from cause
    except UnicodeError as cause:
        raise error(f"{path}: is not text in UTF-8 ({_detail(cause)}); save it as UTF-8") from cause
    except Exception as cause:
        raise error(
            f"{path}: is damaged, or not of the kind that it is read as ({_detail(cause)}); fetch "
            "or copy it again"
        ) from cause


def reads_untrusted(
    error: type[NumeralsError] = DataError,
    not_found: type[NumeralsError] | None = DataNotFoundError,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function whose first argument is a file: see `reading_untrusted`."""

    def decorate(read: Callable[P, R]) -> Callable[P, R]:
        @wraps(read)
        def reads(*args: P.args, **kwargs: P.kwargs) -> R:
            path = args[0] if args else next(iter(kwargs.values()))
            with reading_untrusted(str(path), error, not_found):
                return read(*args, **kwargs)

        return reads

    return decorate


def read_bounded(
    path: Path,
    max_bytes: int,
    error: type[NumeralsError] = DataError,
    not_found: type[NumeralsError] | None = DataNotFoundError,
) -> bytes:
    """Return a file's bytes, if it is a file and not too large.

    Pipes and devices are refused: to read them may never end.

    Raises
    ------
    error
        If it is neither, or cannot be read.
    """
    with reading_untrusted(path, error, not_found):
        if "\0" in str(path):
            raise error(f"{str(path)!r}: no file can have this name")
        if not stat.S_ISREG(path.stat().st_mode):
            raise error(f"{path}: is not a file, but a folder, pipe or device; name a file")
        with path.open("rb") as stream:
            content = stream.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise error(f"{path}: has more than {max_bytes:,} bytes; make it smaller")
        return content


def _detail(cause: Exception) -> str:
    lines = str(cause).strip().splitlines()
    detail = lines[0][:MAX_DETAIL] if lines else ""
    return f"{type(cause).__name__}: {detail}" if detail else type(cause).__name__
