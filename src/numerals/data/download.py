"""One file from the network: bounded, checked, resumed where it broke off, whole or not there."""

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from numerals.data.data_files import MAX_BYTES, open_bytes
from numerals.errors import DataError, DataNotFoundError, NumeralsError

MAX_DOWNLOAD = 1 << 28
"""Most bytes that one download may take."""

_ATTEMPTS = 4
_PAUSE = 0.5  # seconds before the second attempt; doubles each time
_TIMEOUT = (10, 30)  # seconds to connect, and without a byte
_CHUNK = 1 << 16


class _Retry(Exception):
    """An attempt failed in a way that another may not."""


def download(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    max_bytes: int = MAX_DOWNLOAD,
    progress: bool | None = None,
) -> None:
    """Download a file.

    What arrived of a download that broke off is kept beside `target` as ``.part``; where the
    checksum is known, the next attempt goes on from there.

    Parameters
    ----------
    url : str
        Where it is.
    target : Path
        Where it goes, once it is whole and its checksum is right.
    sha256 : str, optional
        Of its content, decompressed where it is gzip.
    max_bytes : int, default=268435456
        Most bytes to accept.
    progress : bool, optional
        Whether to draw a progress bar on stderr; by default if that is a terminal.

    Raises
    ------
    DataNotFoundError
        If it cannot be had, or is larger than `max_bytes`, or its checksum is wrong.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _progress_bar(target.name, progress) as advance:
            _attempt_repeatedly(url, part, sha256, max_bytes, advance)
        part.replace(target)
    except OSError as error:
        if isinstance(error, NumeralsError):
            raise
        reason = error.strerror or error
        raise DataError(f"{target}: cannot be written ({reason}); check the folder") from error


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content, decompressed where it is gzip."""
    digest, n_bytes = hashlib.sha256(), 0
    with open_bytes(path) as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
            n_bytes += len(chunk)
            if n_bytes > MAX_BYTES:
                raise DataError(f"{path}: holds more than {MAX_BYTES:,} bytes; it is not trusted")
    return digest.hexdigest()


def _attempt_repeatedly(
    url: str, part: Path, sha256: str | None, max_bytes: int, advance: Callable[[int, int], None]
) -> None:
    for attempt in range(_ATTEMPTS):
        if sha256 is None:  # nothing would tell whether both halves belong together
            part.unlink(missing_ok=True)
        try:
            _fetch_rest(url, part, max_bytes, advance)
            _check(url, part, sha256)
            return
        except _Retry as error:
            if attempt + 1 == _ATTEMPTS:
                raise DataNotFoundError(f"{url}: {error} ({_ATTEMPTS} attempts)") from error
            time.sleep(_PAUSE * 2**attempt)


def _fetch_rest(url: str, part: Path, max_bytes: int, advance: Callable[[int, int], None]) -> None:
    import requests  # comes with pooch

    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as response:
            if (
                response.status_code == 416 and have
            ):  # nothing follows what we have, or it is another file
                return
            _check_status(url, response)
            if response.status_code != 206 or not _continues(response, have):
                have = 0
            total = have + int(response.headers.get("Content-Length", 0))
            if total > max_bytes:
                raise DataNotFoundError(f"{url}: {total:,} bytes; at most {max_bytes:,} are taken")
            with part.open("ab" if have else "wb") as stream:
                _save(url, response, stream, have, total, max_bytes, advance)
    except requests.RequestException as error:
        raise _Retry(f"no connection, or it broke off ({type(error).__name__})") from error


def _check_status(url: str, response: Any) -> None:
    status = response.status_code
    if status >= 500 or status == 429:
        raise _Retry(f"the server answers {status}")
    if status not in (200, 206):
        raise DataNotFoundError(f"{url}: the server answers {status}")


def _continues(response: Any, have: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {have}-")


def _save(
    url: str,
    response: Any,
    stream: IO[bytes],
    have: int,
    total: int,
    max_bytes: int,
    advance: Callable[[int, int], None],
) -> None:
    for chunk in response.iter_content(_CHUNK):
        have += len(chunk)
        if have > max_bytes:
            raise DataNotFoundError(f"{url}: more than {max_bytes:,} bytes are not taken")
        stream.write(chunk)
        advance(have, total)
    if have < total:
        raise _Retry(f"broke off after {have:,} of {total:,} bytes")


def _check(url: str, part: Path, sha256: str | None) -> None:
    """Compare the checksum; a file that fails is removed, so that the next attempt begins anew."""
    if sha256 is None:
        return
    try:
        found = content_sha256(part)
    except DataError as error:
        found = f"a damaged file ({error})"
    if found != sha256:
        part.unlink(missing_ok=True)
        raise _Retry(f"found SHA-256 {found}, expected {sha256}")


@contextlib.contextmanager
def _progress_bar(name: str, wanted: bool | None) -> Iterator[Callable[[int, int], None]]:
    """Draw a bar on stderr; the callable is told how many bytes of how many are there."""
    if wanted is None:
        wanted = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    if not wanted:
        yield lambda have, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn(name), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda have, total: progress.update(task, completed=have, total=total or None)
