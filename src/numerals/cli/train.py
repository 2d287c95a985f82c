"""``numerals train``: fit a method to a data set, or make a shipped model by its recipe."""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from numerals.errors import MissingExtraError, ModelError, UnknownNameError

if TYPE_CHECKING:
    from numerals.classifiers.estimator_files import EstimatorModel
    from numerals.data.file_options import Insisted
    from numerals.lab import Parity
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals train logistic --data mnist

  numerals train cosine --data kannada-mnist --set n_neighbors=3 --out near

  numerals train svm-rbf --data mnist --limit 10000 --set deskew=true --cv

  numerals train ridge --data mnist --cv --set alpha=1,10 --set pca=30,60,none

  numerals train cnn --data digits/ --set epochs=5

  numerals train logistic --data mnist_784.csv --label-column class

  numerals train --recipe latin-digit

  numerals train --recipe latin-line --with-corrections

[bold]Methods[/bold]

  cosine, euclidean, manhattan     nearest neighbours

  tangent-distance, idm, p2dhmdm   nearest neighbours that forgive distortion

  logistic, logistic-ovr, ridge, lasso, elastic-net   a weight for every pixel

  svm-linear, svm-rbf              support vector machines

  decision-tree, random-forest, extra-trees, gradient-boosting

  cnn, cnn-tutorial                convolutional networks

Methods on pixels take --set deskew=true, scale=false, denoise=60 and pca=60
before the classifier, and any parameter of the classifier.

Needs pip install 'numerals\\[lab]'. A recipe needs MNIST with its writers
(numerals data fetch qmnist), and goes on where it was when it is given again.
"""


def train(
    method: Annotated[
        str | None, typer.Argument(metavar="METHOD", help="What to fit; see below.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A data set's name, or a file or folder of digits."),
    ] = None,
    split: Annotated[str, typer.Option(help="Which part of the data.")] = "train",
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only the first N images.")
    ] = None,
    cv: Annotated[
        bool, typer.Option("--cv", help="Choose settings by cross-validation, three folds.")
    ] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a setting; may be given again. With --cv, several values with commas.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Governs what is left to chance.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="MODEL",
            help="Write MODEL.skops, and MODEL.onnx where the method has one. "
            "\\[default: the method's or the recipe's name]",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Which shipped model to make: latin-digit; or kannada-, persian-, bangla-, "
            "devanagari-digit; latin-line; page.",
        ),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="A recipe's checkpoints and log. \\[default: runs/NAME]"
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Of a recipe; fewer make a poorer model.")
    ] = None,
    members: Annotated[
        int | None, typer.Option(min=1, help="Of a recipe: networks that are averaged.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Of a recipe: members trained side by side. \\[default: cores]"),
    ] = None,
    with_corrections: Annotated[
        bool,
        typer.Option(
            "--with-corrections",
            help="Of a recipe: go on from the model in use, with what was corrected on numerals "
            "serve's page; minutes.",
        ),
    ] = False,
    label_column: LabelColumn = None,
    image_column: ImageColumn = None,
    delimiter: Delimiter = None,
    scale: Scale = None,
    invert: Invert = None,
    transpose: Transpose = False,
) -> None:
    """Fit a method to a data set and write the model; or make a model that numerals ships."""
    if (method is None) == (recipe is None):
        raise typer.BadParameter("name either a METHOD or --recipe")
    if recipe is not None:
        if any((data, limit, cv, settings, as_json)):
            raise typer.BadParameter("--data, --limit, --cv, --set and --json go with a METHOD")
        if with_corrections:
            if members or jobs:
                raise typer.BadParameter("--members and --jobs go without --with-corrections")
            from numerals.cli.train_corrections import learn_corrections

            learn_corrections(recipe, out, run, epochs)
            return
        _follow_recipe(recipe, out, run, epochs, members, jobs)
        return
    if any((run, epochs, members, jobs, with_corrections)):
        raise typer.BadParameter(
            "--run, --epochs, --members, --jobs and --with-corrections go with --recipe; a METHOD "
            "takes --set epochs=5"
        )
    if data is None:
        raise typer.BadParameter("name the digits to learn from: --data mnist")
    assert method is not None
    insisted = insist(label_column, image_column, delimiter, scale, invert, transpose)
    _fit(
        method, data, split, insisted, limit, cv, settings or [], seed, out or Path(method), as_json
    )


def _fit(
    method: str,
    data: str,
    split: str,
    insisted: "Insisted",
    limit: int | None,
    cv: bool,
    settings: list[str],
    seed: int,
    out: Path,
    as_json: bool,
) -> None:
    try:
        from numerals.classifiers import make_classifier
        from numerals.classifiers.estimator_files import save_model
        from numerals.classifiers.pixel_pipelines import parse_setting
        from numerals.lab import fit_method
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"training ({error.name})", "lab") from error

    chosen = dict(parse_setting(setting) for setting in settings)
    make_classifier(method, {} if cv else chosen)  # what is unknown is told before data is read
    digits = load_data(data, split=split, insisted=insisted)
    model = fit_method(
        method, digits, chosen, cv=cv, limit=limit, split=split, random_state=seed, on_progress=warn
    )
    stem = str(out.with_suffix("") if out.suffix in (".onnx", ".skops") else out)
    files = [Path(f"{stem}.skops"), Path(f"{stem}.onnx")]
    files[0].parent.mkdir(parents=True, exist_ok=True)
    save_model(model, files[0])
    parity = _export(model, files[1], digits)
    _print_fitted(model, files if parity else files[:1], parity, as_json)


def _export(model: "EstimatorModel", path: Path, digits: "Digits") -> "Parity | None":
    from numerals.lab.onnx_export import N_CHECKED, model_to_onnx, write_checked

    try:
        proto = model_to_onnx(model)
    except ModelError as error:
        warn(f"no ONNX file: {error}")
        return None
    return write_checked(proto, model, path, digits.images[:N_CHECKED])


def _print_fitted(
    model: "EstimatorModel", files: list[Path], parity: "Parity | None", as_json: bool
) -> None:
    training = json.loads(model.metadata["training"])
    if as_json:
        found = {"files": [str(path) for path in files], "training": training}
        found["parity"] = parity.to_dict() if parity else None
        say_json(found)
        return
    chosen = training.get("cross_validation", {}).get("chosen")
    if chosen:
        values = " ".join(f"{key}={value}" for key, value in chosen["settings"].items())
        say(f"chosen: {values} ({100 * chosen['accuracy']:.2f} % in cross-validation)")
    say(f"fitted to {training['n_images']:,} images in {training['seconds']:.1f} s")
    for path in files:
        say(f"wrote {path} ({path.stat().st_size:,} bytes)")


def _follow_recipe(
    recipe: str,
    out: Path | None,
    run: Path | None,
    epochs: int | None,
    members: int | None,
    jobs: int | None,
) -> None:
    from numerals.training import LINE_RECIPES, PAGE_RECIPE, RECIPES

    if recipe == PAGE_RECIPE:
        if members or jobs or epochs:
            raise typer.BadParameter("--epochs, --members and --jobs go with other recipes")
        _follow_page_recipe(out, run)
        return
    if recipe in LINE_RECIPES:
        if members or jobs:
            raise typer.BadParameter("--members and --jobs go with recipes of digits")
        _follow_line_recipe(recipe, out, run, epochs)
        return
    if recipe not in RECIPES:
        raise UnknownNameError("recipe", recipe, {*RECIPES, *LINE_RECIPES, PAGE_RECIPE})
    try:
        from numerals.training.make_digit_model import make_digit_model
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


def _follow_line_recipe(
    recipe: str, out: Path | None, run: Path | None, epochs: int | None
) -> None:
    from numerals.training import LINE_RECIPES

    try:
        from numerals.training.make_line_model import make_line_model
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"training ({error.name})", "lab") from error

    settings = LINE_RECIPES[recipe]
    if epochs is not None:
        settings = replace(settings, epochs=epochs)
    path = out or Path(f"{recipe}.onnx")
    started = time.perf_counter()
    metadata = make_line_model(settings, run or Path("runs") / recipe, path, on_epoch=_tell_lines)
    warn(f"wrote {path} after {time.perf_counter() - started:.0f} s: {metadata['figures']}")


def _follow_page_recipe(out: Path | None, run: Path | None) -> None:
    try:
        from numerals.training.make_page_model import PageRecipe, make_page_model
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"training ({error.name})", "lab") from error

    path = out or Path("page.onnx")
    started = time.perf_counter()
    metadata = make_page_model(PageRecipe(), run or Path("runs/page"), path, report=warn)
    warn(f"wrote {path} after {time.perf_counter() - started:.0f} s: {metadata['figures']}")


def _tell_lines(report: dict[str, Any]) -> None:
    figures = "  ".join(
        f"{k} {v:.1f}" for k, v in report.items() if k.endswith(("exact", "digits"))
    )
    print(
        f"{report['network']}  epoch {report['epoch']:3d}  loss {report['loss']:.4f}  {figures} %  "
        f"{report['seconds']} s",
        file=sys.stderr,
        flush=True,
    )


def _tell(report: dict[str, Any]) -> None:
    print(
        f"{report['network']}  epoch {report['epoch']:3d}  loss {report['loss']:.4f}  "
        f"held-out accuracy {100 * report['held_out_accuracy']:.2f} %  {report['seconds']} s",
        file=sys.stderr,
        flush=True,
    )
