"""``numerals store``: list, show, export and delete stored readings."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli.console import print_json, print_table, print_text, warn
from numerals.cli.usage import UsageError
from numerals.cli.verb_command import VerbCommand, VerbGroup, examples
from numerals.errors import NotStoredError, StoreError
from numerals.extras import requires_extra
from numerals.printable import printable

if TYPE_CHECKING:
    from numerals.store import Store
    from numerals.store.stored_readings import Selection, StoredReading

app = typer.Typer(
    name="store",
    cls=VerbGroup,
    help="The store: list, show, export and delete readings and corrections.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_Url = Annotated[
    str | None,
    typer.Option(
        "--store-url",
        metavar="URL",
        help="The store: sqlite:///FILE or postgresql://... "
        "\\[default: NUMERALS_STORE, or a file in the user's data folder]",
    ),
]
_Ids = Annotated[
    list[int] | None,
    typer.Option("--id", metavar="N", help="Only the reading with this id; repeatable."),
]
_Before = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Only readings before this date, such as 2026-11-23 (UTC)."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(
    cls=VerbCommand, epilog=examples("numerals store path", 'ls -l "$(numerals store path)"*')
)
def path(store_url: _Url = None) -> None:
    """Print the location of the store: its file, or its URL without the password."""
    _check_extra()
    from numerals.store import default_url, display_url, parse_url
    from numerals.store.urls import sqlite_path

    url = parse_url(default_url() if store_url is None else store_url)
    print_text(sqlite_path(url) or display_url(url))


@app.command(
    "list",
    cls=VerbCommand,
    epilog=examples("numerals store list", "numerals store list --before 2026-11-01 --json"),
)
def list_stored(
    store_url: _Url = None,
    before: _Before = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="Maximum number of rows.")] = 100,
    as_json: _Json = False,
) -> None:
    """List the readings, newest first: one row per file."""
    with _open_existing(store_url) as store:
        from numerals.store.stored_readings import list_readings

        readings = list_readings(store, _make_selection(None, before), limit + 1)
    shown = readings[:limit]
    if as_json:
        print_json([reading.to_dict() for reading in shown], indent=2)
    else:
        print_table(
            ("id", "read at", "pages", "lines", "answered", "picture kB", "model", "file"),
            (
                (
                    reading.id,
                    reading.read_at[:19],
                    reading.n_pages,
                    reading.n_lines,
                    reading.n_answered,
                    round(reading.n_bytes / 1000),
                    reading.model,
                    reading.source,
                )
                for reading in shown
            ),
        )
    if len(readings) > limit:
        warn(f"there are more than {limit} readings; raise --limit to list them")


@app.command(
    cls=VerbCommand, epilog=examples("numerals store show 17", "numerals store show 17 --json")
)
def show(
    number: Annotated[int, typer.Argument(metavar="ID", help="Id, as printed by list.")],
    store_url: _Url = None,
    as_json: _Json = False,
) -> None:
    """Show one reading: its lines, and who reviewed them."""
    with _open_existing(store_url) as store:
        from numerals.store.stored_readings import export_readings

        (reading,) = export_readings(store, _make_selection([number], None))
    for rows, key in (("pages", "picture"), ("lines", "crop")):
        for row in reading[rows]:  # the size of a picture instead of its bytes
            row[f"{key}_bytes"] = len(row.pop(key) or b"")
    if as_json:
        print_json(reading, indent=2)
        return
    print_text(
        printable(f"{reading['source']}, read {reading['read_at'][:19]} by {reading['model']}")
    )
    print_table(
        ("line id", "page", "line", "read", "confidence", "state", "text", "by", "at"),
        (
            (
                *(line[key] for key in ("id", "page", "line", "read")),
                f"{line['confidence']:.3f}",
                line["state"],
                line["text"],
                *_last_change(line["changes"]),
            )
            for line in reading["lines"]
        ),
    )


@app.command(
    cls=VerbCommand,
    epilog=examples("numerals store export all/", "numerals store export some/ --id 17 --id 18"),
)
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder.")],
    store_url: _Url = None,
    ids: _Ids = None,
    before: _Before = None,
) -> None:
    """Export readings to a folder of plain files that only you may read.

    readings.jsonl has one reading per line, with lines and changes; pages/ and lines/ have the
    pictures.
    """
    with _open_existing(store_url) as store:
        from numerals.store.reading_export import write_readings

        n_written = write_readings(store, out, _make_selection(ids, before))
    print_text(f"{out}\t{n_written}")


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals store delete --id 17",
        "numerals store delete --before 2026-11-01",
        "numerals store delete --all --yes",
    ),
)
def delete(
    store_url: _Url = None,
    ids: _Ids = None,
    before: _Before = None,
    all_readings: Annotated[bool, typer.Option("--all", help="All readings.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete readings permanently: with their lines, pictures, answers and changes.

    The database file is rewritten, so that it no longer contains them. Backups, exports, and
    models that were trained on them are not changed.
    """
    if (bool(ids) + (before is not None) + all_readings) != 1:
        raise UsageError("choose the readings to delete: one of --id, --before and --all")
    with _open_existing(store_url) as store:
        from numerals.store.stored_readings import compact, delete_readings, list_readings

        selection = _make_selection(ids, before)
        readings = list_readings(store, selection)
        if not readings:
            print_text("nothing to delete")
            return
        summary = _summarize(readings)
        if not yes:
            _confirm(f"delete {summary} from the store?")
        n_deleted = delete_readings(store, selection)
        is_as_listed = n_deleted == len(readings)
        print_text(f"deleted: {summary}" if is_as_listed else f"deleted: {n_deleted} readings")
        try:
            compact(store)
        except StoreError as error:
            raise StoreError(
                f"deleted, but the store could not be compacted: {error}; then run numerals store "
                "compact"
            ) from error


@app.command("compact", cls=VerbCommand, epilog=examples("numerals store compact"))
def compact_store(store_url: _Url = None) -> None:
    """Rewrite the database without deleted content; delete does that too."""
    with _open_existing(store_url) as store:
        from numerals.store.stored_readings import compact

        compact(store)


def _check_extra() -> None:
    with requires_extra("web", "the store"):
        import numerals.store  # noqa: F401


@contextmanager
def _open_existing(url: str | None) -> "Iterator[Store]":
    """Open a store; raise NotStoredError instead of creating one."""
    _check_extra()
    from numerals.store import default_url, display_url, open_store, parse_url, store_exists

    if not store_exists(url):
        shown = display_url(parse_url(default_url() if url is None else url))
        raise NotStoredError(
            f"{shown}: there is no store yet; numerals read --store and numerals serve create one"
        )
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def _make_selection(ids: list[int] | None, before: str | None) -> "Selection":
    from numerals.store.stored_readings import Selection
    from numerals.store.timestamps import parse_timestamp

    try:
        return Selection(ids or None, None if before is None else parse_timestamp(before))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--before {before}: expected a date such as 2026-11-23, or 2026-11-23T14:30"
        ) from error


def _summarize(readings: "list[StoredReading]") -> str:
    n_lines = sum(reading.n_lines for reading in readings)
    n_answered = sum(reading.n_answered for reading in readings)
    return f"{len(readings)} readings, {n_lines} lines, {n_answered} of them answered"


def _confirm(question: str) -> None:
    """Ask a question; exit with code 1 if the answer is no."""
    if not _is_interactive():
        raise UsageError(f"{question} standard input is not a terminal; give --yes")
    if not typer.confirm(question, err=True):
        warn("nothing was deleted")
        raise typer.Exit(1)


def _is_interactive() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _last_change(changes: list[dict[str, Any]]) -> tuple[str, str]:
    return (changes[-1]["by"], changes[-1]["at"][:19]) if changes else ("", "")
