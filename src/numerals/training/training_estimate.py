"""How long a training takes. Needs no PyTorch."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from numerals.data.line_data_sets import LINE_DATA_SETS
from numerals.training.finetuning import FinetuningSettings
from numerals.training.line_recipes import LineRecipe

_HELD_OUT_REAL_LINES = 340  # of each set of real lines, roughly


@dataclass(frozen=True)
class TrainingSpeed:
    """Seconds of training, and of everything else, per line.

    The defaults are those of ``python benchmarks/learning.py`` on two cores (x86-64): 12 epochs of
    5,900 lines in 416 s, and 124 s for 2,693 held-out lines, including the preparation.

    Attributes
    ----------
    trained : float
        Per line, epoch and network.
    held_out : float
        Per held-out line, which both models read.
    """

    trained: float = 416 / (12 * 5900)
    held_out: float = 124 / 2693

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return a speed that was measured on this machine; the default one if there is none."""
        try:
            trained, held_out = float(value["trained"]), float(value["held_out"])
        except (KeyError, TypeError, ValueError):
            return cls()
        return cls(trained, held_out) if trained > 0 and held_out > 0 else cls()


@dataclass(frozen=True)
class TrainingWork:
    """How much is to be done.

    Attributes
    ----------
    epochs : int
        Of all networks.
    lines : int
        Lines in an epoch.
    held_out : int
        Held-out lines.
    """

    epochs: int
    lines: int
    held_out: int

    def seconds(self, speed: TrainingSpeed) -> float:
        """Return the duration, seconds."""
        return self.epochs * self.lines * speed.trained + self.held_out * speed.held_out

    def speed(self, epoch_seconds: float, total_seconds: float) -> TrainingSpeed:
        """Return the speed from the mean duration of an epoch, and that of the whole."""
        rest = max(total_seconds - self.epochs * epoch_seconds, 1.0)
        return TrainingSpeed(epoch_seconds / max(self.lines, 1), rest / max(self.held_out, 1))


def measure_work(
    recipe: Any, tuning: FinetuningSettings, n_networks: int, n_train: int, n_held_out: int
) -> TrainingWork:
    """Return the work of a training.

    Parameters
    ----------
    recipe : LineRecipe or DigitRecipe
    tuning : FinetuningSettings
    n_networks : int
        Networks of the model.
    n_train, n_held_out : int
        Reviewed lines to train on, and held-out ones.
    """
    n_real = _count_real_sets(recipe.real_sets) if isinstance(recipe, LineRecipe) else 0
    lines = tuning.n_composed + tuning.n_corrections_per_epoch(n_train) + n_real * tuning.max_real
    held_out = n_held_out + tuning.n_held_out + n_real * _HELD_OUT_REAL_LINES
    return TrainingWork(n_networks * tuning.epochs, lines, held_out)


def _count_real_sets(names: tuple[str, ...]) -> int:
    folder = os.environ.get("NUMERALS_DATA")
    if not folder:
        return 0
    return sum((Path(folder) / LINE_DATA_SETS[name].path).is_file() for name in names)
