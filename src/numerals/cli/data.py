"""``numerals data``: list, describe, fetch, show, convert, compose and augment data sets."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli import data_audit, data_augment, data_compose, data_convert, data_show
from numerals.cli.console import print_json, print_table, print_text, warn
from numerals.cli.verb_command import VerbCommand, VerbGroup, examples
from numerals.errors import DataError, StoreError

if TYPE_CHECKING:
    from numerals.data import DataSet

app = typer.Typer(
    name="data",
    cls=VerbGroup,
    help="Data sets of digits: list, describe, fetch, show, convert, compose and augment them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of a data set.")]


@app.command(
    "list", cls=VerbCommand, epilog=examples("numerals data list", "numerals data list --json")
)
def list_data_sets(as_json: _Json = False) -> None:
    """List the named data sets, stored corrections (counted in lines), and classes."""
    from numerals import data

    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "script": entry.script,
            "sizes": dict(entry.sizes),
            "on_disk": [split for split in entry.splits if data.is_on_disk(name, split)],
            "licence": entry.licence,
        }
        for name, entry in {**data.CATALOGUE, **_user_data_sets()}.items()
    ]
    if as_json:
        print_json(rows, indent=2)
        return
    print_table(
        ("name", "script", "train", "test", "on disk", "licence"),
        (
            (
                row["name"],
                row["script"],
                *(row["sizes"].get(split, "-") for split in ("train", "test")),
                ",".join(row["on_disk"]) or "-",
                row["licence"],
            )
            for row in rows
        ),
    )


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals data info hoda",
        "numerals data info mnist --counts",
        "numerals data info digits/ --counts",
        "numerals data info mnist --json",
    ),
)
def info(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="The name of a data set; with --counts also a file or a folder."
        ),
    ],
    counts: Annotated[
        bool,
        typer.Option("--counts", help="Count the digits of each class in the splits on disk."),
    ] = False,
    as_json: _Json = False,
) -> None:
    """Describe a data set: sizes, files, licence, citation; or count the digits of each class."""
    from numerals import data

    if counts:
        from numerals.cli.data_counts import count_digits, counts_text

        found = count_digits(name)
        if as_json:
            print_json({"name": name, "counts": found}, indent=2)
        else:
            print_text(counts_text(name, found))
        return
    entry = {"name": name, **data.find_data_set(name).to_dict()}
    if as_json:
        print_json(entry, indent=2)
        return
    entry["classes"] = " ".join(entry["classes"])
    entry["sizes"] = ", ".join(f"{split} {size:,}" for split, size in entry["sizes"].items())
    files = entry.pop("files")
    rows = [(key, value) for key, value in entry.items() if value]
    for split, members in files.items():
        rows += [(f"{split} file", f"{f['path']}  {f['url'] or ''}".strip()) for f in members]
    print_table(("", ""), rows)


@app.command(
    cls=VerbCommand,
    epilog=examples("numerals data fetch mnist", "numerals data fetch dig-mnist --split test"),
)
def fetch(
    name: _Name,
    split: Annotated[str | None, typer.Option(help="Fetch only this split: train or test.")] = None,
) -> None:
    """Download a data set to the cache, unless it is on disk."""
    from numerals import data

    for each in [split] if split else data.find_data_set(name).splits:
        digits = data.fetch_digits(name, each)
        print_text(f"{name}\t{each}\t{len(digits)}")


app.command(cls=VerbCommand, epilog=data_show.EPILOG)(data_show.show)
app.command(cls=VerbCommand, epilog=data_convert.EPILOG)(data_convert.convert)
app.command(cls=VerbCommand, epilog=data_compose.EPILOG)(data_compose.compose)
app.command(cls=VerbCommand, epilog=data_audit.EPILOG)(data_audit.audit)
app.command(cls=VerbCommand, epilog=data_augment.EPILOG)(data_augment.augment)


def _user_data_sets() -> "dict[str, DataSet]":
    """Return the data sets of users; warn if the store or the file of a class is damaged."""
    from numerals.data import find_data_set
    from numerals.data.user_data_sets import list_user_data_sets

    try:
        names = list_user_data_sets()
    except StoreError as error:
        warn(f"corrections: {error}")
        return {}
    found = {}
    for name in names:
        try:
            found[name] = find_data_set(name)
        except (DataError, OSError) as error:
            warn(f"{name}: {error}")
    return found
