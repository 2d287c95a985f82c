"""What can be trained: the scripts with reviewed lines, and what is missing for their training."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from numerals.corrections.corrected_lines import count_lines
from numerals.data import is_on_disk
from numerals.models import line_model_path, load_line_model
from numerals.models.digit_model import SHIPPED_DIGIT_MODELS
from numerals.store import Store
from numerals.training import DIGIT_RECIPES, LINE_RECIPES, DigitRecipe, LineRecipe
from numerals.training.finetuning import MIN_CORRECTIONS, FinetuningSettings
from numerals.training.training_estimate import TrainingSpeed, TrainingWork, measure_work


@dataclass(frozen=True)
class Obstacle:
    """Why a model cannot be trained now.

    Attributes
    ----------
    code : {"install", "fetch", "review"}
    message : str
    command : str
        What to run, if there is something.
    """

    code: str
    message: str
    command: str = ""


@dataclass(frozen=True)
class TrainableScript:
    """A script, its recipe, and its reviewed lines.

    Attributes
    ----------
    script : str
    recipe : LineRecipe or DigitRecipe
        The line recipe, if the script has a line model.
    n_train, n_held_out : int
        Reviewed lines to train on, and held-out ones.
    """

    script: str
    recipe: LineRecipe | DigitRecipe
    n_train: int
    n_held_out: int

    @property
    def kind(self) -> str:
        """``"lines"`` or ``"digits"``."""
        return "lines" if isinstance(self.recipe, LineRecipe) else "digits"

    @property
    def n_reviewed(self) -> int:
        """All reviewed lines that can be used for training."""
        return self.n_train + self.n_held_out

    def work(self, tuning: FinetuningSettings) -> TrainingWork:
        """Return the work of a training."""
        n_networks = self.recipe.members
        path = line_model_path(self.script) if self.kind == "lines" else None
        if path is not None:
            n_networks = _count_networks(path, path.stat().st_mtime_ns)
        return measure_work(self.recipe, tuning, n_networks, self.n_train, self.n_held_out)

    def seconds(self, tuning: FinetuningSettings, speeds: dict[str, Any]) -> float:
        """Return the estimated duration; 0 for digits, until one training measured it."""
        measured = speeds.get(self.kind)
        if self.kind == "digits" and not measured:
            return 0.0
        return self.work(tuning).seconds(TrainingSpeed.from_json(measured or {}))

    def find_obstacles(self) -> list[Obstacle]:
        """Return what is missing; empty if a training can start."""
        return [*_missing_programs(), *_missing_data(self.recipe.data), *self._missing_lines()]

    def _missing_lines(self) -> list[Obstacle]:
        missing = MIN_CORRECTIONS - self.n_reviewed
        if missing > 0:
            numbers = "1 more number" if missing == 1 else f"{missing} more numbers"
            return [
                Obstacle(
                    "review",
                    f"Check {numbers}: training needs {MIN_CORRECTIONS} reviewed lines, which you "
                    "confirmed or corrected",
                )
            ]
        if self.n_train and self.n_held_out:
            return []
        return [
            Obstacle(
                "review",
                "Check numbers of other files: all reviewed lines are from the same place, so that "
                "none is left to " + ("compare with" if self.n_train else "train on"),
            )
        ]


def list_trainable_scripts(store: Store) -> list[TrainableScript]:
    """Return the scripts with reviewed lines, most lines first; Latin if there are none."""
    found = [_describe(store, script) for script in SHIPPED_DIGIT_MODELS]
    reviewed = [each for each in found if each is not None and each.n_reviewed]
    if not reviewed:
        return [each for each in found if each is not None and each.script == "latin"]
    return sorted(reviewed, key=lambda each: -each.n_reviewed)


def _describe(store: Store, script: str) -> TrainableScript | None:
    has_lines = f"{script}-line" in LINE_RECIPES and line_model_path(script) is not None
    recipe = LINE_RECIPES[f"{script}-line"] if has_lines else DIGIT_RECIPES.get(f"{script}-digit")
    if recipe is None:
        return None
    counts = count_lines(store, script)
    return TrainableScript(script, recipe, counts["train"], counts["test"])


def _missing_programs() -> list[Obstacle]:
    if all(find_spec(name) for name in ("torch", "onnx")):
        return []
    message = "Training needs PyTorch: install it, then start the service again"
    return [Obstacle("install", message, "pip install 'numerals[lab]'")]


def _missing_data(name: str) -> list[Obstacle]:
    if is_on_disk(name, "train"):
        return []
    message = f"Training needs the digits of the data set {name}, to mix them with your numbers"
    return [Obstacle("fetch", message, f"numerals data fetch {name}")]


@lru_cache(maxsize=8)
def _count_networks(path: Path, modified_at: int) -> int:
    return load_line_model(path).n_networks
