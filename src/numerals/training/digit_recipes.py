"""Settings of the recipes of the shipped digit models."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cycle:
    """A number of epochs with one cycle of the learning rate.

    Attributes
    ----------
    epochs : int
    peak_lr : float
        Highest learning rate.
    warmup_share : float in [0, 1)
        Share of the cycle in which the learning rate rises.
    label_smoothing : float in [0, 1)
    warp_strength : tuple of float
        Factor of the limits by which plain images are warped: at the start and at the end.
    """

    epochs: int
    peak_lr: float
    warmup_share: float = 0.1
    label_smoothing: float = 0.0
    warp_strength: tuple[float, float] = (0.8, 0.4)

    def warp_strength_at(self, epoch: int) -> float:
        """Return the warp strength of plain images in an epoch of this cycle.

        It changes linearly over the last 30 % of the cycle. The network then finishes on digits
        that are similar to those that it will classify.
        """
        start, end = self.warp_strength
        progress = (epoch / self.epochs - 0.7) / 0.3
        return start + (end - start) * min(max(progress, 0.0), 1.0)


@dataclass(frozen=True)
class DigitRecipe:
    """Settings of a digit model; the defaults are those of the Latin model.

    Attributes
    ----------
    script : str
    data : str
        Name of the data set; ``"qmnist"`` has MNIST's images with their writers.
    n_held_out : int
        Approximate number of training images that are held out for calibration.
    members : int
        Number of networks, whose probabilities are averaged.
    cycles : tuple of Cycle
    widths : tuple of int
        Channels of `DigitNet`.
    weight_bits : {16, 8}
        Precision of the weights in the model file.
    weight_decay, ema_decay : float
        Of AdamW, and of the moving average of the weights.
    stretch : float
        Limit by which the aspect ratio of plain images changes.
    batch_plain, batch_degraded : int
        Images of the data set in a batch: warped only, and warped and degraded.
    batch_synthetic : int
        Font glyphs and European ones and sevens in a batch, warped and degraded; Latin only.
    batch_negatives : int
        Images without a digit in a batch, warped and degraded.
    n_negatives : int
        Images without a digit that are composed.
    random_state : int
    """

    script: str = "latin"
    data: str = "qmnist"
    n_held_out: int = 2500
    members: int = 2
    cycles: tuple[Cycle, ...] = (
        Cycle(36, 4e-3, warmup_share=0.2, label_smoothing=0.02, warp_strength=(1.0, 0.3)),
        Cycle(14, 1.2e-3, warp_strength=(0.5, 0.5)),
    )
    widths: tuple[int, int, int] = (32, 64, 128)
    weight_bits: int = 16
    weight_decay: float = 0.02
    ema_decay: float = 0.998
    stretch: float = 0.08
    batch_plain: int = 168
    batch_degraded: int = 24
    batch_synthetic: int = 24
    batch_negatives: int = 40
    n_negatives: int = 30_000
    random_state: int = 0

    @property
    def name(self) -> str:
        """Name of the model, such as ``latin-digit``."""
        return f"{self.script}-digit"

    @property
    def epochs(self) -> int:
        """Total number of epochs of all cycles."""
        return sum(cycle.epochs for cycle in self.cycles)

    @property
    def batch_data_set(self) -> int:
        """Images of the data set in a batch."""
        return self.batch_plain + self.batch_degraded

    def cycle(self, epoch: int) -> tuple[Cycle, int]:
        """Return the cycle of an epoch, and the epoch's number within that cycle."""
        for cycle in self.cycles:
            if epoch < cycle.epochs:
                return cycle, epoch
            epoch -= cycle.epochs
        raise IndexError(f"epoch {epoch + self.epochs} of {self.epochs}")


def _other_script(
    script: str,
    data: str,
    n_held_out: int,
    epochs: int,
    *,
    final_epochs: int = 0,
    members: int = 1,
    weight_bits: int = 16,
) -> DigitRecipe:
    """Return the settings for a script without fonts and letters.

    These data sets have few writers and one kind of pen. More images are degraded, because
    photographs will show other writers and pens.
    """
    return DigitRecipe(
        script=script,
        data=data,
        n_held_out=n_held_out,
        members=members,
        weight_bits=weight_bits,
        cycles=(
            Cycle(epochs, 4e-3, warmup_share=0.2, label_smoothing=0.02, warp_strength=(1.0, 0.5)),
            *([Cycle(final_epochs, 1.2e-3, warp_strength=(0.5, 0.5))] if final_epochs else []),
        ),
        stretch=0.2,
        batch_plain=112,
        batch_degraded=104,
        batch_synthetic=0,
        n_negatives=10_000,
    )


DIGIT_RECIPES: dict[str, DigitRecipe] = {
    recipe.name: recipe
    for recipe in (
        DigitRecipe(),
        _other_script(
            "kannada", "kannada-mnist", 3840, 8, final_epochs=4, members=4, weight_bits=8
        ),
        _other_script("persian", "hoda", 1500, 20, members=2),
        _other_script("bangla", "cmaterdb-bangla", 500, 60),
        _other_script("devanagari", "cmaterdb-devanagari", 300, 100),
    )
}
"""Settings by model name, as ``numerals train --recipe`` takes it."""
