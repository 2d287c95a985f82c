"""Fine-tune the active model of a recipe on corrections."""

from collections.abc import Callable, Sequence
from pathlib import Path

from numerals.corrections.corrected_lines import CorrectedLine, load_corrections
from numerals.errors import ModelError
from numerals.models import line_model_path, model_path
from numerals.training.digit_recipes import DIGIT_RECIPES, DigitRecipe
from numerals.training.finetune_digits import finetune_digit_model
from numerals.training.finetune_lines import finetune_line_model
from numerals.training.finetuning import EpochReport, FinetuningSettings, run_digest
from numerals.training.line_recipes import LINE_RECIPES, LineRecipe
from numerals.training.model_comparison import ModelComparison


def finetune_active_model(
    name: str,
    out: Path,
    runs: Path,
    *,
    run_dir: Path | None = None,
    corrections: Sequence[CorrectedLine] | None = None,
    tuning: FinetuningSettings | None = None,
    on_epoch: Callable[[EpochReport], None] = lambda report: None,
) -> ModelComparison:
    """Fine-tune the active model, write the new one, and compare both on held-out data.

    Parameters
    ----------
    name : str
        Recipe of digits or lines.
    out : Path
        ONNX file to write.
    runs : Path
        Folder of runs. Each has a folder that is named after the recipe and a hash of the model,
        the settings and the corrections, so that a stopped run is resumed.
    run_dir : Path, optional
        Folder of this run.
    corrections : sequence of CorrectedLine, optional
        By default all corrections of the recipe's script.
    tuning : FinetuningSettings, optional
    on_epoch : callable
        Called with an `EpochReport` after each epoch.

    Raises
    ------
    ModelError
        If the script has no line model.
    DataError
        If there are too few corrections.
    """
    tuning = tuning or FinetuningSettings()
    is_lines = name in LINE_RECIPES
    script = LINE_RECIPES[name].script if is_lines else DIGIT_RECIPES[name].script
    parent = line_model_path(script) if is_lines else model_path(script)
    if parent is None:
        raise ModelError(
            f"{script} has no line model to fine-tune; first run numerals train --recipe {name}"
        )
    lines = load_corrections(script) if corrections is None else corrections

    def folder_of(recipe: LineRecipe | DigitRecipe) -> Path:
        digest = run_digest(recipe, parent, lines, tuning)
        return run_dir or runs / f"{name}-{digest[:12]}"

    if is_lines:
        recipe = LINE_RECIPES[name]
        _, comparison = finetune_line_model(
            recipe, parent, lines, folder_of(recipe), out, tuning=tuning, on_epoch=on_epoch
        )
    else:
        digits = DIGIT_RECIPES[name]
        _, comparison = finetune_digit_model(
            digits, parent, lines, folder_of(digits), out, tuning=tuning, on_epoch=on_epoch
        )
    return comparison
