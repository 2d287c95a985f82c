"""``numerals explain``: what a model looks at."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from numerals.cli.console import say, say_json, warn
from numerals.cli.digit_files import load_data
from numerals.errors import DataError, DataNotFoundError, MissingExtraError, UnknownNameError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from numerals.models import Model
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals explain latin --data mnist --out latin.html

  numerals explain logistic.skops --beside logistic-ovr.skops --data kannada-mnist --out maps.html

  numerals explain cnn.skops --data mnist --index 8 --why-not 6

  numerals explain forest.skops --data mnist --image photo.png --png pictures/

MODEL is a script with a shipped model, an ONNX file, or a .skops file made by numerals train.
"""

_PAIR = {"logistic": "logistic-ovr", "logistic-ovr": "logistic"}
_N_BESIDE = 10_000  # images that the other of a pair is fitted to, at most: a quarter of a minute


def explain(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="What is to be explained.")],
    data: Annotated[
        str, typer.Option(metavar="NAME", help="A data set of the catalogue, or a file or folder.")
    ],
    split: Annotated[str, typer.Option(help="The part of it that the model is asked about.")] = (
        "test"
    ),
    train: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Where evidence, prototypes and mean images come from: the train split of this. "
            "By default what the model was fitted on, else --data.",
        ),
    ] = None,
    index: Annotated[
        list[int] | None,
        typer.Option(
            metavar="I",
            help="Explain this digit, counted from 0; may be given again. "
            "By default the three hardest.",
        ),
    ] = None,
    image: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Explain the digit in this picture.")
    ] = None,
    why_not: Annotated[
        str | None,
        typer.Option(
            metavar="CLASS",
            help="Hold the answer against this class: by default the truth, else the runner-up.",
        ),
    ] = None,
    beside: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL2",
            help="Another linear model whose coefficients are shown too. For logistic and "
            "logistic-ovr the other of the two is fitted unless this is none.",
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="How many digits are classified, the first ones."),
    ] = 2000,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write a page to look at.")
    ] = None,
    png: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write each figure as PNG.")
    ] = None,
    maps: Annotated[
        Path | None, typer.Option(metavar="FILE.npz", help="Write the maps as NumPy arrays.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a model looks at: the pixels that speak for an answer, the examples like it."""
    if index and image:
        raise typer.BadParameter("choose one of --index and --image")
    try:
        from numerals.classifiers.estimator_files import open_model
        from numerals.explain import explain_model
        from numerals.reports.explanation_report import write_explanation, write_maps
        from numerals.reports.explanation_text import explanation_text
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"explaining ({error.name})", "lab") from error

    opened = open_model(model)
    picture = None if image is None else _read_picture(image, opened)
    with _at_work("loading data"):
        digits = load_data(data, split=split)
        examples = _training_images(opened, data, train)
    other = _beside(opened, beside, examples)
    with _at_work("explaining"):
        explanation = explain_model(
            opened,
            replace(digits, name=f"{digits.name} {split}"),
            replace(examples, name=f"{examples.name} train"),
            indices=index or None,
            image=picture,
            why_not=why_not,
            beside=other,
            limit=limit,
        )
    if as_json:
        say_json(explanation.to_dict())
    else:
        say(explanation_text(explanation))
    if maps is not None:
        write_maps(explanation, maps)
    for path in write_explanation(explanation, out, png):
        warn(f"wrote {path}")


def _training_images(model: "Model", data: str, train: str | None) -> "Digits":
    """Load what the model was fitted on, as far as its record tells; else the train split."""
    from numerals.data import CATALOGUE

    record = _record(model)
    recorded = record.get("data")
    try:
        digits = load_data(train or (recorded if recorded in CATALOGUE else data), split="train")
    except (DataNotFoundError, UnknownNameError) as error:
        raise DataError(
            f"{error}\nevidence needs training images; name a data set that has them with --train"
        ) from error
    limit = record.get("limit") if digits.name == recorded else None
    images, labels = digits.images[:limit], digits.labels[:limit]
    return replace(digits, images=images, labels=labels, writers=None)


def _read_picture(path: Path, model: "Model") -> "npt.NDArray[np.uint8]":
    from numerals.data.image_folders import digits_of_pictures

    image: npt.NDArray[np.uint8] = digits_of_pictures(path, [(path, "")]).images[0]
    if image.shape != model.image_shape:
        raise DataError(
            f"{path}: a digit of {image.shape} pixels, and the model takes {model.image_shape}"
        )
    return image


def _beside(model: "Model", beside: str | None, train: "Digits") -> "Model | None":
    """Open the model that is shown beside, or fit the other of a pair on the same images."""
    from numerals.classifiers.estimator_files import open_model
    from numerals.lab.fit import fit_method

    record = _record(model)
    name = _PAIR.get(str(record.get("method")))
    if beside == "none" or (beside is None and name is None):
        return None
    if beside is not None:
        return open_model(beside)
    chosen = record.get("cross_validation", {}).get("chosen", {}).get("settings", {})
    n_images = min(len(train), _N_BESIDE)
    warn(f"fitting {name} to {n_images:,} images, to stand beside (--beside none leaves it out)")
    assert name is not None
    with _at_work(f"fitting {name}"):
        return fit_method(name, train, record.get("settings", {}) | chosen, limit=n_images)


def _record(model: "Model") -> dict[str, Any]:
    """Return what a model tells of its training, where numerals train made it."""
    try:
        record = json.loads(model.metadata.get("training", ""))
    except ValueError:  # a sentence, as the shipped models have it
        return {}
    return record if isinstance(record, dict) else {}


@contextmanager
def _at_work(what: str) -> Iterator[None]:
    """Say what is being done, on a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield
