"""``numerals store``: what is stored of readings and corrections; take it out, remove it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli.console import print_table, say, say_json, warn
from numerals.errors import MissingExtraError, NotStoredError, StoreError
from numerals.printable import printable

if TYPE_CHECKING:
    from numerals.store import Store
    from numerals.store.manage import Selection

app = typer.Typer(
    name="store",
    help="The store: list, show, export and delete what was read and corrected.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Url = Annotated[
    str | None,
    typer.Option(
        "--store-url",
        metavar="URL",
        help="Which store: sqlite:///FILE or postgresql://... "
        "[default: NUMERALS_STORE, or a file in the user's data folder]",
    ),
]
_Ids = Annotated[
    list[int] | None,
    typer.Option("--id", metavar="N", help="Only the reading of this number; may be given again."),
]
_Before = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Only what was read before, such as 2026-11-23 (UTC)."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def path(store_url: _Url = None) -> None:
    """Print where the store is: its file, or its URL without the password.

    \b
    Examples:
      numerals store path
      ls -l "$(numerals store path)"*
    """
    _import()
    from numerals.store import default_url, parse_url, shown_url
    from numerals.store.urls import file_of

    url = parse_url(default_url() if store_url is None else store_url)
    say(file_of(url) or shown_url(url))


@app.command("list")
def list_stored(
    store_url: _Url = None,
    before: _Before = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many at most.")] = 100,
    as_json: _Json = False,
) -> None:
    """List what was read, the newest first: one row a file.

    \b
    Examples:
      numerals store list
      numerals store list --before 2026-11-01 --json
    """
    with _opened(store_url) as store:
        from numerals.store.manage import list_readings

        found = list_readings(store, _selection(None, before), limit + 1)
    shown = found[:limit]
    if as_json:
        say_json([each.to_dict() for each in shown], indent=2)
    else:
        print_table(
            ("id", "read at", "pages", "lines", "answered", "picture kB", "model", "file"),
            (
                (
                    each.id,
                    each.read_at[:19],
                    each.n_pages,
                    each.n_lines,
                    each.n_answered,
                    round(each.n_bytes / 1000),
                    each.model,
                    each.source,
                )
                for each in shown
            ),
        )
    if len(found) > limit:
        warn(f"there are more than {limit}; --limit shows them")


@app.command()
def show(
    number: Annotated[int, typer.Argument(metavar="ID", help="As list prints it.")],
    store_url: _Url = None,
    as_json: _Json = False,
) -> None:
    """Show one reading: its lines, and who answered what.

    \b
    Examples:
      numerals store show 17
      numerals store show 17 --json
    """
    with _opened(store_url) as store:
        from numerals.store.manage import export_readings

        (found,) = export_readings(store, _selection([number], None))
    for kept, key in (("pages", "picture"), ("lines", "crop")):
        for each in found[kept]:  # of pictures only the size
            each[f"{key}_bytes"] = len(each.pop(key) or b"")
    if as_json:
        say_json(found, indent=2)
        return
    say(printable(f"{found['source']}, read {found['read_at'][:19]} by {found['model']}"))
    print_table(
        ("line id", "page", "line", "read", "confidence", "state", "text", "by", "at"),
        (
            (
                *(line[key] for key in ("id", "page", "line", "read")),
                f"{line['confidence']:.3f}",
                line["state"],
                line["text"],
                *_last(line["changes"]),
            )
            for line in found["lines"]
        ),
    )


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder.")],
    store_url: _Url = None,
    ids: _Ids = None,
    before: _Before = None,
) -> None:
    """Write all that is stored as plain files that only you may read.

    readings.jsonl has a reading a line, with lines and history; pages/ and lines/ the pictures.

    \b
    Examples:
      numerals store export all/
      numerals store export some/ --id 17 --id 18
    """
    with _opened(store_url) as store:
        from numerals.store.reading_files import write_readings

        n_written = write_readings(store, out, _selection(ids, before))
    say(f"{out}\t{n_written}")


@app.command()
def delete(
    store_url: _Url = None,
    ids: _Ids = None,
    before: _Before = None,
    all_of_it: Annotated[bool, typer.Option("--all", help="All that is stored.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove readings for good: with their lines, pictures, answers and history.

    The file is written anew, so that nothing of them is left in it. Backups, exports, and models
    that learned from them are not touched.

    \b
    Examples:
      numerals store delete --id 17
      numerals store delete --before 2026-11-01
      numerals store delete --all --yes
    """
    if (bool(ids) + (before is not None) + all_of_it) != 1:
        raise typer.BadParameter("say what to delete: one of --id, --before and --all")
    with _opened(store_url) as store:
        from numerals.store.manage import compact, delete_readings, list_readings

        selection = _selection(ids, before)
        found = list_readings(store, selection)
        if not found:
            say("nothing to delete")
            return
        what = _counted(found)
        if not yes:
            _ask(f"delete {what} from the store?")
        n_deleted = delete_readings(store, selection)
        say(f"deleted: {what}" if n_deleted == len(found) else f"deleted: {n_deleted} readings")
        try:
            compact(store)
        except StoreError as error:
            raise StoreError(
                f"deleted, but the store could not be compacted: {error}; then run numerals store "
                "compact"
            ) from error


@app.command("compact")
def compact_store(store_url: _Url = None) -> None:
    """Write the store anew without what was removed from it; delete does so by itself.

    \b
    Examples:
      numerals store compact
    """
    with _opened(store_url) as store:
        from numerals.store.manage import compact

        compact(store)


def _import() -> None:
    try:
        import numerals.store  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"the store ({error.name})", "web") from error


@contextmanager
def _opened(url: str | None) -> "Iterator[Store]":
    _import()
    from numerals.store import default_url, is_there, open_store, parse_url, shown_url

    if not is_there(url):
        shown = shown_url(parse_url(default_url() if url is None else url))
        raise NotStoredError(
            f"{shown}: there is no store yet; numerals read --store and numerals serve make one"
        )
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def _selection(ids: list[int] | None, before: str | None) -> "Selection":
    from numerals.store.clock import moment
    from numerals.store.manage import Selection

    try:
        return Selection(ids or None, None if before is None else moment(before))
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(
            f"--before {before}: expected a date such as 2026-11-23, or 2026-11-23T14:30"
        ) from error


def _counted(found: list[Any]) -> str:
    n_lines = sum(each.n_lines for each in found)
    n_answered = sum(each.n_answered for each in found)
    return f"{len(found)} readings, {n_lines} lines, {n_answered} of them answered"


def _ask(question: str) -> None:
    if not _has_person():
        raise typer.BadParameter(f"{question} nobody is there to answer; give --yes")
    if not typer.confirm(question, err=True):
        warn("nothing was deleted")
        raise typer.Exit(1)


def _has_person() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _last(changes: list[dict[str, Any]]) -> tuple[str, str]:
    return (changes[-1]["by"], changes[-1]["at"][:19]) if changes else ("", "")
