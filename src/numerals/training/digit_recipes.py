"""The settings that made each shipped model; the defaults are the Latin one's."""

from dataclasses import dataclass


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
    """What a run can change."""

    script: str = "latin"
    data: str = "qmnist"  # MNIST's images, with their writers
    n_held_out: int = 2500  # about so many training images, to choose and calibrate by
    members: int = 2
    cycles: tuple[Cycle, ...] = (
        Cycle(36, 4e-3, rise=0.2, label_smoothing=0.02, warp=(1.0, 0.3)),
        Cycle(14, 1.2e-3, warp=(0.5, 0.5)),
    )
    widths: tuple[int, int, int] = (32, 64, 128)
    weight_bits: int = 16  # of the file: 8 halve it again
    weight_decay: float = 0.02
    ema_decay: float = 0.998
    stretch: float = 0.08  # how far the width of plain images changes against their height
    plain: int = 168  # images a batch: the data set's, warped
    worn: int = 24  # the data set's, warped and worn
    drawn: int = 24  # European ones and sevens, and fonts, warped and worn; Latin alone
    negatives: int = 40  # no digits, warped and worn
    n_negatives: int = 30_000  # how many are composed
    random_state: int = 0

    @property
    def name(self) -> str:
        """Name of the model that it makes."""
        return f"{self.script}-digit"

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


def _other_script(
    script: str,
    data: str,
    n_held_out: int,
    epochs: int,
    *,
    gentle: int = 0,
    members: int = 1,
    weight_bits: int = 16,
) -> Recipe:
    """Return settings for a script without fonts and letters at hand: more wear.

    Those sets have few writers and one kind of pen; pictures will show other hands and pens.
    """
    return Recipe(
        script=script,
        data=data,
        n_held_out=n_held_out,
        members=members,
        weight_bits=weight_bits,
        cycles=(
            Cycle(epochs, 4e-3, rise=0.2, label_smoothing=0.02, warp=(1.0, 0.5)),
            *([Cycle(gentle, 1.2e-3, warp=(0.5, 0.5))] if gentle else []),
        ),
        stretch=0.2,
        plain=112,
        worn=104,
        drawn=0,
        n_negatives=10_000,
    )


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(),
        _other_script("kannada", "kannada-mnist", 3840, 8, gentle=4, members=4, weight_bits=8),
        _other_script("persian", "hoda", 1500, 20, members=2),
        _other_script("bangla", "cmaterdb-bangla", 500, 60),
        _other_script("devanagari", "cmaterdb-devanagari", 300, 100),
    )
}
"""Name, as ``numerals train --recipe`` takes it -> settings."""
