"""Parse multipart forms (multipart/form-data, RFC 7578) in memory.

Starlette's parser runs on the event loop with a call for each carriage return in a picture, and
writes files of more than 1 MB to disk. This parser runs in a worker thread and writes nothing.
"""

from collections.abc import Iterator

from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException

MAX_PARTS = 220
"""Maximum number of parts in a form: 200 files and a few fields."""
_MAX_BOUNDARY = 70  # characters, from RFC 2046
_MAX_PART_HEADERS = 8192  # bytes


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
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= _MAX_BOUNDARY:
        raise _malformed(f"its Content-Type has no boundary of 1 to {_MAX_BOUNDARY} characters")
    files = []
    for headers, body in _split_parts(content, b"--" + boundary):
        options = _parse_disposition(headers)
        # A field without a file name is text.
        if options.get(b"name") == field.encode() and b"filename" in options:
            files.append((options[b"filename"].decode("utf-8", "replace"), body))
    return files


def _split_parts(content: bytes, delimiter: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers and the body of each part."""
    # The text before the first delimiter and after the last one is not a part.
    parts = (b"\r\n" + content).split(b"\r\n" + delimiter, MAX_PARTS + 1)
    if len(parts) < 3 or not parts[-1].startswith(b"--"):
        if len(parts) == MAX_PARTS + 2:
            raise HTTPException(
                413, f"the form has more than {MAX_PARTS} parts; send fewer files at once"
            )
        raise _malformed("it does not end with its boundary; send it again")
    for part in parts[1:-1]:
        # Spaces may follow the delimiter.
        padding, line_end, rest = part.partition(b"\r\n")
        headers, blank, body = (b"\r\n" + rest).partition(b"\r\n\r\n")
        if padding.strip(b" \t") or not line_end or not blank or len(headers) > _MAX_PART_HEADERS:
            raise _malformed("the headers of a part do not end")
        yield headers, body


def _parse_disposition(headers: bytes) -> dict[bytes, bytes]:
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            return parse_options_header(value.strip())[1]
    return {}


def _malformed(reason: str) -> HTTPException:
    return HTTPException(400, f"the form (multipart/form-data) cannot be parsed: {reason}")
