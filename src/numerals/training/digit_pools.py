"""What a digit recipe trains on: a data set, and what it composes because the set lacks it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from numerals.networks.augment import Warp, warp, wear
from numerals.records import Digits
from numerals.synthesis.digit_negatives import make_european, make_negatives
from numerals.synthesis.font_glyphs import load_font_glyphs
from numerals.training.digit_recipes import Recipe

NO_DIGIT = 10
"""Index of the class that stands for everything that is not a digit."""


@dataclass(frozen=True, eq=False)
class Pools:
    """The images that batches are drawn from, float in [0, 1], with their labels."""

    digits: tuple[torch.Tensor, torch.Tensor]
    drawn: tuple[torch.Tensor, torch.Tensor]
    negatives: tuple[torch.Tensor, torch.Tensor]

    def to(self, device: torch.device) -> "Pools":
        """Return the same on another device."""
        pools = (self.digits, self.drawn, self.negatives)
        return Pools(*((images.to(device), labels.to(device)) for images, labels in pools))


def to_tensor(images: npt.NDArray[np.uint8]) -> torch.Tensor:
    """Return uint8 images, shape (n, 28, 28), as float in [0, 1], shape (n, 1, 28, 28)."""
    return torch.from_numpy(images[:, None].astype(np.float32) / 255)


def make_pools(digits: Digits, recipe: Recipe, rng: np.random.Generator) -> Pools:
    """Compose what the data set lacks, and bring all to tensors."""
    latin = recipe.script == "latin"
    drawn, drawn_labels = _draw_latin(digits, rng) if latin else (digits.images, digits.labels)
    negatives = make_negatives(digits.images, digits.labels, recipe.n_negatives, rng, latin=latin)
    return Pools(
        (to_tensor(digits.images), torch.from_numpy(digits.labels)),
        (to_tensor(drawn), torch.from_numpy(drawn_labels)),
        (to_tensor(negatives), torch.full((len(negatives),), NO_DIGIT)),
    )


def _draw_latin(
    digits: Digits, rng: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return digits of fonts, and ones and sevens as Europeans write them."""
    glyphs, characters = load_font_glyphs()
    fonts = glyphs[:, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    font_labels = np.tile(np.arange(10), len(glyphs))
    written = fonts.any(axis=(1, 2))
    european, values = make_european(digits.images, digits.labels, 3000, rng)
    drawn = np.concatenate([np.repeat(fonts[written], 4, axis=0), european])
    return drawn, np.concatenate([np.repeat(font_labels[written], 4), values])


def _take(
    pool: tuple[torch.Tensor, torch.Tensor], n: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    chosen = torch.randint(len(pool[1]), (n,), generator=generator, device=generator.device)
    return pool[0][chosen], pool[1][chosen]


def batches(
    pools: Pools, recipe: Recipe, epoch: int, generator: torch.Generator
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield one epoch: each image of the data set once, mixed with what the other pools hold."""
    images, labels = pools.digits
    order = torch.randperm(len(labels), generator=generator, device=generator.device)
    share = recipe.plain + recipe.worn
    cycle, epoch = recipe.cycle(epoch)
    usual = Warp(stretch=recipe.stretch).weakened(cycle.strength(epoch))
    wide = Warp(rotation=18, scale=0.18, stretch=max(0.18, recipe.stretch), shear=0.3, elastic=1.2)
    for start in range(0, len(order) - share + 1, share):
        chosen = order[start : start + share]
        plain, worn = chosen[: recipe.plain], chosen[recipe.plain :]
        drawn, drawn_labels = _take(pools.drawn, recipe.drawn, generator)
        negatives, no_digit = _take(pools.negatives, recipe.negatives, generator)
        rough = torch.cat([images[worn], drawn, negatives])
        yield (
            torch.cat(
                [
                    warp(images[plain], usual, generator),
                    wear(warp(rough, wide, generator), generator),
                ]
            ),
            torch.cat([labels[chosen], drawn_labels, no_digit]),
        )
