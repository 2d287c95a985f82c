"""The state of the training as JSON: what can be trained, how far it is, and its result."""

import time
from typing import Any

from numerals.corrections.correction_digits import DigitOrigin, load_digit
from numerals.errors import ModelError
from numerals.files import file_sha256
from numerals.models.activated_models import activated_kinds, activated_model_path
from numerals.models.available_models import active_model_path
from numerals.picture_encoding import data_url
from numerals.training.finetuning import MIN_CORRECTIONS
from numerals.training.training_estimate import TrainingSpeed, TrainingWork
from numerals.training.training_folder import TrainingJob, TrainingProgress
from numerals.web.training.trainable_scripts import TrainableScript
from numerals.web.training.training_service import DONE, FAILED, RUNNING, TrainingService

_PREPARATION_SHARE = 0.3  # of the time that is not spent on epochs; the rest is the comparison


def describe_training(service: TrainingService) -> dict[str, Any]:
    """Return everything that the page shows about training."""
    scripts = service.scripts()
    return {
        "min_reviewed": MIN_CORRECTIONS,
        "scripts": [_describe_script(service, each) for each in scripts],
        "training": _describe_run(service, scripts),
        "activated": _list_activated(scripts),
    }


def _describe_script(service: TrainingService, trainable: TrainableScript) -> dict[str, Any]:
    obstacles = trainable.find_obstacles()
    speeds = service.folder.read_speed()
    return {
        "script": trainable.script,
        "recipe": trainable.recipe.name,
        "kind": trainable.kind,
        "reviewed": trainable.n_reviewed,
        "held_out": trainable.n_held_out,
        "seconds": round(trainable.seconds(service.tuning, speeds)) or None,
        "obstacles": [
            {"code": each.code, "message": each.message, "command": each.command or None}
            for each in obstacles
        ],
    }


def _describe_run(
    service: TrainingService, scripts: list[TrainableScript]
) -> dict[str, Any] | None:
    job, state = service.folder.read_job(), service.state()
    if job is None or state is None:
        return None
    progress = service.folder.read_progress()
    reviewed = {each.script: each.n_reviewed for each in scripts}
    total, left = estimate_seconds(job, progress, is_running=state == RUNNING)
    return {
        "state": state,
        "recipe": job.recipe,
        "script": job.script,
        "kind": job.kind,
        "started_at": job.started_at,
        "reviewed": len(job.line_ids),
        "held_out": job.n_held_out,
        "new_lines": max(0, reviewed.get(job.script, 0) - len(job.line_ids)),
        "stage": progress.stage if state == RUNNING else None,
        "epochs": job.epochs,
        "epochs_done": progress.epochs_done,
        "progress": round(min(1 - left / total, 0.99), 3) if total else None,
        "seconds_left": round(left) if total else None,
        "error": service.error() if state == FAILED else None,
        "result": _describe_result(service, job) if state == DONE else None,
    }


def estimate_seconds(
    job: TrainingJob, progress: TrainingProgress, *, is_running: bool
) -> tuple[float, float]:
    """Return the estimated seconds of a whole training, and those left; 0, 0 if unknown.

    The estimate of the job holds until the first epoch is done, then the measured epochs.
    """
    work = TrainingWork(job.epochs, job.lines, job.n_compared)
    rest = work.held_out * TrainingSpeed().held_out
    epoch = (job.seconds - rest) / max(job.epochs, 1)
    if epoch <= 0:
        epoch = job.seconds / max(job.epochs, 1) / 2
    if progress.epoch_seconds:
        rest *= progress.epoch_seconds / epoch if epoch else 1.0
        epoch = progress.epoch_seconds
    if not epoch:
        return 0.0, 0.0
    preparation, comparison = _PREPARATION_SHARE * rest, (1 - _PREPARATION_SHARE) * rest
    elapsed = max(0.0, time.time() - progress.changed_at) if is_running else 0.0
    total = preparation + job.epochs * epoch + comparison
    epochs = (job.epochs - progress.epochs_done) * epoch
    if is_running and progress.stage == "comparing":
        return total, max(comparison - elapsed, 0.05 * comparison)
    if is_running and progress.stage == "training":
        return total, epochs - min(elapsed, 0.95 * epoch) + comparison
    preparing = max(preparation - elapsed, 0.1 * preparation)
    return total, preparing + epochs + comparison


def _describe_result(service: TrainingService, job: TrainingJob) -> dict[str, Any] | None:
    result = service.folder.read_result()
    if result is None:
        return None
    current = active_model_path(job.script, job.kind)
    sha256 = None if current is None else file_sha256(current)
    examples = [_describe_example(service, job.script, each) for each in result["examples"]]
    hidden = ("sha256", "parent_sha256")
    return {
        **{key: value for key, value in result.items() if key not in hidden},
        "examples": examples,
        "is_active": sha256 == result["sha256"],
        "is_comparison_current": sha256 in (result["parent_sha256"], result["sha256"]),
    }


def _describe_example(
    service: TrainingService, script: str, example: dict[str, Any]
) -> dict[str, Any]:
    """Return an example with its ``picture``, or with the address of the ``crop`` of its line.

    Both are null for a digit of a reviewed line that is not stored any more.
    """
    line_id, position = example["line_id"], example["position"]
    described = {key: example[key] for key in example if key not in ("line_id", "position")}
    if line_id is None:
        return {**described, "crop": None}
    if position is None:
        return {**described, "crop": f"/v1/review/{line_id}/crop"}
    image = load_digit(service.store, script, DigitOrigin(line_id, position))
    picture = None if image is None else data_url(255 - image)
    return {**described, "crop": None, "picture": picture}


def _list_activated(scripts: list[TrainableScript]) -> list[dict[str, str]]:
    """Return the activated models of the scripts, which can be rolled back."""
    activated = []
    for script in [each.script for each in scripts]:
        for kind in activated_kinds(script):
            try:
                path = activated_model_path(script, kind)
            except ModelError:  # its file is missing; rolling back repairs that
                path = None
            name = path.stem if path else ""
            activated.append({"script": script, "kind": kind, "model": name})
    return activated
