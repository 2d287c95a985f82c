"""The settings that made each shipped line model."""

from dataclasses import dataclass

from numerals.scripts import SCRIPTS
from numerals.synthesis.number_texts import OPERATORS, REJECT, SIGNS


@dataclass(frozen=True)
class LineRecipe:
    """What a run can change."""

    script: str = "latin"
    data: str = "qmnist"  # MNIST's images, with their writers
    strings: tuple[str, ...] = ("orand", "meza")  # real lines, their training parts
    characters: str = "0123456789" + SIGNS
    start: str = ""  # the script whose shipped line model the network is; afresh if none
    members: int = 2  # networks of the model: the second is asked where the first is in doubt
    widths: tuple[int, int, int, int, int] = (16, 48, 96, 192, 256)
    hidden: int = 160
    depths: tuple[int, int, int] = (2, 3, 3)
    epochs: int = 26
    learning_rate: float = 2.5e-3  # the peak: it rises to it, and falls to nothing
    rise: float = 0.08  # share of the epochs
    composed: int = 40_000  # lines an epoch, new ones each time
    passes: int = 2  # epochs in which a composed line is met
    repeats: tuple[float, float] = (2.0, 10.0)  # large and small sets of real lines, an epoch
    touching: float = 0.35  # share of the composed lines
    clean: float = 0.35  # the same: on clean paper, well scanned
    distractions: float = 0.1  # the same: words, or numbers beside words
    operators: float = 0.0  # the same: sums, currencies and the like
    pages: int = 0  # composed pages whose strips, and those of real pages, are met as well
    rejects: bool = False  # letters are characters to be rejected, rather than nothing
    real_held_out: float = 0.1  # share of the real training lines that calibrates numbers
    writers_held_out: int = 60
    fonts_held_out: int = 8
    batch: int = 128
    weight_decay: float = 0.02
    average_decay: float = 0.999
    dropout: float = 0.1
    widest: int = 800  # pixels; longer composed lines are left out
    weight_bits: int = 8  # of the file; 16 double it
    random_state: int = 0

    @property
    def name(self) -> str:
        """Name of the model that it makes."""
        return f"{self.script}-line"


def _other_script(script: str, data: str, *, start: str, epochs: int = 6) -> LineRecipe:
    """Return settings for a script of which no real lines and no fonts are at hand.

    The network goes on from a shipped one: from that of the script, or from the Latin one, which
    knows of strokes, paper and gaps.
    """
    return LineRecipe(
        script=script,
        data=data,
        strings=(),
        characters="".join(SCRIPTS[script]) + SIGNS,
        start=start,
        members=1,
        epochs=epochs,
        learning_rate=1.5e-3,
        rise=0.1,
        composed=16_000,
        passes=1,
        touching=0.25,
        clean=0.25,
        distractions=0.0,
        batch=64,
        average_decay=0.998,
    )


_LATIN = LineRecipe(
    strings=("orand", "meza", "lectaurep"),
    characters="0123456789" + SIGNS + OPERATORS + REJECT,
    start="latin",
    members=1,
    epochs=6,
    learning_rate=1.2e-3,
    rise=0.06,
    composed=6000,
    repeats=(0.8, 3.0),
    pages=500,
    distractions=0.14,
    operators=0.2,
    rejects=True,
    batch=96,
    average_decay=0.998,
)
"""Goes on from the model that ships, and widens its characters where it lacks some."""

LINE_RECIPES: dict[str, LineRecipe] = {
    recipe.name: recipe
    for recipe in (
        _LATIN,
        _other_script("kannada", "kannada-mnist", start="kannada", epochs=12),
        _other_script("bangla", "cmaterdb-bangla", start="bangla"),
        _other_script("devanagari", "cmaterdb-devanagari", start="devanagari"),
        _other_script("persian", "hoda", start="latin"),  # its own is a package apart
    )
}
"""Name, as ``numerals train --recipe`` takes it -> settings."""
