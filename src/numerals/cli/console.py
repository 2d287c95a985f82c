"""What the verbs share: messages to stderr, tables, and a progress bar for long work."""

import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO, TypeVar

import typer

from numerals.errors import ImageError

T = TypeVar("T")


def warn(message: str) -> None:
    """Print a message to stderr, so that results can be piped."""
    print(f"numerals: {message}", file=sys.stderr)


def escape_unencodable() -> None:
    """Let stdout and stderr write what their encoding lacks as ``\\udcff``, instead of failing.

    File names that are not UTF-8 come as such halves of characters, one for each byte from 128 on.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def json_line(content: Any, target: TextIO | None = None) -> str:
    """Return JSON of one line; in ASCII if the target, by default stdout, lacks a character.

    JSON has escapes of its own, which those of `escape_unencodable` must not replace.
    """
    text = json.dumps(content, ensure_ascii=False)
    encoding = getattr(target or sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(content)
    return text


def check_standard_input() -> None:
    """Raise `ImageError` unless something can be read from standard input.

    Raises
    ------
    ImageError
        If it is closed, or a terminal, on which nobody types a picture.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise ImageError("-: standard input is closed; name a file, or pipe a picture into it")
    if sys.stdin.isatty():
        raise ImageError(
            "-: standard input is a terminal; pipe a picture into it: numerals read - < photo.jpg"
        )


def with_progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Yield the items, with a progress bar on stderr if that is a terminal and there are many."""
    if total < 3 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    redirect = sys.stdout.isatty()  # results scroll above the bar; in a pipe they stay untouched
    with Progress(*columns, console=console, redirect_stdout=redirect, transient=True) as progress:
        yield from progress.track(items, total=total, description=what)


def print_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print for people on a terminal; elsewhere a line a row, cells apart by a tab."""
    if not sys.stdout.isatty():
        for row in ([header] if any(header) else []) + list(rows):
            typer.echo("\t".join(str(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, show_header=any(header), box=None)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    Console().print(table)
