"""``numerals train``: fit a method to a data set, or train a shipped model by its recipe."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from numerals.cli.console import print_json, print_text, warn
from numerals.cli.data_options import DigitFileOptions, load_data
from numerals.cli.option_groups import option_group, with_option_groups
from numerals.cli.train_plot import check_plot, write_learning_curves
from numerals.cli.usage import UsageError
from numerals.errors import ModelError
from numerals.extras import requires_extra
from numerals.files import make_parent_folder

if TYPE_CHECKING:
    from numerals.classifiers.estimator_files import EstimatorModel
    from numerals.lab import Parity
    from numerals.records import Digits

EPILOG = """
[bold]Examples[/bold]

  numerals train logistic --data mnist

  numerals train cosine --data kannada-mnist --set n_neighbors=3 --out near

  numerals train svm-rbf --data mnist --limit 10000 --set deskew=true --cv

  numerals train ridge --data mnist --cv --set alpha=1,10 --set pca=30,60,none

  numerals train cnn --data digits/ --set epochs=5 --plot curves.png

  numerals train cnn-tutorial --data mnist --set optimizer=adam --set schedule=one-cycle

  numerals train logistic --data mnist_784.csv --label-column class

  numerals train --recipe latin-digit

  numerals train --recipe latin-line --with-corrections

[bold]Methods[/bold]

  cosine, euclidean, manhattan     nearest neighbors

  tangent-distance, idm, p2dhmdm   nearest neighbors, tolerant of distortion

  logistic, logistic-ovr, ridge, lasso, elastic-net   linear models

  svm-linear, svm-rbf              support vector machines

  decision-tree, random-forest, extra-trees, gradient-boosting

  mlp                              multilayer perceptron (fully connected network)

  cnn, cnn-tutorial                convolutional networks

Methods on pixels take the preprocessing settings --set deskew=true, scale=false,
denoise=60 and pca=60, and any parameter of the classifier.

Needs pip install 'numerals\\[lab]'. A recipe needs MNIST with its writers
(numerals data fetch qmnist); run again, it resumes from its last checkpoint.
"""


@option_group("Method")
class MethodOptions:
    """Options for fitting a method to a data set."""

    data: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Data set to fit to: a name, a file or a folder."),
    ] = None
    split: Annotated[str, typer.Option(help="Split to fit to.")] = "train"
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Use only the first N images.")
    ] = None
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change a setting; repeatable. With --cv, separate several values by commas.",
        ),
    ] = None
    cv: Annotated[
        bool,
        typer.Option(
            "--cv",
            help="Choose settings by 3-fold cross-validation, by writer if the writers are known.",
        ),
    ] = False
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Random seed.")] = 0


@option_group("Recipe")
class RecipeOptions:
    """Options for training a shipped model by its recipe."""

    recipe: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Model to train: SCRIPT-digit or SCRIPT-line, such as latin-digit, or page.",
        ),
    ] = None
    run_dir: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Folder of checkpoints and log. \\[default: runs/NAME]"
        ),
    ] = None
    epochs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Epochs; fewer make a less accurate model."),
    ] = None
    members: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Networks in the ensemble."),
    ] = None
    jobs: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Networks to train in parallel. \\[default: cores]"),
    ] = None
    with_corrections: Annotated[
        bool,
        typer.Option(
            "--with-corrections",
            help="Fine-tune the active model on the corrections made in numerals serve; takes "
            "minutes.",
        ),
    ] = False


@option_group("Output")
class FittingOutputOptions:
    """Files to write the model to, and the format of the summary."""

    out: Annotated[
        Path | None,
        typer.Option(
            metavar="MODEL",
            help="Write MODEL.skops, and MODEL.onnx if the method can be exported. "
            "\\[default: the name of the method or recipe]",
        ),
    ] = None
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="PNG",
            help="Draw the learning curves of a network: accuracy, loss, learning rate by epoch.",
        ),
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False


@with_option_groups
def train(
    method: Annotated[
        str | None, typer.Argument(metavar="METHOD", help="Method to fit, one of the list below.")
    ] = None,
    *,
    fitting: MethodOptions,
    recipe: RecipeOptions,
    output: FittingOutputOptions,
    file_options: DigitFileOptions,
) -> None:
    """Fit a method to a data set and write the model, or train a shipped model by its recipe."""
    if (method is None) == (recipe.recipe is None):
        raise UsageError("give either a METHOD or --recipe")
    if method is not None:
        _fit(method, fitting, recipe, output, file_options)
        return
    assert recipe.recipe is not None
    method_options = (fitting.data, fitting.limit, fitting.cv, fitting.settings)
    if any((*method_options, output.as_json, output.plot)):
        raise UsageError("--data, --limit, --cv, --set, --plot and --json require a METHOD")
    if not recipe.with_corrections:
        from numerals.cli.train_recipe import train_recipe

        train_recipe(
            recipe.recipe, output.out, recipe.run_dir, recipe.epochs, recipe.members, recipe.jobs
        )
        return
    if recipe.members or recipe.jobs:
        raise UsageError("--members and --jobs cannot be combined with --with-corrections")
    from numerals.cli.train_corrections import train_on_corrections

    train_on_corrections(recipe.recipe, output.out, recipe.run_dir, recipe.epochs)


def _fit(
    method: str,
    fitting: MethodOptions,
    recipe: RecipeOptions,
    output: FittingOutputOptions,
    file_options: DigitFileOptions,
) -> None:
    if recipe != RecipeOptions():
        raise UsageError(
            "--run-dir, --epochs, --members, --jobs and --with-corrections require --recipe; for a "
            "METHOD use --set epochs=5"
        )
    if fitting.data is None:
        raise UsageError("the data set to fit to is missing, such as --data mnist")
    with requires_extra("lab", "training"):
        from numerals.classifiers import make_classifier
        from numerals.classifiers.estimator_files import save_model
        from numerals.classifiers.pixel_pipelines import parse_setting
        from numerals.lab import fit_method

    settings = dict(parse_setting(setting) for setting in fitting.settings or [])
    # Unknown methods and settings are reported before the data is read.
    make_classifier(method, {} if fitting.cv else settings)
    if output.plot:
        check_plot(method, output.plot)
    files = _make_output_paths(output.out or Path(method))
    digits = load_data(fitting.data, split=fitting.split, file_options=file_options)
    model = fit_method(
        method,
        digits,
        settings,
        cv=fitting.cv,
        limit=fitting.limit,
        split=fitting.split,
        random_state=fitting.seed,
        on_progress=warn,
    )
    model.predict_proba(digits.images[:1])  # after divergence, an error leaves the files unchanged
    save_model(model, files[0])
    parity = _export_onnx(model, files[1], digits)
    if output.plot:
        write_learning_curves(model, output.plot)
    _print_summary(model, files if parity else files[:1], parity, as_json=output.as_json)


def _make_output_paths(out: Path) -> list[Path]:
    """Return the paths of the .skops and .onnx files; their folder is made before long work."""
    stem = str(out.with_suffix("") if out.suffix in (".onnx", ".skops") else out)
    files = [Path(f"{stem}.skops"), Path(f"{stem}.onnx")]
    make_parent_folder(files[0])
    return files


def _export_onnx(model: "EstimatorModel", path: Path, digits: "Digits") -> "Parity | None":
    """Write the model as ONNX; return None if the method has no ONNX form."""
    from numerals.lab.onnx_export import N_PARITY_IMAGES, model_to_onnx, write_verified_onnx

    try:
        proto = model_to_onnx(model)
    except ModelError as error:
        warn(f"no ONNX file: {error}")
        return None
    return write_verified_onnx(proto, model, path, digits.images[:N_PARITY_IMAGES])


def _print_summary(
    model: "EstimatorModel", files: list[Path], parity: "Parity | None", *, as_json: bool
) -> None:
    from numerals.classifiers.training_history import find_history

    training = json.loads(model.metadata["training"])
    if as_json:
        summary = {"files": [str(path) for path in files], "training": training}
        summary["parity"] = parity.to_dict() if parity else None
        if history := find_history(model.estimator):
            summary["history"] = list(history)
        print_json(summary)
        return
    if validation := training.get("cross_validation"):
        chosen = validation["chosen"]
        values = " ".join(f"{key}={value}" for key, value in chosen["settings"].items())
        folds = "folds by writer" if validation["by_writer"] else "random folds"
        print_text(
            f"chosen settings: {values} ({100 * chosen['accuracy']:.2f} % in cross-validation with "
            f"{folds})"
        )
    print_text(f"fitted to {training['n_images']:,} images in {training['seconds']:.1f} s")
    for path in files:
        print_text(f"wrote {path} ({path.stat().st_size:,} bytes)")
