"""The settings that made each shipped line model."""

from dataclasses import dataclass

from numerals.data.line_texts import SIGNS
from numerals.data.scripts import SCRIPTS


@dataclass(frozen=True)
class LineRecipe:
    """What a run can change."""

    script: str = "latin"
    data: str = "qmnist"  # MNIST's images, with their writers
    strings: tuple[str, ...] = ("orand", "meza")  # real lines, their training parts
    characters: str = "0123456789" + SIGNS
    start: str = ""  # the script whose shipped line model the network begins as; afresh if none
    epochs: int = 60
    composed: int = 16_000  # lines an epoch, new ones each time
    distractions: float = 0.1  # share of them that is words, or numbers beside words
    real_held_out: float = 0.1  # share of the real training lines that calibrates numbers
    writers_held_out: int = 60
    fonts_held_out: int = 8
    batch: int = 64
    learning_rate: float = 4e-3  # the peak
    rise: float = 0.1  # share of the steps
    weight_decay: float = 0.02
    average_decay: float = 0.998
    widths: tuple[int, int, int, int, int] = (16, 32, 64, 128, 160)
    hidden: int = 128
    dropout: float = 0.1
    widest: int = 800  # pixels; longer composed lines are left out
    random_state: int = 0

    @property
    def name(self) -> str:
        """Name of the model that it makes."""
        return f"{self.script}-line"


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
        epochs=epochs,
        learning_rate=2e-3,
        distractions=0.0,
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
