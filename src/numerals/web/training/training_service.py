"""Start, stop and continue the one training of a service, in a process of its own."""

import logging
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from datetime import UTC, datetime

from numerals.corrections.corrected_lines import load_lines
from numerals.errors import DataError, TrainingStateError, UnknownNameError
from numerals.private_files import open_private_file
from numerals.store import Store
from numerals.store.batch_files import data_folder
from numerals.training.finetuning import FinetuningSettings
from numerals.training.training_folder import TrainingFolder, TrainingJob
from numerals.web.settings import Settings
from numerals.web.training.trainable_scripts import TrainableScript, list_trainable_scripts

_LOG = logging.getLogger("numerals.web")
_STOP_TIMEOUT = 5.0  # seconds to wait for the process after it was killed
RUNNING, STOPPED, FAILED, DONE = "running", "stopped", "failed", "done"


class TrainingService:
    """The training of one service. Threads may share it.

    Parameters
    ----------
    store : Store
        With the reviewed lines.
    folder : TrainingFolder
    tuning : FinetuningSettings

    Attributes
    ----------
    store, folder, tuning
        The parameters.
    """

    def __init__(self, store: Store, folder: TrainingFolder, tuning: FinetuningSettings) -> None:
        self.store, self.folder, self.tuning = store, folder, tuning
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopping = False  # whether the service ended the process
        self._lock = threading.Lock()

    def scripts(self) -> list[TrainableScript]:
        """Return the scripts that can be trained."""
        return list_trainable_scripts(self.store)

    def state(self) -> str | None:
        """Return "running", "stopped", "failed" or "done"; None without a training."""
        if self.folder.read_job() is None:
            return None
        if self._is_running():
            return RUNNING
        stage = self.folder.read_progress().stage
        if stage == DONE:
            return DONE if self.folder.read_result() else STOPPED
        return FAILED if stage == FAILED or self._has_crashed() else STOPPED

    def error(self) -> str:
        """Return why the training failed; empty if it did not."""
        error = self.folder.read_progress().error
        if not error and self._has_crashed():
            return (
                "the process that trains ended unexpectedly; the memory may have been too small. "
                f"See {self.folder.log}"
            )
        return error

    def start(self, script: str) -> None:
        """Start a new training, in place of an earlier one.

        Raises
        ------
        UnknownNameError
            If the script has no reviewed lines.
        DataError
            If something is missing.
        TrainingStateError
            If a training is running.
        """
        scripts = {each.script: each for each in self.scripts()}
        if script not in scripts:
            raise UnknownNameError("script", script, scripts)
        obstacles = scripts[script].find_obstacles()
        if obstacles:
            first = obstacles[0]
            raise DataError(first.message + (f": {first.command}" if first.command else ""))
        with self._lock:
            self._check_idle()
            job = self._make_job(scripts[script])
            self.folder.make()
            self.folder.clear()
            self.folder.write_job(job)
            self._spawn()

    def resume(self) -> None:
        """Continue a training that was stopped or failed, from its last checkpoint.

        Raises
        ------
        TrainingStateError
            If there is none.
        """
        with self._lock:
            self._check_idle()
            if self.state() not in (STOPPED, FAILED):
                raise TrainingStateError("there is no stopped training; start a new one")
            self._spawn()

    def cancel(self) -> None:
        """Stop the training; it can be continued.

        Raises
        ------
        TrainingStateError
            If none is running, or another service runs it.
        """
        with self._lock:
            if not self._is_running():
                raise TrainingStateError("no training is running")
            if self._process is None or self._process.poll() is not None:
                raise TrainingStateError("another service runs this training; stop it there")
            self._kill()

    def discard(self) -> None:
        """Delete the training with its checkpoints and its new model.

        Raises
        ------
        TrainingStateError
            If it is running.
        """
        with self._lock:
            self._check_idle()
            self.folder.clear()
            self._close_pipe()
            self._process = None

    def stop(self) -> None:
        """Stop the training because the service ends."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._kill()
            self._close_pipe()

    def _make_job(self, trainable: TrainableScript) -> TrainingJob:
        lines = load_lines(self.store, trainable.script)
        work = trainable.work(self.tuning)
        return TrainingJob(
            recipe=trainable.recipe.name,
            script=trainable.script,
            kind=trainable.kind,
            line_ids=tuple(line.id for line in lines),
            n_held_out=sum(line.split == "test" for line in lines),
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            epochs=work.epochs,
            lines=work.lines,
            n_compared=work.held_out,
            seconds=trainable.seconds(self.tuning, self.folder.read_speed()),
            tuning=asdict(self.tuning),
        )

    def _spawn(self) -> None:
        """Start the process. It ends when the pipe to its standard input is closed."""
        self._close_pipe()
        self.folder.log.unlink(missing_ok=True)
        url = self.store.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "numerals.training.background_training"]
        with open_private_file(self.folder.log) as log:
            self._process = subprocess.Popen(
                [*command, str(self.folder.path)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=os.environ | {"NUMERALS_STORE": url},
                start_new_session=True,  # Ctrl-C is for the service, which stops this process
            )
        self._is_stopping = False
        _LOG.info("training started, process %d", self._process.pid)

    def _kill(self) -> None:
        assert self._process is not None
        self._is_stopping = True
        self._process.kill()
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            _LOG.warning("the training process %d does not end", self._process.pid)
        self._close_pipe()

    def _close_pipe(self) -> None:
        if self._process is not None and self._process.stdin:
            self._process.stdin.close()

    def _is_running(self) -> bool:
        if self._process is not None and self._process.poll() is None:
            return True
        return self.folder.is_locked()

    def _has_crashed(self) -> bool:
        code = None if self._process is None else self._process.poll()
        return bool(code) and not self._is_stopping

    def _check_idle(self) -> None:
        if self._is_running():
            raise TrainingStateError("a training is running; cancel it first, or wait for its end")


def open_training(store: Store, settings: Settings) -> TrainingService:
    """Return the training of a store; nothing is started."""
    folder = TrainingFolder(data_folder(store.engine.url) / "training")
    return TrainingService(store, folder, settings.finetuning)
