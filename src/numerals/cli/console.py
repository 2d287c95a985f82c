"""What the verbs share: messages to stderr, tables, and a progress bar for long work."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import typer

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
