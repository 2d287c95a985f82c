"""``numerals data``: list, describe, fetch, show, convert and compose data sets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli import data_compose, data_convert
from numerals.cli.console import print_json, print_table, print_text, warn
from numerals.cli.data_options import DigitFileOptions, ImageFailures, Split, load_data
from numerals.cli.option_groups import with_option_groups
from numerals.cli.verb_command import VerbCommand, VerbGroup, examples
from numerals.errors import StoreError

if TYPE_CHECKING:
    from numerals.data import DataSet

app = typer.Typer(
    name="data",
    cls=VerbGroup,
    help="Data sets of digits: list, describe, fetch, show, convert and compose them.",
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
    cls=VerbCommand, epilog=examples("numerals data info hoda", "numerals data info mnist --json")
)
def info(name: _Name, as_json: _Json = False) -> None:
    """Describe a data set: sizes, files, licence, citation."""
    from numerals import data

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


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals data show mnist --out mnist.png",
        "numerals data show corrections --out corrections.png",
        "numerals data show photos/ --out sheet.png",
    ),
)
@with_option_groups
def show(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="The name of a data set, a file or a folder.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="PNG", help="File to write.")],
    split: Split = "train",
    columns: Annotated[
        int, typer.Option(min=1, max=500, metavar="N", help="Digits to show per class.")
    ] = 20,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="Random seed of the selection.")
    ] = 0,
    *,
    file_options: DigitFileOptions,
) -> None:
    """Draw a contact sheet with a row of digits per class, or of corrected lines."""
    if data_convert.names_corrections(source):
        from numerals.corrections.corrected_lines import script_of
        from numerals.reports.line_sheet import write_correction_sheet

        write_correction_sheet(script_of(source), out)
        print_text(out)
        return
    failures = ImageFailures()
    digits = load_data(source, split=split, on_error=failures, file_options=file_options)
    from numerals.reports.contact_sheet import write_contact_sheet

    write_contact_sheet(digits, out, columns=columns, random_state=seed)
    print_text(out)
    failures.exit_if_any()


app.command(cls=VerbCommand, epilog=data_convert.EPILOG)(data_convert.convert)
app.command(cls=VerbCommand, epilog=data_compose.EPILOG)(data_compose.compose)


def _user_data_sets() -> "dict[str, DataSet]":
    """Return the data sets of users; warn if the store cannot be read."""
    from numerals.data import find_data_set
    from numerals.data.user_data_sets import list_user_data_sets

    try:
        return {name: find_data_set(name) for name in list_user_data_sets()}
    except StoreError as error:
        warn(f"corrections: {error}")
        return {}
