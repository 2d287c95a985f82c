"""One member of the recipe's committee."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from numerals.networks.digit_net import DigitNet
from numerals.records import Digits
from numerals.training.digit_pools import NO_DIGIT, batches, make_pools, to_tensor
from numerals.training.digit_recipes import Recipe
from numerals.training.digit_trainer import Lessons, learn_digits
from numerals.training.hardware import best_device
from numerals.training.held_out_digits import hold_out


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
    device = best_device()
    seed = recipe.random_state + 1000 * member
    torch.manual_seed(seed)
    generator = torch.Generator(device).manual_seed(seed)
    held_out = hold_out(digits, recipe.n_held_out)
    kept = Digits(digits.images[~held_out], digits.labels[~held_out])
    pools = make_pools(kept, recipe, np.random.default_rng(seed)).to(device)
    images = to_tensor(digits.images[held_out]).to(device, memory_format=torch.channels_last)
    lessons = Lessons(
        lambda epoch: batches(pools, recipe, epoch, generator),
        len(kept) // (recipe.plain + recipe.worn),
        (images, torch.from_numpy(digits.labels[held_out]).to(device)),
        generator,
    )
    return learn_digits(
        DigitNet(NO_DIGIT + 1, recipe.widths).to(device),
        lessons,
        recipe,
        folder / f"member-{member}.pt",
    )


def load_member(folder: Path, member: int, widths: tuple[int, int, int]) -> DigitNet:
    """Load the averaged network of a finished member, in evaluation mode."""
    saved = torch.load(folder / f"member-{member}.pt", weights_only=True, map_location="cpu")
    network = DigitNet(NO_DIGIT + 1, widths)
    network.load_state_dict(saved["average"]["weights"])
    return network.eval()
