"""Fine-tuning on corrections: settings, the identity of a run, and the minimum of corrections."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerals import __version__
from numerals.corrections.corrected_lines import CorrectedLine
from numerals.errors import DataError
from numerals.files import file_sha256

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MIN_CORRECTIONS = 20
"""Minimum number of corrected lines or digits: fewer are too few to train on or to evaluate."""

EpochReport = dict[str, Any]
"""Progress of an epoch: see `epoch_report`."""


@dataclass(frozen=True)
class FinetuningSettings:
    """Settings of fine-tuning.

    Attributes
    ----------
    epochs : int
    n_composed : int
        Composed lines per epoch; a digit model uses four times as many digits of the data set.
    correction_share : float
        Corrections per epoch, as a share of `n_composed`.
    max_repeats : int
        Maximum number of times that an epoch contains the same correction.
    max_real : int
        Maximum number of lines per epoch of each set of real lines.
    n_held_out : int
        Composed lines for calibration and comparison.
    batch_size : int
        Lines in a batch.
    learning_rate : float
        Peak learning rate.
    warmup_share : float in [0, 1)
        Share of the steps in which the learning rate rises.
    weight_decay, average_decay : float
        Of AdamW, and of the moving average of the weights.
    interpolation : float in [0, 1]
        Position of a line model's new weights between the parent's (0) and the trained ones (1).
    max_width : int, pixels
        Wider composed lines are left out.
    random_state : int
    """

    epochs: int = 6
    n_composed: int = 3000
    correction_share: float = 0.3
    max_repeats: int = 20
    max_real: int = 1000
    n_held_out: int = 2000
    batch_size: int = 64
    learning_rate: float = 5e-4
    warmup_share: float = 0.15
    weight_decay: float = 0.02
    average_decay: float = 0.99
    interpolation: float = 0.5
    max_width: int = 800
    random_state: int = 0

    def n_corrections_per_epoch(self, n_corrections: int) -> int:
        """Return the number of corrections in an epoch, repeated ones included."""
        return min(self.max_repeats * n_corrections, round(self.correction_share * self.n_composed))


def epoch_report(
    member: int, epochs_done: int, tuning: FinetuningSettings, loss: float, seconds: float
) -> EpochReport:
    """Return the progress of a network after an epoch.

    Returns
    -------
    dict
        ``member``, ``epoch``, ``epochs``, ``loss`` and ``seconds``.
    """
    return {
        "member": member,
        "epoch": epochs_done,
        "epochs": tuning.epochs,
        "loss": round(loss, 4),
        "seconds": round(seconds),
    }


def check_enough(
    n_train: int, n_held_out: int, kind: str = "lines", *, n_unusable: int = 0
) -> None:
    """Check that there are enough corrections to train on and to evaluate.

    Parameters
    ----------
    n_train, n_held_out : int
        Corrections of each part.
    kind : {"lines", "digits"}, default="lines"
        Kind of the corrections, for the error message.
    n_unusable : int, default=0
        Number of further corrections with characters that the model does not have.

    Raises
    ------
    DataError
        If there are fewer than `MIN_CORRECTIONS`, or if one part is empty.
    """
    count = n_train + n_held_out
    if count < MIN_CORRECTIONS:
        others = f" ({n_unusable} more have characters that the model lacks)" if n_unusable else ""
        raise DataError(
            f"{count} corrected {kind}{others}, expected at least {MIN_CORRECTIONS}: correct or "
            f"confirm {MIN_CORRECTIONS - count} more (numerals read --store scans/, then numerals "
            "serve)"
        )
    if not n_train or not n_held_out:
        missing = "held-out fifth" if n_train else "training part"
        raise DataError(
            f"none of the {count} corrected {kind} is in the {missing}: correct some of other "
            "files or pages"
        )


def run_settings(
    recipe: "DataclassInstance",
    parent: Path,
    corrections: Sequence[CorrectedLine],
    tuning: FinetuningSettings,
) -> dict[str, Any]:
    """Return the identity of a fine-tuning run: parent model, settings and corrections."""
    texts = json.dumps([[line.id, line.text] for line in corrections], ensure_ascii=False)
    return {
        "model in use": file_sha256(parent),
        "recipe": asdict(recipe),
        "tuning": asdict(tuning),
        "corrections": hashlib.sha256(texts.encode()).hexdigest(),
    }


def run_digest(
    recipe: "DataclassInstance",
    parent: Path,
    corrections: Sequence[CorrectedLine],
    tuning: FinetuningSettings,
) -> str:
    """Return a checksum, hexadecimal, of `run_settings`: a name for the run's directory."""
    settings = run_settings(recipe, parent, corrections, tuning)
    return hashlib.sha256(json.dumps(settings, ensure_ascii=False).encode()).hexdigest()


def child_metadata(
    parent: Path,
    parent_metadata: Mapping[str, str],
    tuning: FinetuningSettings,
    n_corrections: int,
    training: Mapping[str, Any],
) -> dict[str, str]:
    """Return the metadata that digit and line models share after fine-tuning.

    Parameters
    ----------
    parent : Path
        Model file that was fine-tuned.
    parent_metadata : mapping of str to str
        Its metadata, with at least a name.
    tuning : FinetuningSettings
    n_corrections : int
        Corrections of the training part.
    training : mapping of str to object
        Further entries of ``training``, such as ``data`` and ``seconds``.
    """
    before = json.loads(parent_metadata.get("training", "{}"))
    name = parent_metadata["name"]
    return {
        "name": f"{name.split('+')[0]}+{n_corrections}",
        "version": __version__,
        "preprocessing": parent_metadata.get("preprocessing", ""),
        "training": json.dumps(
            {
                "corrections": n_corrections,
                "parent": {
                    "name": name,
                    "sha256": file_sha256(parent),
                    "data": before.get("data", ""),
                },
                "recipe": before.get("recipe", {}),
                "tuning": asdict(tuning),
                **training,
            }
        ),
    }
