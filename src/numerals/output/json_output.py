"""Write readings as JSON lines."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from numerals.printable import json_text

if TYPE_CHECKING:
    from numerals.reading import FileResult


def write_json_lines(results: Iterable["FileResult"], stream: TextIO) -> None:
    """Write a JSON object for each file, one per line.

    Parameters
    ----------
    results : iterable of FileResult
    stream : text stream
        Flushed after each line. Characters that its encoding lacks are escaped.
    """
    for result in results:
        text = json_text(result.to_dict(), getattr(stream, "encoding", None))
        print(text, file=stream, flush=True)
