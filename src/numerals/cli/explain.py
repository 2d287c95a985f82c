"""``numerals explain``: explain a picture, or a model and its answers."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli.console import print_json, print_text, warn
from numerals.cli.data_options import load_data
from numerals.cli.explain_picture import PictureOptions, explain_one_picture, is_picture
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.usage import UsageError, choose_one
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.extras import requires_extra

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from numerals.explain import ModelExplanation
    from numerals.models import Model
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals explain photo.jpg                # each step, and why it may be wrong

  numerals explain photo.jpg --field --why-not 417 --out why.html

  numerals explain seven.png --digits --json

  numerals explain latin --data mnist --out latin.html

  numerals explain logistic.skops --beside logistic-ovr.skops --data kannada-mnist --out maps.html

  numerals explain cnn.skops --data mnist --index 8 --why-not 6

  numerals explain forest.skops --data mnist --image photo.png --png pictures/

MODEL is a script with a shipped model, an ONNX file, or a .skops file made by numerals train; any
other file is a picture. Explaining a model, and --out, need pip install 'numerals\\[lab]'.
"""

_COUNTERPARTS = {"logistic": "logistic-ovr", "logistic-ovr": "logistic"}
"""Linear method -> the method whose coefficients are shown beside its own."""
_MAX_COUNTERPART_IMAGES = 10_000  # fitting the counterpart to so many takes about 15 s


@option_group("Data")
class ExplainedDataOptions:
    """The digits to explain, and the digits for evidence."""

    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A data set's name, or a file or folder; required for a model. For a picture of "
            "one digit, the data set to search for similar digits.",
        ),
    ] = None
    split: Annotated[str, typer.Option(help="The split that the model classifies.")] = "test"
    train: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Data set whose train split provides evidence, prototypes and mean images. By "
            "default the one that the model was fitted on, if it is recorded, else --data.",
        ),
    ] = None
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="Classify only the first N digits.")
    ] = 2000


@option_group("Explanation")
class ExplanationOptions:
    """The answers and models to explain."""

    index: Annotated[
        list[int] | None,
        typer.Option(
            metavar="I",
            help="Index of a digit to explain, from 0; may be repeated. By default the three "
            "hardest digits.",
        ),
    ] = None
    image: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Explain the digit in this picture.")
    ] = None
    why_not: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="The class to contrast the answer with. By default the label if the answer is "
            "wrong, else the runner-up. For a picture, the number that the writer meant.",
        ),
    ] = None
    beside: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL2",
            help="A linear model whose coefficients are shown beside those of MODEL. By default "
            "logistic is shown beside logistic-ovr, and vice versa; none shows nothing.",
        ),
    ] = None


@option_group("Output")
class ExplanationOutputOptions:
    """What is printed and written."""

    out: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write an HTML page.")] = (
        None
    )
    png: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write each figure as a PNG file.")
    ] = None
    maps: Annotated[
        Path | None, typer.Option(metavar="FILE.npz", help="Write the maps as NumPy arrays.")
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False


@with_option_groups
def explain(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="PICTURE|MODEL", help="The picture, or the model, to explain; - for stdin."
        ),
    ],
    picture: PictureOptions,
    source: ExplainedDataOptions,
    choices: ExplanationOptions,
    output: ExplanationOutputOptions,
) -> None:
    """Explain how a picture was read and why it may be wrong, or how a model classifies digits.

    Of a picture: each step from its pixels to its numbers, and how it differs from the training
    data. Of a model: attribution of answers to pixels, nearest training images, examples.
    """
    if is_picture(subject):
        _refuse(_model_options(source, choices, output), "a picture")
        explain_one_picture(
            subject,
            picture,
            data=source.data,
            intended=choices.why_not,
            out=output.out,
            as_json=output.as_json,
        )
        return
    _refuse(_picture_options(picture), "a model")
    choose_one({"--index": choices.index, "--image": choices.image})
    if source.data is None:
        raise UsageError("explaining a model needs --data NAME; to explain a picture, give a file")
    with requires_extra("lab", "explaining"):
        import numerals.reports.explanation_report  # noqa: F401  # fail before long work
        from numerals.classifiers.estimator_files import open_model

    explanation = _explain(open_model(subject), source.data, source, choices)
    _write(explanation, output)


def _model_options(
    source: ExplainedDataOptions, choices: ExplanationOptions, output: ExplanationOutputOptions
) -> dict[str, object]:
    """Return the options that apply to models only."""
    return {
        "--train": source.train,
        "--index": choices.index,
        "--image": choices.image,
        "--beside": choices.beside,
        "--png": output.png,
        "--maps": output.maps,
    }


def _picture_options(picture: PictureOptions) -> dict[str, object]:
    """Return the options that apply to pictures only."""
    return {
        "--script": picture.script != PictureOptions().script,
        "--model": picture.model,
        "--digits": picture.digits,
        "--field": picture.field,
        "--table": picture.table,
        "--printed": picture.printed,
        "--page": picture.page != PictureOptions().page,
        "--line": picture.line,
    }


def _refuse(options: dict[str, object], subject: str) -> None:
    """Raise `UsageError` if an option is given that does not apply to what is explained."""
    for name, value in options.items():
        if value:
            raise UsageError(f"{name} does not apply to {subject}")


def _explain(
    model: "Model", data: str, source: ExplainedDataOptions, choices: ExplanationOptions
) -> "ModelExplanation":
    from numerals.explain import explain_model

    image = None if choices.image is None else _read_picture(choices.image, model)
    with _status("loading data"):
        digits = load_data(data, split=source.split)
        train = _training_images(model, data, source.train)
    beside = _model_beside(model, choices.beside, train)
    with _status("explaining"):
        return explain_model(
            model,
            replace(digits, name=f"{digits.name} {source.split}"),
            replace(train, name=f"{train.name} train"),
            indices=choices.index or None,
            image=image,
            why_not=choices.why_not,
            beside=beside,
            limit=source.limit,
        )


def _write(explanation: "ModelExplanation", output: ExplanationOutputOptions) -> None:
    from numerals.reports.explanation_report import write_explanation, write_maps
    from numerals.reports.explanation_text import explanation_text

    if output.as_json:
        print_json(explanation.to_dict())
    else:
        print_text(explanation_text(explanation))
    if output.maps is not None:
        write_maps(explanation, output.maps)
    for path in write_explanation(explanation, output.out, output.png):
        warn(f"wrote {path}")


def _training_images(model: "Model", data: str, train: str | None) -> "Digits":
    """Load the images that the model was fitted on if they are recorded, else the train split."""
    from numerals.data import CATALOGUE

    record = _training_record(model)
    recorded = record.get("data")
    try:
        digits = load_data(train or (recorded if recorded in CATALOGUE else data), split="train")
    except (DataNotFoundError, UnknownNameError) as error:
        raise DataError(
            f"{error}\nevidence needs training images; name a data set that has them with --train"
        ) from error
    limit = record.get("limit") if digits.name == recorded else None
    return digits[:limit]


def _read_picture(path: Path, model: "Model") -> "npt.NDArray[np.uint8]":
    from numerals.data.image_folders import digits_of_pictures

    image: npt.NDArray[np.uint8] = digits_of_pictures(path, [(path, "")]).images[0]
    if image.shape != model.image_shape:
        raise DataError(
            f"{path}: shows a digit of {image.shape} pixels, but the model takes "
            f"{model.image_shape}; choose a model of that size"
        )
    return image


def _model_beside(model: "Model", beside: str | None, train: "Digits") -> "Model | None":
    """Open the model to show beside, or fit the counterpart of the model on the same images."""
    from numerals.classifiers.estimator_files import open_model
    from numerals.lab.fit import fit_method

    record = _training_record(model)
    name = _COUNTERPARTS.get(str(record.get("method")))
    if beside == "none" or (beside is None and name is None):
        return None
    if beside is not None:
        return open_model(beside)
    chosen = record.get("cross_validation", {}).get("chosen", {}).get("settings", {})
    n_images = min(len(train), _MAX_COUNTERPART_IMAGES)
    warn(f"fitting {name} to {n_images:,} images to show it beside (--beside none skips this)")
    assert name is not None
    with _status(f"fitting {name}"):
        return fit_method(name, train, record.get("settings", {}) | chosen, limit=n_images)


def _training_record(model: "Model") -> dict[str, Any]:
    """Return the training record of a model that numerals train made, else an empty dict."""
    try:
        record = json.loads(model.metadata.get("training", ""))
    except ValueError:  # shipped models hold a sentence
        return {}
    return record if isinstance(record, dict) else {}


@contextmanager
def _status(text: str) -> Iterator[None]:
    """Show a spinner with a text on stderr if it is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield
