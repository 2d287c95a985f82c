"""Write readings as plain text."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from numerals.printable import printable
from numerals.records import REJECTED_TEXT, text_rows

if TYPE_CHECKING:
    from numerals.reading import FileResult


def write_text(
    results: Iterable["FileResult"], stream: TextIO, *, with_file_names: bool = False
) -> None:
    """Write a row of text for each line of writing, and for each row of a table.

    Lines that were not accepted are written as ``?``.

    Parameters
    ----------
    results : iterable of FileResult
    stream : text stream
        Flushed after each row.
    with_file_names : bool, default=False
        Whether each row begins with the file's name, a colon and a space.
    """
    for result in results:
        prefix = f"{printable(result.source)}: " if with_file_names else ""
        for text in _text_rows(result):
            _print(f"{prefix}{text}", stream)


def write_joined_text(results: Iterable["FileResult"], stream: TextIO) -> None:
    """Write the texts of all files as one row; a file without any text is written as ``?``.

    Parameters
    ----------
    results : iterable of FileResult
    stream : text stream
    """
    texts = []
    for result in results:
        answers = (line.answer for page in result.pages for line in page.lines)
        texts.append("".join(answers) or REJECTED_TEXT)
    _print("".join(texts), stream)


def _text_rows(result: "FileResult") -> Iterator[str]:
    for page in result.pages:
        yield from text_rows(page.lines, [line.answer for line in page.lines])


def _print(text: str, stream: TextIO) -> None:
    print(printable(text, keep="\n\t"), file=stream, flush=True)
