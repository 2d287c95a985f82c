"""What the verbs share: messages to stderr, and a progress bar for long work on a terminal."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def warn(message: str) -> None:
    """Print a message to stderr, so that results can be piped."""
    print(f"numerals: {message}", file=sys.stderr)


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
