"""What the verbs share: text and JSON on stdout, messages to stderr, tables, a progress bar.

All text passes `printable` on its way out: names, labels and messages may quote what a file holds.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from numerals.errors import ImageError
from numerals.printable import json_text, printable

T = TypeVar("T")


def set_up_streams() -> None:
    """Let no output fail for a character that the terminal's encoding lacks: it is escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(text: object, *, end: str = "\n") -> None:
    """Print text to stdout, of several lines if need be."""
    print(printable(str(text), keep="\n\t"), end=end, flush=True)


def say_json(value: Any, indent: int | None = None) -> None:
    """Print plain values to stdout as JSON: exact, whatever the terminal can show."""
    print(json_text(value, getattr(sys.stdout, "encoding", None), indent), flush=True)


def warn(message: object) -> None:
    """Print a message to stderr, so that results can be piped."""
    print(f"numerals: {printable(str(message))}", file=sys.stderr, flush=True)


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
            say("\t".join(printable(str(cell)) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, show_header=any(header), box=None)
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    Console().print(table)
