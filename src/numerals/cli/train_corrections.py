"""``numerals train --recipe ... --with-corrections``: fine-tune the active model."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from numerals.cli.comparison_output import print_comparison
from numerals.cli.console import print_text, warn
from numerals.errors import DataError, UnknownNameError
from numerals.extras import requires_extra


def train_on_corrections(
    recipe: str, out: Path | None, run_dir: Path | None, epochs: int | None
) -> None:
    """Fine-tune the active model on the corrections, and print its accuracy before and after.

    Parameters
    ----------
    recipe : str
        The recipe of the model, which names its script and kind.
    out : Path, optional
        The ONNX file to write; by default ``RECIPE.onnx``.
    run_dir : Path, optional
        Folder of checkpoints and log; by default one below ``runs`` that is named after the recipe
        and a hash of model and corrections.
    epochs : int, optional
        Number of epochs; by default the `epochs` of `FinetuningSettings`.

    Raises
    ------
    UnknownNameError
        If there is no such recipe of digits or lines.
    DataError
        If the file cannot be written, or there are too few corrections.
    MissingExtraError
        If PyTorch or SQLAlchemy is not installed.
    """
    from numerals.training import DIGIT_RECIPES, LINE_RECIPES

    if recipe not in LINE_RECIPES and recipe not in DIGIT_RECIPES:
        raise UnknownNameError("recipe", recipe, {*DIGIT_RECIPES, *LINE_RECIPES})
    with requires_extra("lab", "training"):
        from numerals.training.finetune_active import finetune_active_model
        from numerals.training.finetuning import FinetuningSettings
    with requires_extra("web", "--with-corrections"):
        import numerals.store  # noqa: F401
    settings = FinetuningSettings()
    if epochs is not None:
        settings = replace(settings, epochs=epochs)
    path = out or Path(f"{recipe}.onnx")
    try:  # before the training, which takes minutes
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error}); choose another --out") from error
    started = time.perf_counter()
    comparison = finetune_active_model(
        recipe, path, Path("runs"), run_dir=run_dir, tuning=settings, on_epoch=_print_epoch
    )
    warn(f"wrote {path} after {time.perf_counter() - started:.0f} s")
    print_comparison(comparison)
    print_text(f"to activate it: numerals models activate {path}")


def _print_epoch(report: dict[str, Any]) -> None:
    member = f"member {report['member']}  " if "member" in report else ""
    print(
        f"{member}epoch {report['epoch']} of {report['epochs']}  loss {report['loss']:.4f}  "
        f"{report['seconds']} s",
        file=sys.stderr,
        flush=True,
    )
