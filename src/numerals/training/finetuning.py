"""Training a model a little further on corrections: settings, and what must be so before."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numerals.corrections.corrected_lines import CorrectedLine
from numerals.errors import DataError

MIN_CORRECTIONS = 20
"""Fewer lines teach a model nothing, and tell nothing of it."""


@dataclass(frozen=True)
class Tuning:
    """What a run can change."""

    epochs: int = 6
    composed: int = 3000  # lines an epoch; or digits of the data set
    share: float = 0.3  # corrections, as a share of these
    most_repeats: int = 20  # how often a correction may come in an epoch
    real: int = 1000  # lines an epoch of each set of real ones, at most
    n_held_out: int = 2000  # composed lines to measure by
    batch: int = 64
    learning_rate: float = 5e-4  # the peak
    rise: float = 0.15  # share of the steps
    weight_decay: float = 0.02
    average_decay: float = 0.99
    step: float = 0.5  # of lines: how far to go from the weights before to those that were learned
    widest: int = 800  # pixels; longer composed lines are left out
    random_state: int = 0

    def repeats(self, n_corrections: int) -> int:
        """Return how many corrections, some of them again, an epoch has."""
        return min(self.most_repeats * n_corrections, round(self.share * self.composed))

    def rate(self, done: float) -> float:
        """Return the learning rate: it rises to its peak and falls to nothing; `done` in [0, 1)."""
        if done < self.rise:
            return self.learning_rate * (0.04 + 0.96 * done / self.rise)
        left = (done - self.rise) / (1 - self.rise)
        return self.learning_rate * (1 + math.cos(math.pi * left)) / 2


def check_enough(n_train: int, n_held_out: int, what: str = "lines", *, n_strange: int = 0) -> None:
    """Raise DataError unless there are enough corrections to learn from, and to measure by.

    Parameters
    ----------
    n_train, n_held_out : int
        Corrections of each part.
    what : str, default="lines"
    n_strange : int, default=0
        How many others there are, with characters that the model does not know.
    """
    count = n_train + n_held_out
    if count < MIN_CORRECTIONS:
        others = f" ({n_strange} more have characters that the model lacks)" if n_strange else ""
        raise DataError(
            f"{count} corrected {what}{others}, and {MIN_CORRECTIONS} are needed: correct or "
            f"confirm {MIN_CORRECTIONS - count} more (numerals read --store scans/, then numerals "
            "serve)"
        )
    if not n_train or not n_held_out:
        missing = "held-out fifth" if n_train else "part to learn from"
        raise DataError(
            f"none of the {count} corrected {what} falls into the {missing}: correct some of other "
            "files or pages"
        )


def file_sha256(path: Path) -> str:
    """Return the checksum of a model file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest(parent: Path, settings: Mapping[str, Any], lines: Sequence[CorrectedLine]) -> str:
    """Return what tells a run from others: its parent, its settings and the corrections."""
    told = [file_sha256(parent), dict(settings), [[line.id, line.text] for line in lines]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def claim(folder: Path, run: str) -> None:
    """Make a run's folder; refuse to go on with another run.

    Raises
    ------
    DataError
        If the folder has another run's checkpoint, or cannot be made.
    """
    path = folder / "run.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and json.loads(path.read_text()).get("run") != run:
            raise DataError(
                f"{folder}: a run with other corrections, settings or another model in use; name "
                "another folder, or remove this one"
            )
        path.write_text(json.dumps({"run": run}))
    except (OSError, AttributeError, json.JSONDecodeError) as error:
        raise DataError(f"{path}: cannot be used ({error}); name another folder") from error
