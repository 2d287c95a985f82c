"""The bytes of a form (multipart/form-data, RFC 7578) -> its files, in memory alone.

Starlette's parser works on the event loop, a call for each carriage return in a picture, and writes
files of more than 1 MB to the disk. Here a form is split in a thread, where it lies.
"""

from collections.abc import Iterator

from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException

MAX_PARTS = 220
"""200 files and some fields beside them."""
_MAX_BOUNDARY = 70  # characters, as RFC 2046 says
_MAX_HEAD = 8192  # bytes of a part's headers


def parse_files(content: bytes, content_type: str, field: str) -> list[tuple[str, bytes]]:
    """Return name and content of the files that a form holds in a field.

    Parameters
    ----------
    content : bytes
        The body.
    content_type : str
        The header, which names the boundary between the parts.
    field : str

    Raises
    ------
    HTTPException
        400 if it is no form, 413 if it has too many parts.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= _MAX_BOUNDARY:
        raise _unreadable("its Content-Type names no boundary of 1 to 70 characters")
    found = []
    for head, body in _parts(content, b"--" + boundary):
        options = _disposition(head)
        # A field without a file name is text.
        if options.get(b"name") == field.encode() and b"filename" in options:
            found.append((options[b"filename"].decode("utf-8", "replace"), body))
    return found


def _parts(content: bytes, delimiter: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield head and body of each part."""
    # What stands before the first delimiter and after the last is no part.
    pieces = (b"\r\n" + content).split(b"\r\n" + delimiter, MAX_PARTS + 1)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        if len(pieces) == MAX_PARTS + 2:
            raise HTTPException(
                413, f"the form has more than {MAX_PARTS} parts; send fewer at once"
            )
        raise _unreadable("it does not end with its boundary; send it anew")
    for piece in pieces[1:-1]:
        # Spaces may follow the delimiter.
        padding, line_end, part = piece.partition(b"\r\n")
        head, blank, body = (b"\r\n" + part).partition(b"\r\n\r\n")
        if padding.strip(b" \t") or not line_end or not blank or len(head) > _MAX_HEAD:
            raise _unreadable("a part of it has no head that ends")
        yield head, body


def _disposition(head: bytes) -> dict[bytes, bytes]:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            return parse_options_header(value.strip())[1]
    return {}


def _unreadable(why: str) -> HTTPException:
    return HTTPException(400, f"the form (multipart/form-data) cannot be read: {why}")
