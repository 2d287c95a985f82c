"""``numerals export``: write a fitted estimator as ONNX."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import print_json, print_text
from numerals.cli.data_options import load_data
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.extras import requires_extra

if TYPE_CHECKING:
    from numerals.classifiers.estimator_files import EstimatorModel
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals export logistic.skops --out logistic.onnx

  numerals export forest.skops --out forest.onnx --data digits/ --json

Both models classify 500 digits. The ONNX file is written if all answers are equal
and no probability differs by more than 0.0001.

Needs pip install 'numerals\\[lab]'.
"""


def export(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="A .skops file written by numerals train.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="ONNX", help="File to write.")],
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Digits to compare both models on: a data set, a file or a folder. "
            "\\[default: the training data of the model]",
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Split of the data. \\[default: test, with --data]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a model as ONNX, which numerals read opens without any extra."""
    with requires_extra("lab", "exporting"):
        from numerals.classifiers.estimator_files import load_estimator
        from numerals.lab.onnx_export import N_PARITY_IMAGES, export_model
    from numerals.lab.prediction import match_images

    opened = load_estimator(model)
    digits = _load_digits(opened, data, split)[:N_PARITY_IMAGES]
    parity = export_model(opened, out, match_images(opened, digits))
    if as_json:
        print_json({"file": str(out), **parity.to_dict()})
        return
    print_text(
        f"wrote {out} ({out.stat().st_size:,} bytes): {parity.n_disagreements} of "
        f"{parity.n_images} answers differ, probabilities by at most {parity.max_difference:.1e}"
    )


def _load_digits(model: "EstimatorModel", data: str | None, split: str | None) -> "Digits":
    """Load the given data, or the data that the model was fitted to."""
    if data is not None:
        return load_data(data, split=split or "test")
    training = json.loads(model.metadata.get("training", "{}"))
    name, fitted_split = str(training.get("data")), str(training.get("split"))
    try:
        return load_data(name, split=split or fitted_split)
    except (DataError, DataNotFoundError, UnknownNameError) as error:
        raise DataError(
            f"the data that the model was fitted to ({name}) cannot be read here; choose other "
            "digits to compare on: --data"
        ) from error
