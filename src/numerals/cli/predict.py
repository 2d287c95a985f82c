"""``numerals predict``: a model's answers for a data set, as Kaggle takes them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import say, say_json, warn
from numerals.cli.digit_files import (
    Delimiter,
    ImageColumn,
    Invert,
    LabelColumn,
    Scale,
    Transpose,
    insist,
    load_data,
)
from numerals.errors import MissingExtraError

if TYPE_CHECKING:
    from numerals.models import Model

EPILOG = """
[bold]Examples[/bold]

  numerals predict latin test.csv --out submission.csv

  numerals predict logistic.skops mnist --split test --out answers.csv --confidence

  numerals predict my.onnx photos/ --json

Pictures of a folder are numbered from 1 in natural order of their names: 2.jpg before 10.jpg.
"""


def predict(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A script that a model ships for, or a model file: .onnx, .skops."
        ),
    ],
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN", help="Digits: a file (CSV, npz, IDX, ...), a folder, or a name."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="The file to write. \\[default: standard output]"),
    ] = None,
    split: Annotated[str, typer.Option(help="Which part, of data that has several.")] = "test",
    confidence: Annotated[
        bool, typer.Option("--confidence", help="Add a column with the probability.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    label_column: LabelColumn = None,
    image_column: ImageColumn = None,
    delimiter: Delimiter = None,
    scale: Scale = None,
    invert: Invert = None,
    transpose: Transpose = False,
) -> None:
    """Classify digits and write Kaggle's CSV: ImageId, from 1, and Label."""
    from numerals.lab import predict_digits, submission, write_submission

    opened = _open(model)
    insisted = insist(label_column, image_column, delimiter, scale, invert, transpose)
    predictions = predict_digits(opened, load_data(source, split=split, insisted=insisted))
    if out is not None and str(out) != "-":
        write_submission(predictions, out, confidence=confidence)
        warn(f"wrote {out}: {len(predictions):,} answers")
    elif not as_json:
        say(submission(predictions, confidence=confidence), end="")
    if as_json:
        say_json([row.to_dict() for row in predictions])


def _open(name: str) -> "Model":
    from numerals.models import load_model

    if Path(name).suffix != ".skops":
        return load_model(name)
    try:
        from numerals.classifiers.estimator_files import load_estimator
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"opening .skops files ({error.name})", "lab") from error
    return load_estimator(name)
