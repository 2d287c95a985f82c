"""Parse multipart forms (multipart/form-data, RFC 7578) without copying their parts.

Starlette's parser runs on the event loop with a call for each carriage return in a picture, and
writes files of more than 1 MB to disk. This parser runs in a worker thread and writes nothing.
Bodies with many files are in a file on the disk, which `numerals.web.batches.uploaded_files` maps.
"""

from collections.abc import Iterator
from itertools import islice, pairwise
from mmap import mmap

from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException

MAX_PARTS = 220
"""Maximum number of parts in a form: 200 files and a few fields."""
_MAX_BOUNDARY = 70  # characters, from RFC 2046
_MAX_PART_HEADERS = 8192  # bytes
_MAX_PADDING = 64  # bytes after a delimiter


def parse_files(content: bytes, content_type: str, field: str) -> list[tuple[str, bytes]]:
    """Return the file names and the contents of the files in a form field.

    Parameters
    ----------
    content : bytes
        The body.
    content_type : str
        The Content-Type header; it contains the boundary between the parts.
    field : str

    Raises
    ------
    HTTPException
        400 if the form is malformed, 413 if it has too many parts.
    """
    found = find_files(content, content_type, field)
    return [(name, content[start:stop]) for name, start, stop in found]


def find_files(content: bytes | mmap, content_type: str, field: str) -> list[tuple[str, int, int]]:
    """Return the names of the files in a form field, and where their contents are in the body.

    Parameters
    ----------
    content : bytes or mmap
        The body; its parts are not copied.
    content_type, field : str
        As in `parse_files`, and so are the errors.

    Returns
    -------
    list of (str, int, int)
        File name, and the first index of the content and the one after it.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= _MAX_BOUNDARY:
        raise _malformed(f"its Content-Type has no boundary of 1 to {_MAX_BOUNDARY} characters")
    files = []
    for headers, start, stop in _split_parts(content, b"--" + boundary):
        options = _parse_disposition(headers)
        # A field without a file name is text.
        if options.get(b"name") == field.encode() and b"filename" in options:
            files.append((options[b"filename"].decode("utf-8", "replace"), start, stop))
    return files


def _split_parts(content: bytes | mmap, delimiter: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the headers of each part, and the start and end of its body."""
    # The text before the first delimiter and after the last one is not a part.
    places = list(islice(_find_delimiters(content, delimiter), MAX_PARTS + 1))
    is_closed = bool(places) and content[places[-1][1] : places[-1][1] + 2] == b"--"
    if len(places) == MAX_PARTS + 1 and not is_closed:
        raise HTTPException(
            413, f"the form has more than {MAX_PARTS} parts; send fewer files at once"
        )
    if len(places) < 2 or not is_closed:
        raise _malformed("it does not end with its boundary; send it again")
    for (_, start), (stop, _) in pairwise(places):
        # Spaces may follow the delimiter.
        head = content[start : min(stop, start + _MAX_PART_HEADERS + _MAX_PADDING)]
        padding, line_end, rest = head.partition(b"\r\n")
        headers, blank, _ = (b"\r\n" + rest).partition(b"\r\n\r\n")
        if padding.strip(b" \t") or not line_end or not blank or len(headers) > _MAX_PART_HEADERS:
            raise _malformed("the headers of a part do not end")
        yield headers, start + len(padding) + len(headers) + len(blank), stop


def _find_delimiters(content: bytes | mmap, delimiter: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each delimiter starts, with the line end before it, and where it ends."""
    if content[: len(delimiter)] == delimiter:
        yield 0, len(delimiter)
    line = b"\r\n" + delimiter
    place = content.find(line)
    while place >= 0:
        yield place, place + len(line)
        place = content.find(line, place + len(line))


def _parse_disposition(headers: bytes) -> dict[bytes, bytes]:
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            return parse_options_header(value.strip())[1]
    return {}


def _malformed(reason: str) -> HTTPException:
    return HTTPException(400, f"the form (multipart/form-data) cannot be parsed: {reason}")
