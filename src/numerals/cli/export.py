"""``numerals export``: a fitted estimator as ONNX."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import say, say_json
from numerals.cli.digit_files import load_data
from numerals.errors import DataError, DataNotFoundError, MissingExtraError, UnknownNameError

if TYPE_CHECKING:
    from numerals.classifiers.estimator_files import EstimatorModel
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals export logistic.skops --out logistic.onnx

  numerals export forest.skops --out forest.onnx --data digits/ --json

Both are run on 500 digits: the ONNX file is written if all answers are equal
and no probability differs by more than 0.0001.

Needs pip install 'numerals\\[lab]'.
"""


def export(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="A .skops file that numerals train wrote.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The ONNX file to write.")],
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Digits to compare both on: a data set's name, or a file or folder. "
            "\\[default: those that the model was fitted to]",
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Which part of the data. \\[default: test, with --data]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a model as ONNX, which numerals reads with and which needs no extra."""
    try:
        from numerals.classifiers.estimator_files import load_estimator
        from numerals.lab.onnx_export import N_CHECKED, export_model
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"exporting ({error.name})", "lab") from error
    from numerals.evaluation import first_digits
    from numerals.lab.prediction import images_for

    opened = load_estimator(model)
    digits = first_digits(_load(opened, data, split), N_CHECKED)
    parity = export_model(opened, out, images_for(opened, digits))
    if as_json:
        say_json({"file": str(out), **parity.to_dict()})
        return
    say(
        f"wrote {out} ({out.stat().st_size:,} bytes): {parity.n_disagreements} other answers on "
        f"{parity.n_images} digits, probabilities within {parity.max_difference:.1e}"
    )


def _load(model: "EstimatorModel", data: str | None, split: str | None) -> "Digits":
    if data is not None:
        return load_data(data, split=split or "test")
    training = json.loads(model.metadata.get("training", "{}"))
    name, learned = str(training.get("data")), str(training.get("split"))
    try:
        return load_data(name, split=split or learned)
    except (DataError, DataNotFoundError, UnknownNameError) as error:
        raise DataError(
            f"the digits that the model was fitted to, {name}, cannot be read here; name others "
            "to compare on: --data"
        ) from error
