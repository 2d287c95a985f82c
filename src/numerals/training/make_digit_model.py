"""The recipe of digit models: train an ensemble, calibrate it and write the model file.

The networks are trained with different seeds, in parallel processes, on a GPU if there is one. The
model averages their probabilities of ten digits and "no digit". The run directory contains one
checkpoint a network, so that a stopped run can be resumed.
"""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, wait
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from numerals import __version__
from numerals.models import DIGIT_FORMAT
from numerals.networks.to_onnx import write_digit_onnx
from numerals.processes import spawn_pool
from numerals.records import Digits
from numerals.synthesis.digit_proportions import proportions_of
from numerals.training.digit_calibration import ensemble_accuracy, fit_digit_temperature
from numerals.training.digit_members import load_member, train_member
from numerals.training.digit_recipes import DigitRecipe
from numerals.training.hardware import describe_machine
from numerals.training.held_out_digits import hold_out, load_training_digits
from numerals.training.run_directory import claim_run_directory

DigitReport = dict[str, Any]
"""Progress of an epoch: ``network``, ``epoch``, ``loss``, ``held_out_accuracy``, ``seconds``."""


def make_digit_model(
    recipe: DigitRecipe,
    folder: Path,
    out: Path,
    *,
    n_jobs: int | None = None,
    on_epoch: Callable[[DigitReport], None] = lambda report: None,
) -> dict[str, str]:
    """Train, calibrate and write a digit model; resume a run that was stopped.

    Parameters
    ----------
    recipe : DigitRecipe
        Settings; `DIGIT_RECIPES` contains those of the shipped models.
    folder : Path
        Directory of the run, with checkpoints and a log.
    out : Path
        ONNX file to write.
    n_jobs : int, optional
        Number of networks that are trained in parallel; by default the number of CPU cores.
    on_epoch : callable
        Called with a `DigitReport` after each epoch of a network.

    Returns
    -------
    dict of str to str
        Metadata of the file.

    Raises
    ------
    DataError
        If the directory belongs to a run with other settings.
    """
    digits = load_training_digits(recipe.data)
    results = train_members(digits, recipe, folder, n_jobs=n_jobs, on_epoch=on_epoch)
    networks = [load_member(folder, member, recipe.widths) for member in range(recipe.members)]
    validation = digits[hold_out(digits, recipe.n_held_out)]
    temperature = fit_digit_temperature(networks, validation)
    accuracy = ensemble_accuracy(networks, validation)
    seconds = [round(result["seconds"]) for result in results]
    metadata = _metadata(recipe, digits.classes, seconds, temperature, accuracy, len(validation))
    write_digit_onnx(networks, temperature, metadata, out, weight_bits=recipe.weight_bits)
    return metadata


def train_members(
    digits: Digits,
    recipe: DigitRecipe,
    folder: Path,
    *,
    n_jobs: int | None = None,
    on_epoch: Callable[[DigitReport], None] = lambda report: None,
) -> list[dict[str, Any]]:
    """Train all networks of an ensemble in parallel processes; see `train_member`.

    Raises
    ------
    DataError
        If the directory belongs to a run with other settings.
    """
    claim_run_directory(folder, asdict(recipe), "recipe.json")
    cores = os.cpu_count() or 1
    jobs = min(n_jobs or cores, recipe.members)
    n_threads = max(1, cores // jobs)
    log = folder / "log.jsonl"
    n_reported = len(_complete_lines(log))
    # Checkpoints are written atomically, so processes may be terminated at any time.
    with spawn_pool(jobs) as pool:
        futures = [
            pool.submit(train_member, digits, recipe, member, folder, n_threads)
            for member in range(recipe.members)
        ]
        pending = set(futures)
        while pending:
            _, pending = wait(pending, timeout=1, return_when=FIRST_EXCEPTION)
            for line in _complete_lines(log)[n_reported:]:
                on_epoch(json.loads(line))
                n_reported += 1
        return [future.result() for future in futures]


def _complete_lines(log: Path) -> list[str]:
    return [s for s in log.read_text().split("\n")[:-1] if s] if log.exists() else []


def _metadata(
    recipe: DigitRecipe,
    classes: tuple[str, ...],
    seconds: Sequence[int],
    temperature: float,
    accuracy: float,
    n_held_out: int,
) -> dict[str, str]:
    fonts = "; OFL fonts" if recipe.script == "latin" else ""
    width_factor = proportions_of(recipe.data).width_factor
    return {
        "format": DIGIT_FORMAT,
        "name": recipe.name,
        "version": __version__,
        "classes": json.dumps(classes, ensure_ascii=False),
        "script": recipe.script,
        "preprocessing": "ink bright, scaled into 20x20, mass centered in 28x28 (numerals.ink)",
        **({"across": str(width_factor)} if width_factor > 1 else {}),
        "temperature": f"{temperature:.4f}",
        "training": json.dumps(
            {
                "data": f"{recipe.data} train less {n_held_out} held out{fonts}; composed",
                "recipe": asdict(recipe),
                "seconds": list(seconds),
                "machine": describe_machine(),
                "torch": torch.__version__,
            }
        ),
        "figures": json.dumps({"held_out_accuracy": round(accuracy, 5)}),
    }
