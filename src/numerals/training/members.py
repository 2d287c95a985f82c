"""One member of the recipe's committee: trained, averaged, checkpointed after every epoch."""

import json
import time
from collections.abc import Callable
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel

from numerals.networks.digit_net import DigitNet
from numerals.records import Digits
from numerals.training.held_out_digits import hold_out
from numerals.training.pools import NO_DIGIT, batches, make_pools, to_tensor
from numerals.training.recipes import Cycle, Recipe


@torch.no_grad()
def predict_logits(network: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Run the network in evaluation mode, 1000 images at a time."""
    network.eval()
    return torch.cat([network(part) for part in torch.split(images, 1000)])


def train_member(
    digits: Digits, recipe: Recipe, member: int, folder: Path, n_threads: int
) -> dict[str, Any]:
    """Train one network, or go on with it; write its weights to ``member-N.pt``.

    Returns
    -------
    dict
        ``seconds`` of training, ``accuracy`` on what was held out.
    """
    torch.set_num_threads(n_threads)
    seed = recipe.random_state + 1000 * member
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    held_out = hold_out(digits, recipe.n_held_out)
    kept = Digits(digits.images[~held_out], digits.labels[~held_out])
    pools = make_pools(kept, recipe, np.random.default_rng(seed))
    validation = to_tensor(digits.images[held_out]).to(memory_format=torch.channels_last)
    answers = torch.from_numpy(digits.labels[held_out])

    network = DigitNet(11, recipe.widths).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    averaged = AveragedModel(network, avg_fn=_moving_average(recipe.ema_decay), use_buffers=True)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.cycles[0].learning_rate, weight_decay=recipe.weight_decay
    )
    steps = len(kept) // (recipe.plain + recipe.worn)
    path = folder / f"member-{member}.pt"
    saved = torch.load(path, weights_only=True) if path.exists() else None
    done = saved["done"] if saved else 0
    schedule = _schedule(optimizer, recipe.cycle(max(done - 1, 0))[0], steps)
    parts = {
        "network": network,
        "averaged": averaged,
        "optimizer": optimizer,
        "schedule": schedule,
    }
    seconds, accuracy = 0.0, 0.0
    if saved:
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        generator.set_state(saved["generator"])
        torch.set_rng_state(saved["dropout_generator"])
        seconds, accuracy = saved["seconds"], saved["accuracy"]

    parent = parent_process()
    for epoch in range(done, recipe.epochs):
        if parent is not None and not parent.is_alive():
            raise SystemExit  # the run was killed; its members must not go on alone
        started = time.perf_counter()
        cycle, epoch_of_cycle = recipe.cycle(epoch)
        if epoch_of_cycle == 0:
            parts["schedule"] = schedule = _schedule(optimizer, cycle, steps)
        network.train()
        total = 0.0
        for images, labels in batches(pools, recipe, epoch, generator):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = network(images.to(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=cycle.label_smoothing)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            averaged.update_parameters(network)
            total += loss.item()
        logits = predict_logits(averaged.module, validation)
        accuracy = (logits[:, :NO_DIGIT].argmax(1) == answers).float().mean().item()
        seconds += time.perf_counter() - started
        state = {name: part.state_dict() for name, part in parts.items()}
        state |= {"generator": generator.get_state(), "done": epoch + 1}
        state |= {"dropout_generator": torch.get_rng_state()}
        state |= {"seconds": seconds, "accuracy": accuracy}
        _save(state, path)
        report = {"member": member, "epoch": epoch + 1, "loss": round(total / steps, 4)}
        report |= {"held_out_accuracy": round(accuracy, 5), "seconds": round(seconds)}
        with (folder / "log.jsonl").open("a") as log:
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


def _moving_average(decay: float) -> Callable[..., torch.Tensor]:
    """Average exponentially, over fewer steps while there have been few."""

    def update(average: torch.Tensor, current: torch.Tensor, count: torch.Tensor) -> torch.Tensor:
        if not average.is_floating_point():
            return current
        n = int(count)
        return average.lerp(current, 1 - min(decay, (1 + n) / (10 + n)))

    return update


def _save(state: dict[str, Any], path: Path) -> None:
    """Write whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def load_member(folder: Path, member: int, widths: tuple[int, int, int]) -> DigitNet:
    """Load the averaged network of a finished member, in evaluation mode."""
    saved = torch.load(folder / f"member-{member}.pt", weights_only=True)
    averaged = AveragedModel(DigitNet(NO_DIGIT + 1, widths), use_buffers=True)
    averaged.load_state_dict(saved["averaged"])
    network = averaged.module
    assert isinstance(network, DigitNet)
    return network.eval()
