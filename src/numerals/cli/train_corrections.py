"""``numerals train --recipe ... --with-corrections``: the model in use, trained further."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerals.cli.comparing import print_comparison
from numerals.cli.console import say, warn
from numerals.errors import DataError, MissingExtraError, ModelError, UnknownNameError

if TYPE_CHECKING:
    from numerals.training.finetuning import Tuning
    from numerals.training.model_comparison import Comparison


def learn_corrections(name: str, out: Path | None, run: Path | None, epochs: int | None) -> None:
    """Train the model in use of a recipe's script further, and print old beside new."""
    from numerals.training import LINE_RECIPES, RECIPES

    if name not in LINE_RECIPES and name not in RECIPES:
        raise UnknownNameError("recipe", name, {*RECIPES, *LINE_RECIPES})
    try:
        from numerals.training.finetuning import Tuning
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"training ({error.name})", "lab") from error
    _check_web()
    tuning = Tuning() if epochs is None else replace(Tuning(), epochs=epochs)
    path = out or Path(f"{name}.onnx")
    try:  # what is in its way is told before long work
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error}); name another place") from error
    started = time.perf_counter()
    learn = _learn_lines if name in LINE_RECIPES else _learn_digits
    comparison = learn(name, path, run, tuning)
    warn(f"wrote {path} after {time.perf_counter() - started:.0f} s")
    print_comparison(comparison)
    say(f"to activate it: numerals models activate {path}")


def _learn_lines(name: str, out: Path, run: Path | None, tuning: "Tuning") -> "Comparison":
    from numerals.corrections.corrected_lines import load_corrections
    from numerals.models import line_model_path
    from numerals.training import LINE_RECIPES

    try:
        from numerals.training.finetune_lines import correct_line_model, run_of
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"training ({error.name})", "lab") from error
    recipe = LINE_RECIPES[name]
    parent = line_model_path(recipe.script)
    if parent is None:
        raise ModelError(f"there is no line model of {recipe.script} to go on from: train {name}")
    corrections = load_corrections(recipe.script)
    folder = run or Path("runs") / f"{name}-{run_of(recipe, parent, corrections, tuning)[:12]}"
    _, comparison = correct_line_model(
        recipe, parent, corrections, folder, out, tuning=tuning, on_epoch=_tell
    )
    return comparison


def _learn_digits(name: str, out: Path, run: Path | None, tuning: "Tuning") -> "Comparison":
    from numerals.corrections.corrected_lines import load_corrections
    from numerals.models import model_path
    from numerals.training import RECIPES

    try:
        from numerals.training.finetune_digits import correct_digit_model, run_of
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"training ({error.name})", "lab") from error
    recipe = RECIPES[name]
    parent = model_path(recipe.script)
    corrections = load_corrections(recipe.script)
    folder = run or Path("runs") / f"{name}-{run_of(recipe, parent, corrections, tuning)[:12]}"
    _, comparison = correct_digit_model(
        recipe, parent, corrections, folder, out, tuning=tuning, on_epoch=_tell
    )
    return comparison


def _check_web() -> None:
    try:
        import numerals.store  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"--with-corrections ({error.name})", "web") from error


def _tell(report: dict[str, Any]) -> None:
    member = f"member {report['member']}  " if "member" in report else ""
    print(
        f"{member}epoch {report['epoch']} of {report['epochs']}  loss {report['loss']:.4f}  "
        f"{report['seconds']} s",
        file=sys.stderr,
        flush=True,
    )
