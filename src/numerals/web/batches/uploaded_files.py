"""Receive the files of a request on disk, and add them to a batch."""

import asyncio
import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from numerals.errors import ImageError
from numerals.images.decode import sniff
from numerals.images.path_patterns import SUFFIXES
from numerals.private_files import open_private_file
from numerals.store.batch_files import BatchFiles
from numerals.store.batch_items import Item, NewItem
from numerals.web.multipart_form import find_files

FILES_FIELD = "files"
"""Field of the form that holds the files."""
MAX_NAME = 300
"""Maximum length of a file's name with its folders, characters."""
_CHUNK = 1 << 20  # bytes that are written at once
_SNIFFED = 1024  # bytes that show the format of a file


@dataclass(frozen=True)
class SkippedFile:
    """A file that was not added, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class AddedFiles:
    """The files of one request.

    Attributes
    ----------
    items : list of (Item, bool)
        The item of each file, and whether it is new.
    skipped : list of SkippedFile
    """

    items: list[tuple[Item, bool]]
    skipped: list[SkippedFile]


async def receive_to_file(receive: Receive, path: Path) -> None:
    """Write a body to a new private file, without holding it in memory.

    Raises
    ------
    ClientDisconnect
        If the connection ends before the body.
    """
    with await asyncio.to_thread(open_private_file, path) as stream:
        chunks: list[bytes] = []
        n_buffered, is_complete = 0, False
        while not is_complete:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunks.append(message.get("body", b""))
            n_buffered += len(chunks[-1])
            is_complete = not message.get("more_body", False)
            if n_buffered >= _CHUNK or is_complete:
                await asyncio.to_thread(stream.write, b"".join(chunks))
                chunks, n_buffered = [], 0


def add_form(files: BatchFiles, batch_id: int, body: Path, content_type: str) -> AddedFiles:
    """Add the files of a form to a batch.

    Parameters
    ----------
    files : BatchFiles
    batch_id : int
    body : Path
        The body of the request, in a folder of `BatchFiles.receive`.
    content_type : str

    Returns
    -------
    AddedFiles

    Raises
    ------
    HTTPException
        415 for other content types, 400 if the form is malformed, 422 if it has no file.
    NotStoredError
        If the batch does not exist.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise HTTPException(
            415,
            f"the content type {media_type[:60]!r} is not a form; send multipart/form-data with "
            f"files in the field {FILES_FIELD}",
        )
    skipped: list[SkippedFile] = []
    new: list[tuple[NewItem, Path]] = []
    with _mapped(body) as content:
        found = find_files(content, content_type, FILES_FIELD)
        if not found:
            raise HTTPException(
                422, f"the form has no file in the field {FILES_FIELD}; add at least one"
            )
        for number, (raw_name, start, stop) in enumerate(found):
            name = clean_path(raw_name)
            reason = skip_reason(name, content[start : min(stop, start + _SNIFFED)])
            if reason:
                skipped.append(SkippedFile(name, reason))
                continue
            path = body.with_name(str(number))
            sha256 = _copy(content, start, stop, path)
            new.append((NewItem(name, sha256, stop - start), path))
    return AddedFiles(files.add(batch_id, new), skipped)


def clean_path(name: str) -> str:
    r"""Return a relative path with slashes, printable, and not too long.

    Examples
    --------
    >>> clean_path("C:\\scans\\../a.png"), clean_path("/box 1/a.png"), clean_path("..")
    ('C:/scans/a.png', 'box 1/a.png', 'picture')
    """
    printable = "".join(c for c in name.replace("\\", "/") if c.isprintable())
    valid = printable.encode("utf-8", "ignore").decode("utf-8")
    parts = (part.strip() for part in valid.split("/"))
    kept = "/".join(part for part in parts if part not in ("", ".", ".."))
    return kept[-MAX_NAME:].lstrip("/") or "picture"


def skip_reason(name: str, start: bytes) -> str | None:
    """Return why a file is not added to a batch; None if it is a picture or PDF.

    A file with the suffix of a picture is added, so that it is shown if it is damaged.

    Parameters
    ----------
    name : str
        Its path, with slashes.
    start : bytes
        The first kB of its content.
    """
    path = PurePosixPath(name)
    if any(part.startswith((".", "__MACOSX")) for part in path.parts):
        return "is a hidden file"
    if path.suffix.lower() in SUFFIXES:
        return None
    try:
        sniff(start)
    except ImageError:
        return "is not a picture or PDF"
    return None


@contextlib.contextmanager
def _mapped(path: Path) -> Iterator[bytes | mmap]:
    """Yield the content of a file, mapped into memory; an empty file cannot be mapped."""
    with path.open("rb") as stream:
        if path.stat().st_size == 0:
            yield b""
            return
        with mmap(stream.fileno(), 0, access=ACCESS_READ) as content:
            yield content


def _copy(content: bytes | mmap, start: int, stop: int, path: Path) -> str:
    """Write a part of a body to a new private file; return its SHA-256."""
    digest = hashlib.sha256()
    with open_private_file(path) as stream:
        for place in range(start, stop, _CHUNK):
            chunk = content[place : min(stop, place + _CHUNK)]
            digest.update(chunk)
            stream.write(chunk)
    return digest.hexdigest()
