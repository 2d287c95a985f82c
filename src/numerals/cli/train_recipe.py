"""``numerals train --recipe``: train a shipped model by its recipe."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from numerals.cli.console import warn
from numerals.cli.usage import UsageError
from numerals.errors import UnknownNameError
from numerals.extras import requires_extra


def train_recipe(
    recipe: str,
    out: Path | None,
    run_dir: Path | None,
    epochs: int | None,
    members: int | None,
    jobs: int | None,
) -> None:
    """Train a model by its recipe and write it as ONNX.

    Parameters
    ----------
    recipe : str
        A recipe of digits, of lines or of pages.
    out : Path, optional
        The ONNX file; by default ``RECIPE.onnx``.
    run_dir : Path, optional
        Folder of checkpoints and log; by default ``runs/RECIPE``.
    epochs : int, optional
        Number of epochs; not for the page model.
    members, jobs : int, optional
        Number of networks in the ensemble, and of networks trained in parallel; only for digits.

    Raises
    ------
    UnknownNameError
        If there is no such recipe.
    MissingExtraError
        If PyTorch is not installed.
    """
    from numerals.training import DIGIT_RECIPES, LINE_RECIPES, PAGE_RECIPE

    path, folder = out or Path(f"{recipe}.onnx"), run_dir or Path("runs") / recipe
    if recipe == PAGE_RECIPE:
        if members or jobs or epochs:
            raise UsageError(
                f"--epochs, --members and --jobs cannot be combined with --recipe {PAGE_RECIPE}"
            )
        _train_page_model(path, folder)
    elif recipe in LINE_RECIPES:
        if members or jobs:
            raise UsageError("--members and --jobs require a recipe of digits")
        _train_line_model(recipe, path, folder, epochs)
    elif recipe in DIGIT_RECIPES:
        _train_digit_model(recipe, path, folder, epochs, members, jobs)
    else:
        raise UnknownNameError("recipe", recipe, {*DIGIT_RECIPES, *LINE_RECIPES, PAGE_RECIPE})


def _train_digit_model(
    recipe: str, out: Path, run: Path, epochs: int | None, members: int | None, jobs: int | None
) -> None:
    from numerals.training import DIGIT_RECIPES

    with requires_extra("lab", "training"):
        from numerals.training.make_digit_model import make_digit_model
    settings = DIGIT_RECIPES[recipe]
    if members is not None:
        settings = replace(settings, members=members)
    if epochs is not None:
        settings = replace(settings, cycles=(replace(settings.cycles[0], epochs=epochs),))
    started = time.perf_counter()
    metadata = make_digit_model(settings, run, out, n_jobs=jobs, on_epoch=_print_digit_epoch)
    _report_written(out, started, metadata)


def _train_line_model(recipe: str, out: Path, run: Path, epochs: int | None) -> None:
    from numerals.training import LINE_RECIPES

    with requires_extra("lab", "training"):
        from numerals.training.make_line_model import make_line_model
    settings = LINE_RECIPES[recipe]
    if epochs is not None:
        settings = replace(settings, epochs=epochs)
    started = time.perf_counter()
    metadata = make_line_model(settings, run, out, on_epoch=_print_line_epoch)
    _report_written(out, started, metadata)


def _train_page_model(out: Path, run: Path) -> None:
    with requires_extra("lab", "training"):
        from numerals.training.make_page_model import make_page_model
        from numerals.training.page_recipe import PageRecipe
    started = time.perf_counter()
    metadata = make_page_model(PageRecipe(), run, out, report=warn)
    _report_written(out, started, metadata)


def _report_written(path: Path, started: float, metadata: dict[str, str]) -> None:
    warn(f"wrote {path} after {time.perf_counter() - started:.0f} s: {metadata['figures']}")


def _print_digit_epoch(report: dict[str, Any]) -> None:
    _print_epoch(report, f"held-out accuracy {100 * report['held_out_accuracy']:.2f} %")


def _print_line_epoch(report: dict[str, Any]) -> None:
    accuracies = "  ".join(
        f"{name} {value:.1f}"
        for name, value in report.items()
        if name.endswith(("exact", "digits"))
    )
    _print_epoch(report, f"{accuracies} %")


def _print_epoch(report: dict[str, Any], figures: str) -> None:
    print(
        f"{report['network']}  epoch {report['epoch']:3d}  loss {report['loss']:.4f}  {figures}  "
        f"{report['seconds']} s",
        file=sys.stderr,
        flush=True,
    )
