"""``numerals predict``: classify a data set and write a Kaggle submission."""

from pathlib import Path
from typing import Annotated

import typer

from numerals.cli.console import print_json, print_text, warn
from numerals.cli.data_options import DigitFileOptions, load_data
from numerals.cli.model_loading import load_any_model
from numerals.cli.option_groups import with_option_groups

EPILOG = """
[bold]Examples[/bold]

  numerals predict latin test.csv --out submission.csv

  numerals predict logistic.skops mnist --split test --out answers.csv --confidence

  numerals predict my.onnx photos/ --json

Images of a folder are numbered from 1 in natural order of their names: 2.jpg before 10.jpg.
"""


@with_option_groups
def predict(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="The script of a shipped model, or a model file: .onnx, .skops."
        ),
    ],
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN", help="Digits: a file (CSV, npz, IDX, ...), a folder, or a data set."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="File to write. \\[default: standard output]",
            rich_help_panel="Output",
        ),
    ] = None,
    split: Annotated[
        str, typer.Option(help="Split to classify, if the data has several.")
    ] = "test",
    confidence: Annotated[
        bool,
        typer.Option(
            "--confidence",
            help="Add a column with the probability of each answer.",
            rich_help_panel="Output",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON.", rich_help_panel="Output")
    ] = False,
    *,
    file_options: DigitFileOptions,
) -> None:
    """Classify digits and write a CSV for Kaggle: ImageId, from 1, and Label."""
    from numerals.lab import predict_digits, submission, write_submission

    opened = load_any_model(model)
    predictions = predict_digits(opened, load_data(source, split=split, file_options=file_options))
    if out is not None and str(out) != "-":
        write_submission(predictions, out, confidence=confidence)
        warn(f"wrote {out}: {len(predictions):,} answers")
    elif not as_json:
        print_text(submission(predictions, confidence=confidence), end="")
    if as_json:
        print_json([row.to_dict() for row in predictions])
