"""What the digit recipe trains on: MNIST's images, and what it composes because MNIST lacks it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from numerals.data import load_font_glyphs
from numerals.networks.augment import Warp, warp, wear
from numerals.records import Digits
from numerals.training.negatives import make_european, make_negatives

NO_DIGIT = 10
"""Index of the class that stands for everything that is not a digit."""


@dataclass(frozen=True)
class Cycle:
    """Epochs over which the learning rate rises to its peak and falls to nothing."""

    epochs: int
    learning_rate: float  # the peak
    rise: float = 0.1  # share of the cycle
    label_smoothing: float = 0.0
    warp: tuple[float, float] = (0.8, 0.4)  # how far plain images are warped, at first and at last

    def strength(self, epoch: int) -> float:
        """Return how far the plain images are warped in an epoch of this cycle.

        It changes over the last three tenths, so that the network ends on digits nearly as they
        are, which it is to read.
        """
        first, last = self.warp
        late = (epoch / self.epochs - 0.7) / 0.3
        return first + (last - first) * min(max(late, 0.0), 1.0)


@dataclass(frozen=True)
class Recipe:
    """What a run can change; the defaults made the shipped model."""

    members: int = 2
    cycles: tuple[Cycle, ...] = (
        Cycle(36, 4e-3, rise=0.2, label_smoothing=0.02, warp=(1.0, 0.3)),
        Cycle(14, 1.2e-3, warp=(0.5, 0.5)),
        Cycle(32, 2.5e-3),
    )
    widths: tuple[int, int, int] = (32, 64, 128)
    weight_decay: float = 0.02
    ema_decay: float = 0.998
    plain: int = 168  # images a batch: MNIST, warped
    worn: int = 24  # MNIST, warped and worn
    drawn: int = 24  # European ones and sevens, and fonts, warped and worn
    negatives: int = 40  # no digits, warped and worn
    n_negatives: int = 30_000  # how many are composed
    random_state: int = 0

    @property
    def epochs(self) -> int:
        """All epochs of all cycles."""
        return sum(cycle.epochs for cycle in self.cycles)

    def cycle(self, epoch: int) -> tuple[Cycle, int]:
        """Return the cycle that an epoch belongs to, and the epoch's number within it."""
        for cycle in self.cycles:
            if epoch < cycle.epochs:
                return cycle, epoch
            epoch -= cycle.epochs
        raise IndexError(epoch)


@dataclass(frozen=True, eq=False)
class Pools:
    """The images that batches are drawn from, float in [0, 1], with their labels."""

    mnist: tuple[torch.Tensor, torch.Tensor]
    drawn: tuple[torch.Tensor, torch.Tensor]
    negatives: tuple[torch.Tensor, torch.Tensor]


def to_tensor(images: npt.NDArray[np.uint8]) -> torch.Tensor:
    """Return uint8 images, shape (n, 28, 28), as float in [0, 1], shape (n, 1, 28, 28)."""
    return torch.from_numpy(images[:, None].astype(np.float32) / 255)


def hold_out_writers(digits: Digits, n_images: int = 2500) -> npt.NDArray[np.bool_]:
    """Mark the images of about `n_images` worth of writers, the same ones at every call."""
    assert digits.writers is not None
    writers = np.random.default_rng(2026).permutation(np.unique(digits.writers))
    counts = np.array([np.count_nonzero(digits.writers == writer) for writer in writers])
    chosen = writers[: int(np.searchsorted(np.cumsum(counts), n_images)) + 1]
    return np.isin(digits.writers, chosen)


def make_pools(digits: Digits, n_negatives: int, rng: np.random.Generator) -> Pools:
    """Compose what MNIST lacks, and bring all to tensors."""
    glyphs, characters = load_font_glyphs()
    fonts = glyphs[:, [characters.index(c) for c in "0123456789"]].reshape(-1, 28, 28)
    font_labels = np.tile(np.arange(10), len(glyphs))
    written = fonts.any(axis=(1, 2))
    european, values = make_european(digits.images, digits.labels, 3000, rng)
    drawn = np.concatenate([np.repeat(fonts[written], 4, axis=0), european])
    drawn_labels = np.concatenate([np.repeat(font_labels[written], 4), values])
    negatives = make_negatives(digits.images, digits.labels, n_negatives, rng)
    return Pools(
        (to_tensor(digits.images), torch.from_numpy(digits.labels)),
        (to_tensor(drawn), torch.from_numpy(drawn_labels)),
        (to_tensor(negatives), torch.full((len(negatives),), NO_DIGIT)),
    )


def _take(
    pool: tuple[torch.Tensor, torch.Tensor], n: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    chosen = torch.randint(len(pool[1]), (n,), generator=generator)
    return pool[0][chosen], pool[1][chosen]


def batches(
    pools: Pools, recipe: Recipe, epoch: int, generator: torch.Generator
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield one epoch: each MNIST image once, mixed with what the other pools hold."""
    images, labels = pools.mnist
    order = torch.randperm(len(labels), generator=generator)
    share = recipe.plain + recipe.worn
    cycle, epoch = recipe.cycle(epoch)
    usual = Warp().weakened(cycle.strength(epoch))
    wide = Warp(rotation=18, scale=0.18, stretch=0.18, shear=0.3, elastic=1.2)
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
