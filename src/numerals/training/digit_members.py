"""Training of one member of a digit model's ensemble, in a process of its own."""

import json
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import numpy as np
import torch

from numerals.networks.digit_net import DigitNet
from numerals.networks.inference import predict_logits
from numerals.records import Digits
from numerals.training.digit_pools import (
    NO_DIGIT,
    DigitBatch,
    digit_batches,
    make_pools,
    to_tensor,
)
from numerals.training.digit_recipes import DigitRecipe
from numerals.training.digit_trainer import DigitTrainer
from numerals.training.hardware import best_device
from numerals.training.held_out_digits import hold_out


def train_member(
    digits: Digits, recipe: DigitRecipe, member: int, folder: Path, n_threads: int
) -> dict[str, Any]:
    """Train one network, or resume its training from ``member-N.pt``.

    Appends a line to ``log.jsonl`` after every epoch.

    Parameters
    ----------
    digits : Digits
        The training part of the data set, including the images to hold out.
    recipe : DigitRecipe
    member : int
        Number of the network, from 0.
    folder : Path
        Directory of the run.
    n_threads : int
        Threads of PyTorch.

    Returns
    -------
    dict
        ``seconds`` of training, and ``accuracy`` in [0, 1] on the held-out images.
    """
    torch.set_num_threads(n_threads)
    device = best_device()
    seed = recipe.random_state + 1000 * member
    torch.manual_seed(seed)
    generator = torch.Generator(device).manual_seed(seed)
    held_out = hold_out(digits, recipe.n_held_out)
    train = digits[~held_out]
    pools = make_pools(train, recipe, np.random.default_rng(seed)).to(device)
    images = to_tensor(digits.images[held_out]).to(device, memory_format=torch.channels_last)
    validation = images, torch.from_numpy(digits.labels[held_out]).to(device)
    trainer = DigitTrainer(
        DigitNet(NO_DIGIT + 1, recipe.widths).to(device),
        folder / f"member-{member}.pt",
        generator,
        weight_decay=recipe.weight_decay,
        average_decay=recipe.ema_decay,
    )
    n_batches = len(train) // recipe.batch_data_set
    while trainer.epochs_done < recipe.epochs:
        _end_without_parent()
        epoch = trainer.epochs_done
        batches = digit_batches(pools, recipe, epoch, generator)
        loss = trainer.train_epoch(batches, n_batches, *recipe.cycle(epoch))
        report = {
            "network": f"member-{member}",
            "epoch": epoch + 1,
            "loss": round(loss, 4),
            "held_out_accuracy": round(_accuracy(trainer.average.network, validation), 5),
            "seconds": round(trainer.seconds),
        }
        with (folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(report) + "\n")
    return {"seconds": trainer.seconds, "accuracy": _accuracy(trainer.average.network, validation)}


def load_member(folder: Path, member: int, widths: tuple[int, int, int]) -> DigitNet:
    """Load the averaged network of a finished member, in evaluation mode."""
    saved = torch.load(folder / f"member-{member}.pt", weights_only=True, map_location="cpu")
    network = DigitNet(NO_DIGIT + 1, widths)
    network.load_state_dict(saved["average"]["weights"])
    return network.eval()


def _end_without_parent() -> None:
    """End this process if its parent was killed."""
    parent = parent_process()
    if parent is not None and not parent.is_alive():
        raise SystemExit


def _accuracy(network: DigitNet, validation: DigitBatch) -> float:
    """Return the share of images that are classified correctly among the ten digits."""
    images, labels = validation
    predicted = predict_logits(network, images)[:, :NO_DIGIT].argmax(1)
    return (predicted == labels).float().mean().item()
