"""Translate the exceptions of decoders to `ImageError`, with the name of the source."""

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from numerals.errors import ImageError, ImageTooLargeError, MissingExtraError

_BYTES = re.compile(r"""\bb(['"])(.*?)\1""")
_OBJECT = re.compile(r"<[\w.]+ object at 0x[0-9a-fA-F]+>")

DAMAGED = "open it in a viewer and save it again, or scan it again"
TRUNCATED = "is truncated: its end is missing; copy or download it again"


@contextmanager
def translate_decode_errors(where: str) -> Iterator[None]:
    """Raise an `ImageError` that begins with `where` for every failure inside the block.

    For hostile bytes, decoders raise nearly any exception (``SyntaxError`` and ``struct.error``
    are common), so all of them are caught. Code inside the block raises `ImageError` without the
    name of the source, which is added here.

    Parameters
    ----------
    where : str
        Name of the source, with the page number if there are several pages.

    Raises
    ------
    ImageError
        For every exception but `MissingExtraError`.
    MissingExtraError
        With the name of the source added.
    """
    try:
        with _warnings_suppressed:
            yield
    except MissingExtraError as error:
        raise MissingExtraError(f"{where}: {error.needs}", error.extra) from error.__cause__
    except ImageError as error:
        raise type(error)(f"{where}: {error}") from error.__cause__
    except Image.DecompressionBombError as error:
        raise ImageTooLargeError(
            f"{where}: has more pixels than Pillow allows ({_first_line(error)}); save it smaller"
        ) from error
    except MemoryError as error:
        raise ImageTooLargeError(
            f"{where}: does not fit into memory; save it smaller, or close other programs"
        ) from error
    except Exception as error:
        raise ImageError(f"{where}: {_describe(error)}") from error


def unread_page_message(failed: int) -> str:
    """Return why a page was not read, if the page `failed` before it could not be decoded."""
    return f"not read, because page {failed} could not be read; repair the file, or split it"


def _describe(error: Exception) -> str:
    detail = _first_line(error)
    if isinstance(error, UnidentifiedImageError):
        return f"is damaged: its header cannot be read; {DAMAGED}"
    if isinstance(error, EOFError) or "truncated" in detail.lower():
        return TRUNCATED
    return f"is damaged ({detail}); {DAMAGED}"


def _first_line(error: Exception) -> str:
    """Return the first line of a message, with bytes and object addresses made readable."""
    lines = str(error).strip().splitlines()
    if not lines:
        return type(error).__name__
    text = _BYTES.sub(r'"\2"', lines[0])
    return _OBJECT.sub("the file", text)[:200]


class _SuppressWarnings:
    """Suppresses the warnings of decoders, in several threads at once.

    ``warnings.catch_warnings`` restores the filters found on entry, so overlapping blocks in two
    threads could leave the filters changed. Here only the first thread to enter and the last to
    leave change the filters.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._filters = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._users == 0:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif|pypdfium2)\b")
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._filters.__exit__(None, None, None)


_warnings_suppressed = _SuppressWarnings()
