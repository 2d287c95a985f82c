"""Download one file: limited in size, verified by checksum, resumable, atomic."""

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from numerals.data.bounded_files import MAX_DATA_BYTES, open_bytes
from numerals.errors import DataError, DataNotFoundError, NumeralsError

MAX_DOWNLOAD = 1 << 28
"""Default maximum size of a download, bytes."""

_MAX_ATTEMPTS = 4
_RETRY_DELAY = 0.5  # seconds before the second attempt; doubles with each attempt
_HTTP_TIMEOUTS = (10, 30)  # seconds: to connect, between two bytes
_CHUNK_BYTES = 1 << 16

_Progress = Callable[[int, int], None]  # called with bytes received and bytes expected


class _TemporaryError(Exception):
    """An attempt failed, but another attempt may succeed."""


def download(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    max_bytes: int = MAX_DOWNLOAD,
    progress: bool | None = None,
) -> None:
    """Download a file.

    An interrupted download is kept beside `target` with the suffix ``.part``. If the checksum is
    known, the next attempt resumes it.

    Parameters
    ----------
    url : str
        Address of the file.
    target : Path
        File to write. It is created only when the download is complete and its checksum matches.
    sha256 : str, optional
        SHA-256 of the content, decompressed if it is gzip.
    max_bytes : int, default=268435456
        Maximum size of the download.
    progress : bool, optional
        Whether to show a progress bar on stderr; by default only if stderr is a terminal.

    Raises
    ------
    DataNotFoundError
        If the download fails, is larger than `max_bytes`, or its checksum does not match.
    DataError
        If `target` cannot be written.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _progress_bar(target.name, progress) as report:
            _attempt_repeatedly(url, part, sha256, max_bytes, report)
        part.replace(target)
    except OSError as error:
        if isinstance(error, NumeralsError):
            raise
        reason = error.strerror or error
        raise DataError(f"{target}: cannot be written ({reason}); check the folder") from error


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of the content of a file, decompressed if it is gzip."""
    digest, n_bytes = hashlib.sha256(), 0
    with open_bytes(path) as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
            n_bytes += len(chunk)
            if n_bytes > MAX_DATA_BYTES:
                raise DataError(
                    f"{path}: got more than {MAX_DATA_BYTES:,} bytes decompressed, more than any"
                    " file of the catalogue has; fetch it again"
                )
    return digest.hexdigest()


def _attempt_repeatedly(
    url: str, part: Path, sha256: str | None, max_bytes: int, report: _Progress
) -> None:
    for attempt in range(_MAX_ATTEMPTS):
        if sha256 is None:  # without a checksum, two halves of different files go unnoticed
            part.unlink(missing_ok=True)
        try:
            _resume(url, part, max_bytes, report)
            _check_sha256(part, sha256)
            return
        except _TemporaryError as error:
            if attempt + 1 == _MAX_ATTEMPTS:
                raise DataNotFoundError(
                    f"{url}: {error} ({_MAX_ATTEMPTS} attempts); try again later, or download it by"
                    " hand"
                ) from error
            time.sleep(_RETRY_DELAY * 2**attempt)


def _resume(url: str, part: Path, max_bytes: int, report: _Progress) -> None:
    """Download what is missing from `part`, or all of it if the server does not support ranges."""
    import requests

    n_received = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if n_received:
        headers["Range"] = f"bytes={n_received}-"
    try:
        with requests.get(url, headers=headers, stream=True, timeout=_HTTP_TIMEOUTS) as response:
            if response.status_code == 416 and n_received:
                return  # the file is complete, or another one; its checksum decides
            _check_status(url, response)
            if response.status_code != 206 or not _is_continuation(response, n_received):
                n_received = 0
            n_expected = n_received + int(response.headers.get("Content-Length", 0))
            if n_expected > max_bytes:
                raise DataNotFoundError(_size_message(url, f"{n_expected:,}", max_bytes))
            with part.open("ab" if n_received else "wb") as stream:
                for chunk in response.iter_content(_CHUNK_BYTES):
                    n_received += len(chunk)
                    if n_received > max_bytes:
                        raise DataNotFoundError(_size_message(url, "more", max_bytes))
                    stream.write(chunk)
                    report(n_received, n_expected)
            if n_received < n_expected:
                raise _TemporaryError(f"broke off after {n_received:,} of {n_expected:,} bytes")
    except requests.RequestException as error:
        raise _TemporaryError(f"no connection, or it broke off ({type(error).__name__})") from error


def _check_status(url: str, response: Any) -> None:
    status = response.status_code
    if status >= 500 or status == 429:
        raise _TemporaryError(f"the server answers {status}")
    if status not in (200, 206):
        raise DataNotFoundError(
            f"{url}: the server answers {status}, expected 200; download the file by hand"
        )


def _is_continuation(response: Any, n_received: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {n_received}-")


def _size_message(url: str, n_bytes: str, max_bytes: int) -> str:
    return (
        f"{url}: got {n_bytes} bytes, expected at most {max_bytes:,}; it is not the published file:"
        " download it by hand"
    )


def _check_sha256(part: Path, sha256: str | None) -> None:
    """Compare the checksum; delete the file if it differs, so that the next attempt restarts."""
    if sha256 is None:
        return
    try:
        actual = content_sha256(part)
    except DataError as error:
        actual = f"of a damaged file ({error})"
    if actual != sha256:
        part.unlink(missing_ok=True)
        raise _TemporaryError(f"got SHA-256 {actual}, expected {sha256}")


@contextlib.contextmanager
def _progress_bar(name: str, enabled: bool | None) -> Iterator[_Progress]:
    """Show a progress bar on stderr; yield the function that updates it."""
    if enabled is None:
        enabled = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    if not enabled:
        yield lambda n_received, n_expected: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn(name), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=None)
        yield lambda n_received, n_expected: progress.update(
            task, completed=n_received, total=n_expected or None
        )
