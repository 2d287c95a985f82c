"""``numerals models``: list models, activate one, roll back to the previous one."""

from pathlib import Path
from typing import Annotated, Any

import typer

from numerals.cli.comparison_output import print_comparison
from numerals.cli.console import print_json, print_table, print_text, warn
from numerals.cli.usage import UsageError, check_choice
from numerals.cli.verb_command import VerbCommand, VerbGroup, examples
from numerals.errors import WorseModelError

app = typer.Typer(
    name="models",
    cls=VerbGroup,
    help="List models, activate a better one, or roll back to the previous one.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command(
    "list", cls=VerbCommand, epilog=examples("numerals models list", "numerals models list --json")
)
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the shipped models and the activated models."""
    from numerals.models.available_models import describe_model, list_available_models

    rows = [describe_model(model) for model in list_available_models()]
    if as_json:
        print_json(rows, indent=2)
        return
    print_table(
        ("script", "kind", "name", "active", "figures", "MB"),
        [
            (
                row["script"],
                row["kind"],
                row["name"],
                "yes" if row["active"] else "-",
                _format_figures(row["figures"]),
                f"{row['bytes'] / 1e6:.1f}",
            )
            for row in rows
        ],
    )


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals models activate latin-line.onnx", "numerals models activate mine.onnx --anyway"
    ),
)
def activate(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An ONNX model for lines or digits.")
    ],
    anyway: Annotated[
        bool,
        typer.Option("--anyway", help="Activate it even if it is worse or cannot be compared."),
    ] = False,
) -> None:
    """Activate a model for its script, unless it is worse than the active one.

    Both models read the held-out data: a fifth of the corrections, and the recipe's data that is
    on disk (NUMERALS_DATA). A worse model is refused with exit code 2. The file is copied.
    """
    from numerals.models.activated_models import activate_model
    from numerals.models.available_models import active_model_path, script_and_kind

    script, kind = script_and_kind(file)
    current = active_model_path(script, kind)
    if current is not None:
        if current.read_bytes() == file.read_bytes():
            print_text(f"{script} {kind}: {current.stem} is active already")
            return
        _compare(current, file, script, kind, anyway=anyway)
    copy = activate_model(file, script, kind)
    print_text(f"{script} {kind}: {copy.stem} is active now")
    print_text(f"to undo: numerals models rollback {script} --kind {kind}")


@app.command(
    cls=VerbCommand,
    epilog=examples(
        "numerals models rollback latin", "numerals models rollback latin --kind digits"
    ),
)
def rollback(
    script: Annotated[str, typer.Argument(metavar="SCRIPT", help="Such as latin.")],
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="lines|digits", help="Kind of model. \\[default: the kind that was activated]"
        ),
    ] = None,
) -> None:
    """Reactivate the previous model of a script."""
    from numerals.models.activated_models import KINDS, activated_kinds, roll_back_model

    check_choice("--kind", kind, KINDS)
    if kind is None:
        kinds = activated_kinds(script)
        if len(kinds) > 1:
            raise UsageError(
                f"{script} has activated models for {' and '.join(kinds)}; choose one with --kind"
            )
        kind = kinds[0] if kinds else "lines"
    path = roll_back_model(script, kind)
    name = path.stem if path else "the shipped model"
    print_text(f"{script} {kind}: {name} is active now")


def _compare(current: Path, file: Path, script: str, kind: str, *, anyway: bool) -> None:
    """Compare two models on the held-out data; raise WorseModelError if the new one is worse."""
    from numerals.training.model_comparison import check_not_worse, compare_files

    warn("comparing both models on the held-out data")
    comparison = compare_files(current, file, script, kind)
    if comparison.sets:
        print_comparison(comparison)
    if anyway:
        return
    try:
        check_not_worse(comparison, str(file), script)
    except WorseModelError as error:
        raise error.with_message(f"{error}; add --anyway to activate it all the same") from None


def _format_figures(figures: dict[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in figures.items()) or "-"
