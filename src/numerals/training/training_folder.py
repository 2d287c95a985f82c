"""The folder of a training that runs in the background: its job, progress, log and result.

::

    training/
        job.json          what is trained, on which lines
        progress.json     how far it is
        result.json       the comparison of both models
        model.onnx        the new model
        log.txt           messages of the process
        checkpoints/      one folder for each set of lines, settings and active model
        speed.json        the training speed that was measured on this machine
        .lock             locked while a process trains

Everything but the lock and the speed is deleted with the training. Needs no PyTorch.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from numerals.files import PRIVATE_FILE, write_atomic
from numerals.private_files import locked, make_private_folder
from numerals.training.finetuning import FinetuningSettings

_MAX_JSON_BYTES = 4 << 20
_LOCK_TIMEOUT = 5.0  # seconds; a service that looks at the lock holds it for a moment


@dataclass(frozen=True)
class TrainingJob:
    """What is trained.

    Attributes
    ----------
    recipe, script, kind : str
        Recipe of the model, its script, and ``"lines"`` or ``"digits"``.
    line_ids : tuple of int
        Reviewed lines that are used, by their ids in the store. Lines that are reviewed later are
        not, so that a stopped training can be continued.
    n_held_out : int
        How many of them are held out.
    started_at : str
        ISO 8601, UTC.
    epochs, lines, n_compared : int
        `TrainingWork`: epochs of all networks, lines in an epoch, and held-out lines of all sets.
    seconds : float
        Estimated seconds of the whole training; 0 if that is not known.
    tuning : dict
        Fields of `FinetuningSettings`.
    """

    recipe: str
    script: str
    kind: str
    line_ids: tuple[int, ...]
    n_held_out: int
    started_at: str
    epochs: int
    lines: int
    n_compared: int
    seconds: float
    tuning: dict[str, Any]

    @property
    def settings(self) -> FinetuningSettings:
        """The settings of fine-tuning."""
        return FinetuningSettings(**self.tuning)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return a job from parsed JSON."""
        return cls(**{**value, "line_ids": tuple(value["line_ids"])})


@dataclass(frozen=True)
class TrainingProgress:
    """How far a training is.

    Attributes
    ----------
    stage : {"preparing", "training", "comparing", "done", "failed"}
    epochs_done : int
        Of all networks.
    epoch_seconds : float
        Mean duration of the epochs that this process has trained; 0 before the first.
    changed_at : float
        When this was written: seconds since 1970.
    error : str
        Why it failed.
    """

    stage: str = "preparing"
    epochs_done: int = 0
    epoch_seconds: float = 0.0
    changed_at: float = 0.0
    error: str = ""


@dataclass(frozen=True)
class TrainingFolder:
    """Reads and writes the files of one training.

    Attributes
    ----------
    path : Path
    """

    path: Path

    @property
    def model(self) -> Path:
        """The new model."""
        return self.path / "model.onnx"

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def log(self) -> Path:
        """Messages of the process."""
        return self.path / "log.txt"

    def make(self) -> None:
        """Create the folder with private permissions, unless it exists."""
        make_private_folder(self.path)

    def lock(self) -> Any:
        """Return a context that holds the lock; raises TimeoutError if another process does."""
        return locked(self.path / ".lock", _LOCK_TIMEOUT)

    def is_locked(self) -> bool:
        """Return whether a process trains."""
        if not (self.path / ".lock").exists():
            return False
        try:
            with locked(self.path / ".lock", 0):
                return False
        except TimeoutError:
            return True

    def clear(self) -> None:
        """Delete the training, except for the lock and the measured speed."""
        for name in ("job.json", "progress.json", "result.json", "model.onnx", "log.txt"):
            (self.path / name).unlink(missing_ok=True)
        shutil.rmtree(self.checkpoints, ignore_errors=True)

    def read_job(self) -> TrainingJob | None:
        """Return the job; None if there is none, or its file is damaged."""
        value = self._read("job.json")
        try:
            return None if value is None else TrainingJob.from_json(value)
        except (TypeError, KeyError):
            return None

    def write_job(self, job: TrainingJob) -> None:
        """Write the job."""
        self._write("job.json", asdict(job))

    def read_progress(self) -> TrainingProgress:
        """Return the progress; that of the start if there is none, or its file is damaged."""
        value = self._read("progress.json") or {}
        names = {each.name for each in fields(TrainingProgress)}
        return TrainingProgress(**{key: each for key, each in value.items() if key in names})

    def write_progress(self, progress: TrainingProgress) -> None:
        """Write the progress."""
        self._write("progress.json", asdict(progress))

    def read_result(self) -> dict[str, Any] | None:
        """Return the result, as `training_result.to_dict` made it; None if there is none."""
        return self._read("result.json") if self.model.is_file() else None

    def write_result(self, result: Mapping[str, Any]) -> None:
        """Write the result."""
        self._write("result.json", result)

    def read_speed(self) -> dict[str, Any]:
        """Return the speed that was measured last; empty if none was."""
        return self._read("speed.json") or {}

    def write_speed(self, speed: Mapping[str, Any]) -> None:
        """Write a measured speed."""
        self._write("speed.json", speed)

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self.path / name
        try:
            if path.stat().st_size > _MAX_JSON_BYTES:
                return None
            value = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    def _write(self, name: str, value: Mapping[str, Any]) -> None:
        write_atomic(self.path / name, json.dumps(value, ensure_ascii=False), PRIVATE_FILE)
