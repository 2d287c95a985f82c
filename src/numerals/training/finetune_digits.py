"""Corrections -> a better digit model: the one in use, trained a little further.

Each member of its committee sees the corrected digits among those of the recipe's data set. A run
folder holds a checkpoint a member: a run that was stopped goes on where it was.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from numerals import __version__
from numerals.corrections.corrected_lines import CorrectedLine
from numerals.corrections.correction_digits import digits_of_lines
from numerals.errors import ModelError
from numerals.models import FORMAT, DigitModel, load_model
from numerals.networks.augment import Warp, warp, wear
from numerals.networks.averaging import MovingAverage
from numerals.networks.digit_net import DigitNet
from numerals.networks.from_onnx import freeze_norms, read_digit_nets
from numerals.networks.graph import write_onnx
from numerals.records import Digits
from numerals.training.checkpoint import save_checkpoint
from numerals.training.digit_pools import NO_DIGIT, Pools, batches, make_pools, to_tensor
from numerals.training.digit_recipes import Recipe
from numerals.training.finetuning import Tuning, check_enough, claim, digest, file_sha256
from numerals.training.hardware import describe_machine
from numerals.training.held_out_digits import hold_out, load_training_digits
from numerals.training.make_digit_model import fit_temperature
from numerals.training.model_comparison import (
    Comparison,
    compare_digits,
    figures_of,
    held_out_digits,
)

_CORRECTED = 48  # of each batch
_N_NEGATIVES = 6000  # pictures of no digit that are composed
_LIMITS = Warp()

Report = dict[str, Any]
"""What an epoch tells: ``member``, ``epoch``, ``epochs``, ``loss``, ``seconds``."""


def correct_digit_model(
    recipe: Recipe,
    parent: Path,
    corrections: Sequence[CorrectedLine],
    folder: Path,
    out: Path,
    *,
    tuning: Tuning | None = None,
    on_epoch: Callable[[Report], None] = lambda report: None,
) -> tuple[dict[str, str], Comparison]:
    """Train a digit model further, write the new one, and compare the two on held-out digits.

    Parameters and what is returned are as of
    `numerals.training.finetune_lines.correct_line_model`.
    """
    tuning = tuning or Tuning()
    model = load_model(parent)
    train, held_out = (
        digits_of_lines([line for line in corrections if line.split == split], recipe.script)
        for split in ("train", "test")
    )
    check_enough(len(train), len(held_out), "digits")
    networks, _ = read_digit_nets(parent)
    if networks[0].classify.out_features != NO_DIGIT + 1 or model.classes != train.classes:
        raise ModelError(f"{parent}: tells other classes apart than {recipe.name}; train that anew")
    claim(folder, run_of(recipe, parent, corrections, tuning))
    digits = load_training_digits(recipe.data)
    rng = np.random.default_rng(tuning.random_state)
    pools = make_pools(
        _chosen(digits, ~hold_out(digits, recipe.n_held_out)),
        replace(recipe, n_negatives=min(_N_NEGATIVES, recipe.n_negatives)),
        rng,
    )
    started = time.perf_counter()
    further = [
        _train(network, pools, train, recipe, tuning, member, folder, on_epoch)
        for member, network in enumerate(networks)
    ]
    validation = held_out_digits(digits, recipe.n_held_out)
    temperature = fit_temperature(further, validation)
    seconds = round(time.perf_counter() - started)
    metadata = _metadata(model, parent, recipe, tuning, len(train), temperature, seconds)
    write_onnx(further, temperature, metadata, out, weight_bits=recipe.weight_bits)
    comparison = compare_digits(model, load_model(out), [held_out, validation])
    metadata["figures"] = json.dumps(figures_of(comparison))
    write_onnx(further, temperature, metadata, out, weight_bits=recipe.weight_bits)
    return metadata, comparison


def run_of(
    recipe: Recipe, parent: Path, corrections: Sequence[CorrectedLine], tuning: Tuning
) -> str:
    """Return what tells a run from others: model, settings, corrections."""
    return digest(parent, {**asdict(recipe), **asdict(tuning)}, corrections)


def _train(
    network: DigitNet,
    pools: Pools,
    corrected: Digits,
    recipe: Recipe,
    tuning: Tuning,
    member: int,
    folder: Path,
    on_epoch: Callable[[Report], None],
) -> DigitNet:
    """Train one member; go on where its checkpoint says."""
    seed = tuning.random_state + 1000 * member
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(
        network.parameters(), tuning.learning_rate, weight_decay=tuning.weight_decay
    )
    average = MovingAverage(network, tuning.average_decay)
    path = folder / f"member-{member}.pt"
    parts: dict[str, Any] = {"network": network, "optimizer": optimizer, "average": average}
    done, started = 0, time.perf_counter()
    if path.exists():
        state = torch.load(path, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        generator.set_state(state["generator"])
        torch.set_rng_state(state["dropout_generator"])
        done = state["done"]
    images, labels = to_tensor(corrected.images), torch.from_numpy(corrected.labels)
    for epoch in range(done, tuning.epochs):
        freeze_norms(network.train())
        total, steps = 0.0, 0
        some = _some(pools, 4 * tuning.composed, generator)
        n_steps = len(some.digits[1]) // (recipe.plain + recipe.worn)
        for batch, answers in batches(some, recipe, recipe.epochs - 1, generator):
            rate = tuning.rate((epoch + steps / max(n_steps, 1)) / tuning.epochs)
            for group in optimizer.param_groups:
                group["lr"] = rate
            chosen = torch.randint(len(labels), (_CORRECTED,), generator=generator)
            own = wear(warp(images[chosen], _LIMITS, generator), generator)
            logits = network(torch.cat([batch, own]).to(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits, torch.cat([answers, labels[chosen]]))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            average.update(network)
            total, steps = total + loss.item(), steps + 1
        state = {name: part.state_dict() for name, part in parts.items()}
        state |= {"generator": generator.get_state(), "dropout_generator": torch.get_rng_state()}
        save_checkpoint(state | {"done": epoch + 1}, path)
        report = {"member": member, "epoch": epoch + 1, "epochs": tuning.epochs}
        seconds = round(time.perf_counter() - started)
        on_epoch(report | {"loss": round(total / max(steps, 1), 4), "seconds": seconds})
    return average.network.eval()


def _some(pools: Pools, count: int, generator: torch.Generator) -> Pools:
    """Return pools of which the data set's part is smaller, for one epoch."""
    images, labels = pools.digits
    chosen = torch.randperm(len(labels), generator=generator)[:count]
    return replace(pools, digits=(images[chosen], labels[chosen]))


def _chosen(digits: Digits, chosen: "np.ndarray[Any, np.dtype[np.bool_]]") -> Digits:
    return replace(digits, images=digits.images[chosen], labels=digits.labels[chosen], writers=None)


def _metadata(
    model: DigitModel,
    parent: Path,
    recipe: Recipe,
    tuning: Tuning,
    n_corrected: int,
    temperature: float,
    seconds: int,
) -> dict[str, str]:
    before = json.loads(model.metadata.get("training", "{}"))
    name = model.metadata.get("name", recipe.name)
    return {
        "format": FORMAT,
        "name": f"{name.split('+')[0]}+{n_corrected}",
        "version": __version__,
        "classes": json.dumps(model.classes, ensure_ascii=False),
        "script": model.script,
        "preprocessing": model.metadata.get("preprocessing", ""),
        "temperature": f"{temperature:.4f}",
        "training": json.dumps(
            {
                "data": f"{n_corrected} digits of corrected lines; {recipe.data} train",
                "corrections": n_corrected,
                "parent": {
                    "name": name,
                    "sha256": file_sha256(parent),
                    "data": before.get("data", ""),
                },
                "recipe": before.get("recipe", {}),
                "tuning": asdict(tuning),
                "seconds": seconds,
                "machine": describe_machine(),
                "torch": torch.__version__,
            }
        ),
    }
