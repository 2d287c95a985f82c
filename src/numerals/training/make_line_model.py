"""The recipe of line models: train on composed and real lines, calibrate, write the model file.

The run directory contains one checkpoint per network, so that a stopped run can be resumed.
"""

import json
import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from numerals import __version__
from numerals.data.line_data_sets import LINE_DATA_SETS, load_line_texts
from numerals.models.line_model import LINE_FORMAT, load_line_model
from numerals.networks.line_net import LineNet
from numerals.networks.to_onnx import write_line_onnx
from numerals.processes import spawn_pool
from numerals.training.hardware import best_device, describe_machine
from numerals.training.held_out_lines import are_read_correctly
from numerals.training.line_calibration import (
    CalibrationSet,
    fit_line_temperature,
    fit_number_calibration,
)
from numerals.training.line_epochs import LineEpochs
from numerals.training.line_initialization import load_second_network, make_initial_network
from numerals.training.line_pools import compose_lines, load_real_lines, lower_worker_priority
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample, as_samples, split_samples
from numerals.training.line_trainer import LineTrainer, LineTraining
from numerals.training.line_validation import validation_figures
from numerals.training.page_strips import strips_of_pages
from numerals.training.run_directory import claim_run_directory

N_VALIDATION = 2000
"""Composed validation lines, of held-out writers and fonts."""

NOISY_LABEL_WARMUP_EPOCHS = 3
"""Epochs that train on all doubtful labels; later ones leave out those with a high loss."""

LineReport = dict[str, Any]
"""Progress of an epoch: ``network``, ``epoch``, ``loss``, ``seconds``, `validation_figures`."""


def max_doubtful_loss(epoch: int) -> float:
    """Return the loss per character above which doubtful labels are left out of an epoch."""
    if epoch < NOISY_LABEL_WARMUP_EPOCHS:
        return math.inf
    return max(1.0, 2.5 - 0.08 * epoch)


def make_line_model(
    recipe: LineRecipe,
    folder: Path,
    out: Path,
    *,
    on_epoch: Callable[[LineReport], None] = lambda report: None,
) -> dict[str, str]:
    """Train, calibrate and write a line model; resume a run that was stopped.

    Networks are trained one after the other, on a GPU if there is one.

    Parameters
    ----------
    recipe : LineRecipe
    folder : Path
        Directory of the run, with checkpoints and a log.
    out : Path
        ONNX file to write.
    on_epoch : callable
        Called with a `LineReport` after each epoch.

    Returns
    -------
    dict of str to str
        Metadata of the file.

    Raises
    ------
    DataError
        If the directory belongs to a run with other settings.
    TrainingError
        If the loss is not finite.
    """
    claim_run_directory(folder, asdict(recipe), "recipe.json")
    with spawn_pool(os.cpu_count() or 1, lower_worker_priority) as pool:
        sets = _load_sets(pool, recipe, folder)
        trainers = [
            _train_network(recipe, member, sets, folder, pool, on_epoch)
            for member in range(recipe.members)
        ]
    networks = [trainer.average.network.cpu().eval() for trainer in trainers]
    metadata = _metadata(recipe, [round(trainer.seconds) for trainer in trainers])
    return _write_model(networks, recipe, sets, metadata, out)


@dataclass(frozen=True, eq=False)
class _LineSets:
    """Lines that are loaded before training.

    Attributes
    ----------
    real : sequence of sequences of LineSample
        Real lines to train on.
    held_out : dict of str to sequence of LineSample
        Lines for calibration, by real set.
    validation : dict of str to sequence of LineSample
        Lines for evaluation, by set.
    """

    real: Sequence[Sequence[LineSample]]
    held_out: dict[str, Sequence[LineSample]]
    validation: dict[str, Sequence[LineSample]]


def _load_sets(pool: Executor, recipe: LineRecipe, folder: Path) -> _LineSets:
    composed = pool.submit(compose_lines, recipe, "validation", 0, N_VALIDATION)
    parts = {
        name: split_samples(load_real_lines(pool, name, "train"), recipe.real_held_out_share)
        for name in recipe.real_sets
    }
    validation = {
        name: load_real_lines(pool, name, "validation")
        for name in recipe.real_sets
        if any(load_line_texts(name, "validation"))
    }
    real = [train for train, _ in parts.values()]
    if recipe.n_pages:
        strips = strips_of_pages(pool, recipe, folder / "strips")
        real.append([*strips.real, *strips.composed])
        validation["pages"] = strips.held_out
    return _LineSets(
        real,
        {name: held_out for name, (_, held_out) in parts.items()},
        {"composed": as_samples(composed.result()), **validation},
    )


def _train_network(
    recipe: LineRecipe,
    member: int,
    sets: _LineSets,
    folder: Path,
    pool: Executor,
    on_epoch: Callable[[LineReport], None],
) -> LineTrainer:
    """Train one network, or resume from its checkpoint."""
    recipe = replace(recipe, random_state=recipe.random_state + member)
    torch.manual_seed(recipe.random_state)
    trainer = LineTrainer(
        make_initial_network(recipe).to(best_device()),
        recipe.characters,
        LineTraining(
            epochs=recipe.epochs,
            learning_rate=recipe.learning_rate,
            warmup_share=recipe.warmup_share,
            weight_decay=recipe.weight_decay,
            average_decay=recipe.average_decay,
            batch_size=recipe.batch_size,
            freezes_norms=bool(recipe.initial_script),
            max_doubtful_loss=max_doubtful_loss,
        ),
        folder / f"line-{member}.pt",
    )
    epochs = LineEpochs(pool, recipe, sets.real, trainer.epochs_done)
    while not trainer.is_done:
        rng = np.random.default_rng([recipe.random_state, trainer.epochs_done])
        loss = trainer.train_epoch(epochs.take(), rng)
        network = trainer.average.network.eval()
        report: LineReport = {
            "network": trainer.path.stem,
            "epoch": trainer.epochs_done,
            "loss": round(loss, 4),
            **validation_figures(network, sets.validation, recipe.characters),
            "seconds": round(trainer.seconds),
        }
        with (folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(report) + "\n")
        on_epoch(report)
    return trainer


def _write_model(
    networks: Sequence[LineNet],
    recipe: LineRecipe,
    sets: _LineSets,
    metadata: dict[str, str],
    out: Path,
) -> dict[str, str]:
    """Calibrate the networks, write the file, and return its metadata."""
    composed = sets.validation["composed"]
    calibrated = [
        (network, fit_line_temperature(network, composed, recipe.characters))
        for network in networks
    ]
    if len(calibrated) == 1 and (second := load_second_network(recipe)) is not None:
        network, temperature, characters = second
        calibrated.append((network, temperature))
        metadata["second_characters"] = json.dumps(characters, ensure_ascii=False)
    write_line_onnx(calibrated, metadata, out, weight_bits=recipe.weight_bits)
    model = load_line_model(out)
    real = [
        CalibrationSet(samples, LINE_DATA_SETS[name].label_error_rate)
        for name, samples in sets.held_out.items()
    ]
    calibration = fit_number_calibration(model, [*real, CalibrationSet(composed)])
    metadata["number_calibration"] = json.dumps([round(x, 4) for x in calibration])
    exact = {
        f"{name}_exact": round(100 * float(are_read_correctly(model, samples).mean()), 2)
        for name, samples in sets.validation.items()
    }
    metadata["figures"] = json.dumps(exact)
    write_line_onnx(calibrated, metadata, out, weight_bits=recipe.weight_bits)
    return metadata


def _metadata(recipe: LineRecipe, seconds: Sequence[int]) -> dict[str, str]:
    return {
        "format": LINE_FORMAT,
        "name": recipe.name,
        "version": __version__,
        "characters": json.dumps(list(recipe.characters), ensure_ascii=False),
        "script": recipe.script,
        "preprocessing": "strips of numerals.ink.line_image: 40 pixels high, digits about 26",
        "training": json.dumps(
            {
                "data": f"{recipe.data} train less what is held out, composed; "
                f"training parts of {', '.join(recipe.real_sets) or 'nothing else'}",
                "recipe": asdict(recipe),
                "seconds": list(seconds),
                "machine": describe_machine(),
                "torch": torch.__version__,
            }
        ),
    }
