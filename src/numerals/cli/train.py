"""``numerals train``: make a model by its recipe."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from numerals.cli.console import warn
from numerals.errors import MissingExtraError, UnknownNameError

EPILOG = """
[bold]Examples[/bold]

  numerals train --recipe latin-digit

  numerals train --recipe latin-digit --epochs 2 --members 1 --out quick.onnx

Needs pip install 'numerals[lab]', and MNIST with its writers: numerals data fetch qmnist.
A run that was stopped goes on where it was when the same command is given again.
"""


def train(
    recipe: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Which shipped model to make: latin-digit; or kannada-, persian-, bangla-, "
            "devanagari-digit.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The ONNX file. [default: NAME.onnx]")
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Checkpoints and log. [default: runs/NAME]"),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Fewer make a poorer model.")] = None,
    members: Annotated[int | None, typer.Option(min=1, help="Networks that are averaged.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Members trained side by side. [default: cores]")
    ] = None,
) -> None:
    """Train a model that numerals ships, from the data of the catalogue."""
    from numerals.training import RECIPES

    if recipe not in RECIPES:
        raise UnknownNameError("recipe", recipe, RECIPES)
    try:
        from numerals.training.digit_model import make_digit_model
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"training ({error.name})", "lab") from error

    settings = RECIPES[recipe]
    if members is not None:
        settings = replace(settings, members=members)
    if epochs is not None:
        settings = replace(settings, cycles=(replace(settings.cycles[0], epochs=epochs),))
    path = out or Path(f"{recipe}.onnx")
    started = time.perf_counter()
    metadata = make_digit_model(
        settings, run or Path("runs") / recipe, path, n_jobs=jobs, on_epoch=_tell
    )
    warn(f"wrote {path} after {time.perf_counter() - started:.0f} s: {metadata['figures']}")


def _tell(report: dict[str, Any]) -> None:
    print(
        f"member {report['member']}  epoch {report['epoch']:3d}  loss {report['loss']:.4f}  "
        f"held-out accuracy {100 * report['held_out_accuracy']:.2f} %  {report['seconds']} s",
        file=sys.stderr,
        flush=True,
    )
