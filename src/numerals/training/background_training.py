"""The process that trains in the background: ``python -m`` this module and a `TrainingFolder`.

The service starts it. It ends when its standard input is closed, that is when the service ends,
however that ends. The checkpoints stay, and another process continues.
"""

import os
import sys
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from numerals.corrections.corrected_lines import CorrectedLine, load_corrections
from numerals.errors import DataError, NumeralsError
from numerals.files import file_sha256
from numerals.models.available_models import active_model_path
from numerals.training.finetuning import EpochReport, FinetuningSettings
from numerals.training.training_estimate import TrainingSpeed, TrainingWork
from numerals.training.training_folder import TrainingFolder, TrainingJob
from numerals.training.training_result import comparison_to_dict

_NICENESS = 10  # reading comes first


def main() -> None:
    """Train in the folder that the first argument names."""
    Thread(target=_end_with_service, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    folder = TrainingFolder(Path(sys.argv[1]))
    with folder.lock():
        train_in_folder(folder)


def train_in_folder(folder: TrainingFolder) -> None:
    """Train, and write the progress, the new model and the result. Errors become progress, too."""
    recorder = ProgressRecorder(folder)
    try:
        job = folder.read_job()
        if job is None:
            raise DataError(f"{folder.path}: has no job; start the training again")
        _train(folder, job, recorder)
    except NumeralsError as error:
        recorder.fail(str(error))
    except Exception as error:
        traceback.print_exc()
        recorder.fail(f"the training failed ({type(error).__name__}: {error}); see {folder.log}")


class ProgressRecorder:
    """Writes the progress of a training at each stage and epoch.

    Parameters
    ----------
    folder : TrainingFolder
    """

    def __init__(self, folder: TrainingFolder) -> None:
        self._folder = folder
        self._started_at = self._stage_at = time.time()
        self._n_trained = 0
        self.progress = replace(folder.read_progress(), error="")
        self._write(stage="preparing")

    @property
    def seconds(self) -> float:
        """Seconds since the start of this process's work."""
        return time.time() - self._started_at

    @property
    def n_trained(self) -> int:
        """Epochs that this process has trained."""
        return self._n_trained

    def on_epoch(self, report: EpochReport, n_epochs: int) -> None:
        """Record an epoch; the last of `n_epochs` is followed by the comparison."""
        self._n_trained += 1
        now = time.time()
        if self._n_trained == 1:  # `seconds` of the report includes those before a restart
            self._stage_at = now - self._first_epoch_seconds(report)
        done = report["member"] * report["epochs"] + report["epoch"]
        self._write(
            stage="comparing" if done >= n_epochs else "training",
            epochs_done=done,
            epoch_seconds=(now - self._stage_at) / self._n_trained,
        )

    def finish(self) -> None:
        """Record that the training is done."""
        self._write(stage="done")

    def fail(self, error: str) -> None:
        """Record why the training failed."""
        self._write(stage="failed", error=error)

    def _first_epoch_seconds(self, report: EpochReport) -> float:
        seconds: float = report["seconds"] / max(report["epoch"], 1)
        return min(seconds, self.seconds)

    def _write(self, **changed: Any) -> None:
        self.progress = replace(self.progress, **changed, changed_at=time.time())
        self._folder.write_progress(self.progress)


def _train(folder: TrainingFolder, job: TrainingJob, recorder: ProgressRecorder) -> None:
    from numerals.training.finetune_active import finetune_active_model

    parent = active_model_path(job.script, job.kind)
    parent_sha256 = None if parent is None else file_sha256(parent)
    comparison = finetune_active_model(
        job.recipe,
        folder.model,
        folder.checkpoints,
        corrections=lines_of_job(job),
        tuning=FinetuningSettings(**job.tuning),
        on_epoch=lambda report: recorder.on_epoch(report, job.epochs),
    )
    sha256 = file_sha256(folder.model)
    folder.write_result(
        {
            "model": f"{job.recipe}-{sha256[:12]}",
            "sha256": sha256,
            "parent_sha256": parent_sha256,
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **comparison_to_dict(comparison),
        }
    )
    if recorder.n_trained == job.epochs:
        _remember_speed(folder, job, recorder)
    recorder.finish()


def lines_of_job(job: TrainingJob) -> list[CorrectedLine]:
    """Return the reviewed lines of a job that are still in the store, as answered now."""
    wanted = set(job.line_ids)
    return [line for line in load_corrections(job.script) if line.id in wanted]


def _remember_speed(folder: TrainingFolder, job: TrainingJob, recorder: ProgressRecorder) -> None:
    """Record the speed of this machine, for the next estimate."""
    work = TrainingWork(job.epochs, job.lines, job.n_compared)
    speed: TrainingSpeed = work.speed(recorder.progress.epoch_seconds, recorder.seconds)
    measured = {"trained": speed.trained, "held_out": speed.held_out}
    folder.write_speed({**folder.read_speed(), job.kind: measured})


def _end_with_service() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
