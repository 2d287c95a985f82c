"""The settings that made each shipped line model."""

from dataclasses import dataclass

from numerals.data.line_texts import SIGNS
from numerals.data.scripts import SCRIPTS
from numerals.training.recipes import part_at


@dataclass(frozen=True)
class Stage:
    """Epochs over which the learning rate rises to its peak and falls to nothing.

    A stage whose network is wider than the last one's goes on with that one, widened.
    """

    epochs: int = 60
    learning_rate: float = 4e-3  # the peak
    rise: float = 0.1  # share of the stage
    widths: tuple[int, int, int, int, int] = (16, 32, 64, 128, 160)
    hidden: int = 128
    touching: float = 0.25  # share of the composed lines
    clean: float = 0.0  # the same: on clean paper, well scanned


@dataclass(frozen=True)
class LineRecipe:
    """What a run can change."""

    script: str = "latin"
    data: str = "qmnist"  # MNIST's images, with their writers
    strings: tuple[str, ...] = ("orand", "meza")  # real lines, their training parts
    characters: str = "0123456789" + SIGNS
    start: str = ""  # the script whose shipped line model the network is; afresh if none
    stages: tuple[Stage, ...] = (
        Stage(),
        Stage(40, 3e-3, widths=(16, 32, 96, 192, 256), hidden=160, touching=0.35, clean=0.25),
    )
    composed: int = 16_000  # lines an epoch, new ones each time
    distractions: float = 0.1  # share of them that is words, or numbers beside words
    real_held_out: float = 0.1  # share of the real training lines that calibrates numbers
    writers_held_out: int = 60
    fonts_held_out: int = 8
    batch: int = 64
    weight_decay: float = 0.02
    average_decay: float = 0.998
    dropout: float = 0.1
    widest: int = 800  # pixels; longer composed lines are left out
    weight_bits: int = 8  # of the file; 16 double it
    random_state: int = 0

    @property
    def name(self) -> str:
        """Name of the model that it makes."""
        return f"{self.script}-line"

    @property
    def epochs(self) -> int:
        """All epochs of all stages."""
        return sum(stage.epochs for stage in self.stages)

    def stage(self, epoch: int) -> tuple[Stage, int]:
        """Return the stage that an epoch belongs to, and the epoch's number within it."""
        return part_at(self.stages, epoch)


def _other_script(script: str, data: str, epochs: int = 4) -> LineRecipe:
    """Return settings for a script of which no real lines and no fonts are at hand.

    The network begins as the Latin one: what it knows of strokes, paper and gaps is of use.
    """
    return LineRecipe(
        script=script,
        data=data,
        strings=(),
        characters="".join(SCRIPTS[script]) + SIGNS,
        start="latin",
        stages=(Stage(epochs, 2e-3),),
        distractions=0.0,
        weight_bits=16,
    )


LINE_RECIPES: dict[str, LineRecipe] = {
    recipe.name: recipe
    for recipe in (
        LineRecipe(),
        _other_script("kannada", "kannada-mnist", epochs=16),
        _other_script("persian", "hoda"),
        _other_script("bangla", "cmaterdb-bangla"),
        _other_script("devanagari", "cmaterdb-devanagari"),
    )
}
"""Name, as ``numerals train --recipe`` takes it -> settings."""
