"""Training images of a digit recipe: a data set, synthetic digits and negatives, in batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from numerals.networks.augment import Warp, degrade, warp
from numerals.records import Digits
from numerals.synthesis.digit_negatives import make_european_digits, make_negatives
from numerals.synthesis.font_glyphs import load_font_glyphs
from numerals.training.digit_recipes import DigitRecipe

NO_DIGIT = 10
"""Index of the class of all images that do not show a digit."""

N_EUROPEAN = 3000
"""European ones and sevens that are composed for a Latin recipe."""

FONT_REPEATS = 4
"""Copies of each font glyph among the synthetic digits."""

DigitBatch = tuple[torch.Tensor, torch.Tensor]
"""Images, float32 of shape (n, 1, 28, 28), and labels, int64 of shape (n,)."""


@dataclass(frozen=True, eq=False)
class DigitPools:
    """Images, float32 in [0, 1], and labels from which batches are sampled.

    Attributes
    ----------
    digits : DigitBatch
        The data set.
    synthetic : DigitBatch
        Font glyphs and European digits; the data set itself if the script is not Latin.
    negatives : DigitBatch
        Images without a digit.
    """

    digits: DigitBatch
    synthetic: DigitBatch
    negatives: DigitBatch

    def to(self, device: torch.device) -> "DigitPools":
        """Return the pools with all tensors on a device."""
        pools = (self.digits, self.synthetic, self.negatives)
        return DigitPools(*((images.to(device), labels.to(device)) for images, labels in pools))


def to_tensor(images: npt.NDArray[np.uint8]) -> torch.Tensor:
    """Convert uint8 images, shape (n, 28, 28), to float32 in [0, 1], shape (n, 1, 28, 28)."""
    return torch.from_numpy(images[:, None].astype(np.float32) / 255)


def make_pools(digits: Digits, recipe: DigitRecipe, rng: np.random.Generator) -> DigitPools:
    """Compose synthetic digits and negatives, and convert all images to tensors."""
    is_latin = recipe.script == "latin"
    synthetic, labels = _make_latin(digits, rng) if is_latin else (digits.images, digits.labels)
    negatives = make_negatives(
        digits.images, digits.labels, recipe.n_negatives, rng, latin=is_latin
    )
    return DigitPools(
        (to_tensor(digits.images), torch.from_numpy(digits.labels)),
        (to_tensor(synthetic), torch.from_numpy(labels)),
        (to_tensor(negatives), torch.full((len(negatives),), NO_DIGIT)),
    )


def _make_latin(
    digits: Digits, rng: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return font glyphs and European ones and sevens, with their labels."""
    glyphs, characters = load_font_glyphs()
    fonts = glyphs[:, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    font_labels = np.tile(np.arange(10), len(glyphs))
    has_ink = fonts.any(axis=(1, 2))
    european, european_labels = make_european_digits(digits.images, digits.labels, N_EUROPEAN, rng)
    images = np.concatenate([np.repeat(fonts[has_ink], FONT_REPEATS, axis=0), european])
    labels = np.repeat(font_labels[has_ink], FONT_REPEATS)
    return images, np.concatenate([labels, european_labels])


def digit_batches(
    pools: DigitPools, recipe: DigitRecipe, epoch: int, generator: torch.Generator
) -> Iterator[DigitBatch]:
    """Yield the batches of one epoch.

    An epoch contains each image of the data set once, except an incomplete last batch. Images of
    the other pools are sampled with replacement.
    """
    images, labels = pools.digits
    order = torch.randperm(len(labels), generator=generator, device=generator.device)
    size = recipe.batch_data_set
    cycle, epoch_of_cycle = recipe.cycle(epoch)
    plain_limits = Warp(stretch=recipe.stretch).scaled(cycle.warp_strength_at(epoch_of_cycle))
    degraded_limits = Warp(
        rotation=18, scale=0.18, stretch=max(0.18, recipe.stretch), shear=0.3, elastic=1.2
    )
    for start in range(0, len(order) - size + 1, size):
        chosen = order[start : start + size]
        plain, degraded = chosen[: recipe.batch_plain], chosen[recipe.batch_plain :]
        synthetic, synthetic_labels = _sample(pools.synthetic, recipe.batch_synthetic, generator)
        negatives, no_digit = _sample(pools.negatives, recipe.batch_negatives, generator)
        others = torch.cat([images[degraded], synthetic, negatives])
        yield (
            torch.cat(
                [
                    warp(images[plain], plain_limits, generator),
                    degrade(warp(others, degraded_limits, generator), generator),
                ]
            ),
            torch.cat([labels[chosen], synthetic_labels, no_digit]),
        )


def _sample(pool: DigitBatch, n: int, generator: torch.Generator) -> DigitBatch:
    chosen = torch.randint(len(pool[1]), (n,), generator=generator, device=generator.device)
    return pool[0][chosen], pool[1][chosen]
