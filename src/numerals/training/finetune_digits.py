"""Fine-tuning of the digit model in use on corrections.

Each network of the ensemble is trained on corrected digits among those of the recipe's data set.
The run directory contains one checkpoint per network, so that a stopped run can be resumed.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from numerals.corrections.corrected_lines import CorrectedLine
from numerals.corrections.correction_digits import extract_digits_with_origins
from numerals.errors import ModelError
from numerals.models import DIGIT_FORMAT, DigitModel, load_model
from numerals.networks.augment import Warp, degrade, warp
from numerals.networks.digit_net import DigitNet
from numerals.networks.from_onnx import read_digit_nets
from numerals.networks.to_onnx import write_digit_onnx
from numerals.records import Digits
from numerals.training.digit_calibration import fit_digit_temperature
from numerals.training.digit_pools import (
    NO_DIGIT,
    DigitBatch,
    DigitPools,
    digit_batches,
    make_pools,
    to_tensor,
)
from numerals.training.digit_recipes import Cycle, DigitRecipe
from numerals.training.digit_trainer import DigitTrainer
from numerals.training.finetuning import (
    EpochReport,
    FinetuningSettings,
    check_enough,
    child_metadata,
    epoch_report,
    run_settings,
)
from numerals.training.hardware import describe_machine
from numerals.training.held_out_digits import hold_out, load_training_digits
from numerals.training.model_comparison import ModelComparison, compare_digits, figures_of
from numerals.training.run_directory import claim_run_directory

BATCH_CORRECTIONS = 48
"""Corrected digits that are added to each batch."""

MAX_NEGATIVES = 6000
"""Maximum number of images without a digit that are composed."""

_DIGITS_PER_LINE = 4  # digits of the data set for each line of `FinetuningSettings.n_composed`


def finetune_digit_model(
    recipe: DigitRecipe,
    parent: Path,
    corrections: Sequence[CorrectedLine],
    folder: Path,
    out: Path,
    *,
    tuning: FinetuningSettings | None = None,
    on_epoch: Callable[[EpochReport], None] = lambda report: None,
) -> tuple[dict[str, str], ModelComparison]:
    """Fine-tune a digit model, write the new model, and compare both on held-out digits.

    Parameters, results and errors are those of
    `numerals.training.finetune_lines.finetune_line_model`.
    """
    tuning = tuning or FinetuningSettings()
    model = load_model(parent)
    (train, _), (held_out, origins) = (
        extract_digits_with_origins(
            [line for line in corrections if line.split == split], recipe.script
        )
        for split in ("train", "test")
    )
    check_enough(len(train), len(held_out), "digits")
    networks, _ = read_digit_nets(parent)
    if networks[0].classify.out_features != NO_DIGIT + 1 or model.classes != train.classes:
        raise ModelError(
            f"{parent}: has classes {', '.join(model.classes)}, expected those of {recipe.name}; "
            f"train a model with numerals train --recipe {recipe.name}"
        )
    claim_run_directory(folder, run_settings(recipe, parent, corrections, tuning), "run.json")
    digits = load_training_digits(recipe.data)
    mask = hold_out(digits, recipe.n_held_out)
    pools = make_pools(
        digits[~mask],
        replace(recipe, n_negatives=min(MAX_NEGATIVES, recipe.n_negatives)),
        np.random.default_rng(tuning.random_state),
    )
    trainers = [
        _train(network, pools, train, recipe, tuning, member, folder, on_epoch)
        for member, network in enumerate(networks)
    ]
    finetuned = [trainer.average.network.eval() for trainer in trainers]
    validation = digits[mask]
    temperature = fit_digit_temperature(finetuned, validation)
    seconds = round(sum(trainer.seconds for trainer in trainers))
    metadata = _metadata(model, parent, recipe, tuning, len(train), temperature, seconds)
    write_digit_onnx(finetuned, temperature, metadata, out, weight_bits=recipe.weight_bits)
    comparison = compare_digits(
        model, load_model(out), [held_out, validation], {held_out.name: origins}
    )
    metadata["figures"] = json.dumps(figures_of(comparison))
    write_digit_onnx(finetuned, temperature, metadata, out, weight_bits=recipe.weight_bits)
    return metadata, comparison


def _train(
    network: DigitNet,
    pools: DigitPools,
    corrected: Digits,
    recipe: DigitRecipe,
    tuning: FinetuningSettings,
    member: int,
    folder: Path,
    on_epoch: Callable[[EpochReport], None],
) -> DigitTrainer:
    """Fine-tune one network, or resume from its checkpoint."""
    seed = tuning.random_state + 1000 * member
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    trainer = DigitTrainer(
        network,
        folder / f"member-{member}.pt",
        generator,
        weight_decay=tuning.weight_decay,
        average_decay=tuning.average_decay,
        is_finetuning=True,
    )
    cycle = Cycle(tuning.epochs, tuning.learning_rate, tuning.warmup_share)
    corrections = to_tensor(corrected.images), torch.from_numpy(corrected.labels)
    while trainer.epochs_done < tuning.epochs:
        subset = _subset(pools, _DIGITS_PER_LINE * tuning.n_composed, generator)
        n_batches = len(subset.digits[1]) // recipe.batch_data_set
        batches = _add_corrections(
            digit_batches(subset, recipe, recipe.epochs - 1, generator), corrections, generator
        )
        loss = trainer.train_epoch(batches, n_batches, cycle, trainer.epochs_done)
        on_epoch(epoch_report(member, trainer.epochs_done, tuning, loss, trainer.seconds))
    return trainer


def _add_corrections(
    batches: Iterator[DigitBatch], corrections: DigitBatch, generator: torch.Generator
) -> Iterator[DigitBatch]:
    """Yield the batches with `BATCH_CORRECTIONS` corrected digits each, warped and degraded."""
    images, labels = corrections
    for batch, answers in batches:
        chosen = torch.randint(len(labels), (BATCH_CORRECTIONS,), generator=generator)
        augmented = degrade(warp(images[chosen], Warp(), generator), generator)
        yield torch.cat([batch, augmented]), torch.cat([answers, labels[chosen]])


def _subset(pools: DigitPools, n_digits: int, generator: torch.Generator) -> DigitPools:
    """Return the pools with `n_digits` random digits of the data set."""
    images, labels = pools.digits
    chosen = torch.randperm(len(labels), generator=generator)[:n_digits]
    return replace(pools, digits=(images[chosen], labels[chosen]))


def _metadata(
    model: DigitModel,
    parent: Path,
    recipe: DigitRecipe,
    tuning: FinetuningSettings,
    n_corrections: int,
    temperature: float,
    seconds: int,
) -> dict[str, str]:
    training = {
        "data": f"{n_corrections} digits of corrected lines; {recipe.data} train",
        "seconds": seconds,
        "machine": describe_machine(),
        "torch": torch.__version__,
    }
    named = {"name": recipe.name, **model.metadata}
    return {
        "format": DIGIT_FORMAT,
        **child_metadata(parent, named, tuning, n_corrections, training),
        "classes": json.dumps(model.classes, ensure_ascii=False),
        "script": model.script,
        "temperature": f"{temperature:.4f}",
    }
