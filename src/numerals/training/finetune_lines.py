"""Fine-tuning of the line model in use on corrections.

A few epochs train on augmented corrections, composed lines and real lines. The new weights are
then interpolated with those before, so that the model does not forget what it could read. The run
directory contains one checkpoint per network, so that a stopped run can be resumed.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from numerals.corrections.corrected_lines import CorrectedLine
from numerals.data.line_data_sets import LINE_DATA_SETS
from numerals.errors import DataNotFoundError, ModelError
from numerals.models import LineModel, load_line_model
from numerals.models.line_model import LINE_FORMAT
from numerals.networks.averaging import interpolate_weights
from numerals.networks.from_onnx import read_line_nets
from numerals.networks.line_net import LineNet
from numerals.networks.to_onnx import write_line_onnx
from numerals.processes import spawn_pool
from numerals.training.finetuning import (
    EpochReport,
    FinetuningSettings,
    check_enough,
    child_metadata,
    epoch_report,
    run_settings,
)
from numerals.training.hardware import describe_machine
from numerals.training.held_out_lines import LineSet, correction_samples
from numerals.training.line_augmentation import augment_line
from numerals.training.line_calibration import (
    CalibrationSet,
    fit_line_temperature,
    fit_number_calibration,
)
from numerals.training.line_pools import (
    collect_composed,
    compose_lines,
    load_real_lines,
    lower_worker_priority,
    submit_composition,
)
from numerals.training.line_recipes import LineRecipe
from numerals.training.line_samples import LineSample, as_samples, split_samples
from numerals.training.line_trainer import LineTrainer, LineTraining
from numerals.training.model_comparison import ModelComparison, compare_lines, figures_of
from numerals.training.run_directory import claim_run_directory

MAX_DOUBTFUL_LOSS = 1.0
"""Loss per character above which lines with doubtful labels are left out."""

_FIRST_EPOCH = 1000  # number of the first epoch: its composed lines differ from those of recipes


@dataclass(frozen=True, eq=False)
class _LineSources:
    """Lines of a run.

    Attributes
    ----------
    corrected : sequence of LineSample
        Corrections to train on.
    real : dict of str to list of LineSample
        Real lines to train on, by set.
    held_out : list of LineSet
    """

    corrected: Sequence[LineSample]
    real: dict[str, list[LineSample]]
    held_out: list[LineSet]

    def held_out_of(self, name: str) -> Sequence[LineSample]:
        return next(each.samples for each in self.held_out if each.name == name)


def finetune_line_model(
    recipe: LineRecipe,
    parent: Path,
    corrections: Sequence[CorrectedLine],
    folder: Path,
    out: Path,
    *,
    tuning: FinetuningSettings | None = None,
    on_epoch: Callable[[EpochReport], None] = lambda report: None,
) -> tuple[dict[str, str], ModelComparison]:
    """Fine-tune a line model, write the new model, and compare both on held-out lines.

    Parameters
    ----------
    recipe : LineRecipe
        Recipe whose data sets are used beside the corrections.
    parent : Path
        Model file to start from.
    corrections : sequence of CorrectedLine
        Of the training and the test part.
    folder : Path
        Directory of the run, with checkpoints.
    out : Path
        ONNX file to write.
    tuning : FinetuningSettings, optional
    on_epoch : callable
        Called with an `EpochReport` after each epoch.

    Returns
    -------
    metadata : dict of str to str
        Metadata of the file.
    comparison : ModelComparison
        Parent and new model on held-out corrections, composed and real lines.

    Raises
    ------
    DataError
        If there are too few corrections, or if the directory belongs to another run.
    ModelError
        If the parent has another network design or lacks characters of the recipe.
    """
    tuning = tuning or FinetuningSettings()
    model = load_line_model(parent)
    missing = set(recipe.characters) - set(model.characters)
    if missing:
        raise ModelError(
            f"{parent}: lacks characters of {recipe.name} ({''.join(sorted(missing))}); train a "
            f"model with numerals train --recipe {recipe.name}"
        )
    characters = "".join(model.characters)
    train, held_out = _split_corrections(corrections, characters)
    networks = [network for network, _ in read_line_nets(parent, dropout=recipe.dropout)]
    claim_run_directory(folder, run_settings(recipe, parent, corrections, tuning), "run.json")
    composing = replace(recipe, n_composed=tuning.n_composed)
    with spawn_pool(os.cpu_count() or 1, lower_worker_priority) as pool:
        sources = _load_sources(pool, composing, tuning, train, held_out)
        trainers = []
        for member, network in enumerate(networks):
            trainer = _make_trainer(network, characters, tuning, folder / f"line-{member}.pt")
            for loss in _train_epochs(trainer, composing, tuning, sources, pool):
                on_epoch(epoch_report(member, trainer.epochs_done, tuning, loss, trainer.seconds))
            trainers.append(trainer)
    metadata = _metadata(model, parent, recipe, tuning, len(corrections), sources, trainers)
    calibrated = _calibrate(trainers, parent, recipe, tuning, sources.held_out_of("composed"))
    return _write_and_compare(calibrated, model, sources, metadata, out)


def _split_corrections(
    corrections: Sequence[CorrectedLine], characters: str
) -> tuple[list[LineSample], list[LineSample]]:
    """Return the corrections to train on and the held-out ones, without unknown characters."""
    train, held_out = (
        correction_samples([line for line in corrections if line.split == split], characters)
        for split in ("train", "test")
    )
    n_unusable = len(corrections) - len(train) - len(held_out)
    check_enough(len(train), len(held_out), n_unusable=n_unusable)
    return train, held_out


def _load_sources(
    pool: Executor,
    recipe: LineRecipe,
    tuning: FinetuningSettings,
    train: Sequence[LineSample],
    held_out: Sequence[LineSample],
) -> _LineSources:
    composed = pool.submit(compose_lines, recipe, "validation", 0, tuning.n_held_out).result()
    sets = [LineSet("corrections", held_out), LineSet("composed", as_samples(composed))]
    real = {}
    for name in recipe.real_sets:
        try:
            samples = load_real_lines(pool, name, "train")
        except DataNotFoundError:
            continue  # optional: these sets cannot be fetched
        real[name], held_out_real = split_samples(samples, recipe.real_held_out_share)
        sets.append(LineSet(name, held_out_real))
    return _LineSources(train, real, sets)


def _make_trainer(
    network: LineNet, characters: str, tuning: FinetuningSettings, path: Path
) -> LineTrainer:
    """Return a trainer on the CPU, resumed from its checkpoint if there is one."""
    torch.manual_seed(tuning.random_state)
    settings = LineTraining(
        epochs=tuning.epochs,
        learning_rate=tuning.learning_rate,
        warmup_share=tuning.warmup_share,
        weight_decay=tuning.weight_decay,
        average_decay=tuning.average_decay,
        batch_size=tuning.batch_size,
        freezes_norms=True,
        max_doubtful_loss=lambda epoch: MAX_DOUBTFUL_LOSS,
    )
    return LineTrainer(network, characters, settings, path)


def _train_epochs(
    trainer: LineTrainer,
    recipe: LineRecipe,
    tuning: FinetuningSettings,
    sources: _LineSources,
    pool: Executor,
) -> Iterator[float]:
    """Train the remaining epochs, and yield the mean loss after each one.

    Worker processes compose the lines of the next epoch while the network is trained.
    """
    if trainer.is_done:
        return
    composed = submit_composition(pool, recipe, _FIRST_EPOCH + trainer.epochs_done)
    while not trainer.is_done:
        epoch = trainer.epochs_done
        rng = np.random.default_rng([tuning.random_state, epoch])
        samples = collect_composed(composed, tuning.max_width)
        samples += _augmented_samples(sources, tuning, rng)
        if epoch + 1 < tuning.epochs:
            composed = submit_composition(pool, recipe, _FIRST_EPOCH + epoch + 1)
        yield trainer.train_epoch(samples, rng)


def _augmented_samples(
    sources: _LineSources, tuning: FinetuningSettings, rng: np.random.Generator
) -> list[LineSample]:
    """Return augmented corrections and real lines of an epoch."""
    n = len(sources.corrected)
    order = [i for _ in range(tuning.max_repeats) for i in rng.permutation(n).tolist()]
    chosen = order[: tuning.n_corrections_per_epoch(n)]
    augmented = [augment_line(sources.corrected[i], rng) for i in chosen]
    for samples in sources.real.values():
        size = min(tuning.max_real, 2 * len(samples))
        indices = rng.integers(len(samples), size=size).tolist()
        augmented += [augment_line(samples[i], rng) for i in indices]
    return augmented


def _calibrate(
    trainers: Sequence[LineTrainer],
    parent: Path,
    recipe: LineRecipe,
    tuning: FinetuningSettings,
    composed: Sequence[LineSample],
) -> list[tuple[LineNet, float]]:
    """Interpolate the weights of parent and trained networks, and fit their temperatures."""
    calibrated = []
    before = [network for network, _ in read_line_nets(parent, dropout=recipe.dropout)]
    for trainer, old in zip(trainers, before, strict=True):
        network = interpolate_weights(old, trainer.average.network, tuning.interpolation).eval()
        temperature = fit_line_temperature(network, composed, trainer.characters)
        calibrated.append((network, temperature))
    return calibrated


def _write_and_compare(
    networks: Sequence[tuple[LineNet, float]],
    model: LineModel,
    sources: _LineSources,
    metadata: dict[str, str],
    out: Path,
) -> tuple[dict[str, str], ModelComparison]:
    """Write the new model with its calibration and figures, and compare it with the old one."""
    write_line_onnx(networks, metadata, out)
    if sources.real:  # composed lines alone do not represent the accuracy on real ones
        sets = [
            CalibrationSet(sources.held_out_of(name), LINE_DATA_SETS[name].label_error_rate)
            for name in sources.real
        ]
        sets.append(CalibrationSet(sources.held_out_of("composed")))
        uncalibrated = replace(load_line_model(out), calibration=(1.0, 0.0))
        calibration = fit_number_calibration(uncalibrated, sets)
        metadata["number_calibration"] = json.dumps([round(x, 4) for x in calibration])
    comparison = compare_lines(model, load_line_model(out), sources.held_out)
    metadata["figures"] = json.dumps(figures_of(comparison))
    write_line_onnx(networks, metadata, out)
    return metadata, comparison


def _metadata(
    model: LineModel,
    parent: Path,
    recipe: LineRecipe,
    tuning: FinetuningSettings,
    n_corrections: int,
    sources: _LineSources,
    trainers: Sequence[LineTrainer],
) -> dict[str, str]:
    n_train = len(sources.corrected)
    training = {
        "data": f"{n_train} corrected lines, {n_corrections} with those held out; "
        f"composed lines; training parts of {', '.join(sources.real) or 'nothing else'}",
        "seconds": [round(trainer.seconds) for trainer in trainers],
        "machine": describe_machine(),
        "torch": torch.__version__,
    }
    named = {"name": recipe.name, **model.metadata}
    return {
        "format": LINE_FORMAT,
        **child_metadata(parent, named, tuning, n_train, training),
        "characters": json.dumps(list(model.characters), ensure_ascii=False),
        "script": model.script,
        "number_calibration": json.dumps(model.calibration),
    }
