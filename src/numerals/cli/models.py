"""``numerals models``: which models there are, put another to use, take it back."""

from pathlib import Path
from typing import Annotated, Any

import typer

from numerals.cli.comparing import print_comparison
from numerals.cli.console import print_json, print_table, print_text, warn
from numerals.cli.usage import UsageError
from numerals.cli.verb_command import VerbCommand, VerbGroup, examples
from numerals.errors import ModelError

app = typer.Typer(
    name="models",
    cls=VerbGroup,
    help="Models: which there are, which are in use; put a better one to use, take it back.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command(
    "list", cls=VerbCommand, epilog=examples("numerals models list", "numerals models list --json")
)
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the models: shipped ones, and those put to use in their place."""
    from numerals.models.offered import describe_model, offered_models

    rows = [describe_model(offered) for offered in offered_models()]
    if as_json:
        print_json(rows, indent=2)
        return
    print_table(
        ("script", "kind", "name", "in use", "figures", "MB"),
        [
            (
                row["script"],
                row["kind"],
                row["name"],
                "yes" if row["active"] else "-",
                _figures(row["figures"]),
                f"{row['bytes'] / 1e6:.1f}",
            )
            for row in rows
        ],
    )


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals models use latin-line.onnx", "numerals models use mine.onnx --anyway"
    ),
)
def use(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An ONNX model, of lines or digits.")
    ],
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even if it is worse, or nothing tells.")
    ] = False,
) -> None:
    """Put a model to use for its script, if it is no worse than the one in use.

    Both read what is held out: a fifth of the corrections, and of the recipe's data what is on
    disk (NUMERALS_DATA). One that is worse is refused, exit code 2. The file is copied.
    """
    from numerals.models.in_use import put_to_use
    from numerals.models.offered import kind_of, path_in_use

    script, kind = kind_of(file)
    current = path_in_use(script, kind)
    if current is not None:
        if current.read_bytes() == file.read_bytes():
            print_text(f"{script} {kind}: {current.stem} is in use already")
            return
        _compare(current, file, script, kind, anyway=anyway)
    copy = put_to_use(file, script, kind)
    print_text(f"{script} {kind}: in use is {copy.stem}")
    print_text(f"to take it back: numerals models back {script} --kind {kind}")


@app.command(
    cls=VerbCommand,
    epilog=examples("numerals models back latin", "numerals models back latin --kind digits"),
)
def back(
    script: Annotated[str, typer.Argument(metavar="SCRIPT", help="Such as latin.")],
    kind: Annotated[
        str | None,
        typer.Option(metavar="lines|digits", help="Of what. \\[default: what was put to use]"),
    ] = None,
) -> None:
    """Use the model that was in use before again."""
    from numerals.models.in_use import KINDS, kinds_in_use, take_back

    if kind not in (None, *KINDS):
        raise UsageError(f"--kind {kind}: expected lines or digits")
    if kind is None:
        kinds = kinds_in_use(script)
        if len(kinds) > 1:
            raise UsageError(f"models of {' and '.join(kinds)} are in use: name --kind")
        kind = kinds[0] if kinds else "lines"
    path = take_back(script, kind)
    name = path.stem if path else "the shipped model"
    print_text(f"{script} {kind}: in use is {name}")


def _compare(current: Path, file: Path, script: str, kind: str, *, anyway: bool) -> None:
    from numerals.training.model_comparison import compare_files

    warn("reading what is held out with both models")
    comparison = compare_files(current, file, script, kind)
    if comparison.sets:
        print_comparison(comparison)
    if anyway:
        return
    if not comparison.sets:
        raise ModelError(
            f"{file}: there is nothing here to compare it by: no held-out corrections, and no data "
            f"of {script} below NUMERALS_DATA; --anyway uses it without"
        )
    if comparison.is_worse:
        worse = ", ".join(each.name for each in comparison.sets if each.is_worse)
        where = f"on {worse}" if worse else "over all"
        raise ModelError(
            f"{file}: worse than the model in use {where}; it is not put to use (--anyway does)"
        )


def _figures(figures: dict[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in figures.items()) or "-"
