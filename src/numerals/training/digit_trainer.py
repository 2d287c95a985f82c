"""How a network learns digits: cycles of the learning rate, averaged weights, checkpoints.

A run that was stopped goes on after its last whole epoch.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from numerals.networks.averaging import MovingAverage
from numerals.training.checkpoint import save_checkpoint
from numerals.training.digit_pools import NO_DIGIT
from numerals.training.digit_recipes import Cycle, Recipe

Batches = Iterator[tuple[torch.Tensor, torch.Tensor]]
"""Images and their labels."""


@dataclass(frozen=True, eq=False)
class Lessons:
    """What a network learns from, and what it is measured by.

    Attributes
    ----------
    batches : callable
        Number of an epoch -> its batches.
    n_batches : int
        How many batches an epoch has.
    validation : tuple of torch.Tensor
        Images and labels that nothing learns from.
    generator : torch.Generator
        What `batches` draws from; its state goes into the checkpoint.
    """

    batches: Callable[[int], Batches]
    n_batches: int
    validation: tuple[torch.Tensor, torch.Tensor]
    generator: torch.Generator


@torch.no_grad()
def predict_logits(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Run the network in evaluation mode, 1000 images at a time."""
    network.eval()
    return torch.cat([network(part) for part in torch.split(images, 1000)])


def learn_digits(
    network: nn.Module,
    lessons: Lessons,
    recipe: Recipe,
    path: Path,
) -> dict[str, Any]:
    """Train a network, or go on with it; write its weights to a checkpoint.

    Parameters
    ----------
    network : nn.Module
        On the device on which it learns.
    lessons : Lessons
    recipe : Recipe
    path : Path
        The checkpoint, whose stem names the network; ``log.jsonl`` beside it gets a line an epoch.

    Returns
    -------
    dict
        ``seconds`` of training, ``accuracy`` on what was held out.
    """
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    device = next(network.parameters()).device
    average = MovingAverage(network, recipe.ema_decay)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.cycles[0].learning_rate, weight_decay=recipe.weight_decay
    )
    saved = torch.load(path, weights_only=True, map_location=device) if path.exists() else None
    done = saved["done"] if saved else 0
    schedule = _schedule(optimizer, recipe.cycle(max(done - 1, 0))[0], lessons.n_batches)
    parts: dict[str, Any] = {
        "network": network,
        "average": average,
        "optimizer": optimizer,
        "schedule": schedule,
    }
    seconds, accuracy = 0.0, 0.0
    if saved:
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        lessons.generator.set_state(saved["generator"].cpu())
        torch.set_rng_state(saved["dropout_generator"].cpu())
        seconds, accuracy = saved["seconds"], saved["accuracy"]

    images, answers = lessons.validation
    parent = parent_process()
    for epoch in range(done, recipe.epochs):
        if parent is not None and not parent.is_alive():
            raise SystemExit  # the run was killed; its networks must not go on alone
        started = time.perf_counter()
        cycle, epoch_of_cycle = recipe.cycle(epoch)
        if epoch_of_cycle == 0:
            parts["schedule"] = schedule = _schedule(optimizer, cycle, lessons.n_batches)
        network.train()
        total = torch.zeros((), device=device)
        for batch, labels in lessons.batches(epoch):
            with torch.autocast(device.type, dtype=torch.bfloat16):
                logits = network(batch.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=cycle.label_smoothing)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            average.update(network)
            total += loss.detach()
        logits = predict_logits(average.network, images)
        accuracy = (logits[:, :NO_DIGIT].argmax(1) == answers).float().mean().item()
        seconds += time.perf_counter() - started
        state = {name: part.state_dict() for name, part in parts.items()}
        state |= {"generator": lessons.generator.get_state(), "done": epoch + 1}
        state |= {"dropout_generator": torch.get_rng_state()}
        state |= {"seconds": seconds, "accuracy": accuracy}
        save_checkpoint(state, path)
        report = {"network": path.stem, "epoch": epoch + 1}
        report |= {"loss": round(total.item() / lessons.n_batches, 4)}
        report |= {"held_out_accuracy": round(accuracy, 5), "seconds": round(seconds)}
        with (path.parent / "log.jsonl").open("a") as log:
            log.write(json.dumps(report) + "\n")
    return {"seconds": seconds, "accuracy": accuracy}


def _schedule(
    optimizer: torch.optim.Optimizer, cycle: Cycle, steps: int
) -> torch.optim.lr_scheduler.OneCycleLR:
    """Return a cycle's schedule, at its beginning."""
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        cycle.learning_rate,
        total_steps=steps * cycle.epochs + 1,
        pct_start=cycle.rise,
    )
