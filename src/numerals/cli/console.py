"""Output of the verbs: text and JSON on stdout, messages on stderr, tables, a progress bar.

All text is escaped by `printable`, since names, labels and messages can quote file contents.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

from numerals.errors import ImageError
from numerals.printable import json_text, printable

T = TypeVar("T")

MIN_PROGRESS_ITEMS = 3
"""Number of items from which a progress bar is shown."""


def set_up_streams() -> None:
    """Make stdout and stderr escape characters that their encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def print_text(text: object, *, end: str = "\n") -> None:
    """Print text of one or several lines to stdout."""
    print(printable(str(text), keep="\n\t"), end=end, flush=True)


def print_json(value: Any, indent: int | None = None) -> None:
    """Print a value as JSON to stdout, with escapes for characters that the encoding lacks."""
    print(json_text(value, getattr(sys.stdout, "encoding", None), indent), flush=True)


def warn(message: object) -> None:
    """Print a message to stderr."""
    print(f"numerals: {printable(str(message))}", file=sys.stderr, flush=True)


def can_print(text: str) -> bool:
    """Return whether the encoding of stdout has the characters of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def bar_mark() -> str:
    """Return the character that bars on stdout are drawn with: a block, or ``#`` without it."""
    return "\N{FULL BLOCK}" if can_print("\N{FULL BLOCK}") else "#"


def check_standard_input() -> None:
    """Check that an image can be read from standard input.

    Raises
    ------
    ImageError
        If standard input is closed, or a terminal.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise ImageError("-: standard input is closed; give a file, or pipe an image")
    if sys.stdin.isatty():
        raise ImageError(
            "-: standard input is a terminal; pipe an image: numerals read - < photo.jpg"
        )


def with_progress(
    items: Iterable[T], total: int | Callable[[], int | None], description: str
) -> Iterator[T]:
    """Yield the items, with a progress bar if stderr is a terminal and there are several items.

    Parameters
    ----------
    items : iterable
    total : int or callable
        Number of items, or a function that counts them in another thread while the bar already
        moves; None if they cannot be counted.
    description : str

    Yields
    ------
    object
        The items.
    """
    with progress_bar(total, description) as update:
        for n_done, item in enumerate(items, start=1):
            yield item
            update(n_done)


@contextmanager
def progress_bar(
    total: int | Callable[[], int | None], description: str
) -> Iterator[Callable[[int], None]]:
    """Show a progress bar with the rate and the remaining time; parameters as in `with_progress`.

    Yields
    ------
    callable (int)
        Shows how many items are done.
    """
    is_long = callable(total) or total >= MIN_PROGRESS_ITEMS
    if not is_long or not sys.stderr.isatty():
        yield lambda n_done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    rate = "{task.fields[rate]}"
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    console = Console(stderr=True)
    redirect = sys.stdout.isatty()  # print results above the bar; leave a pipe as it is
    with Progress(*columns, console=console, redirect_stdout=redirect, transient=True) as progress:
        known = None if callable(total) else total
        task = progress.add_task(description, total=known, rate="")
        if callable(total):
            count = total
            Thread(target=lambda: progress.update(task, total=count()), daemon=True).start()
        started: list[tuple[int, float]] = []  # items that were done at first, and when

        def update(n_done: int) -> None:
            now = time.monotonic()
            started.extend([] if started else [(n_done, now)])
            n_before, since = started[0]
            rate = f"{(n_done - n_before) / max(now - since, 0.001):,.1f}/s"
            progress.update(task, completed=n_done, rate=rate)

        yield update


def print_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print an aligned table to a terminal, or tab-separated rows elsewhere."""
    if not sys.stdout.isatty():
        for row in ([header] if any(header) else []) + list(rows):
            print_text("\t".join(printable(str(cell)) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, show_header=any(header), box=None)
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    Console().print(table)
