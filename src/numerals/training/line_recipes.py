"""Settings of the recipes of the shipped line models."""

from dataclasses import dataclass

from numerals.models.line_model import REJECT
from numerals.scripts import SCRIPTS
from numerals.synthesis.number_texts import OPERATORS, SIGNS


@dataclass(frozen=True)
class LineRecipe:
    """Settings of a line model.

    Attributes
    ----------
    script : str
    data : str
        Data set of digits from which lines are composed; ``"qmnist"`` has MNIST's images with
        their writers.
    real_sets : tuple of str
        Sets of real lines whose training parts are used; names in `LINE_DATA_SETS`.
    characters : str
        Characters of the model, the blank excluded.
    initial_script : str
        Script of the shipped line model from which training starts; empty for random weights.
    members : int
        Networks of the model. The reader runs the second one only if the first is uncertain.
    widths, hidden, depths, dropout
        As in `LineNet`.
    epochs : int
    learning_rate : float
        Peak learning rate.
    warmup_share : float in [0, 1)
        Share of the training in which the learning rate rises.
    n_composed : int
        New composed lines per epoch.
    n_passes : int
        Number of epochs that contain a composed line.
    real_repeats : tuple of float
        Augmented copies per epoch of each real line, of large and of small sets.
    touching_share, clean_share, distraction_share, operator_share : float in [0, 1]
        Shares of the composed lines: with touching digits; on clean paper and well scanned; with
        words; with sums, currencies and similar texts.
    n_pages : int
        Composed pages whose strips are used, with those of real pages; 0 for none.
    rejects_letters : bool
        Whether letters are labelled as the reject character, instead of as blank.
    real_held_out_share : float in [0, 1]
        Share of the real training lines that is held out for calibration.
    n_held_out_writers, n_held_out_fonts : int
    batch_size : int
        Lines.
    weight_decay, average_decay : float
        Of AdamW, and of the moving average of the weights.
    max_width : int, pixels
        Wider composed lines are left out.
    weight_bits : {8, 16}
        Precision of the weights in the model file.
    random_state : int
    """

    script: str = "latin"
    data: str = "qmnist"
    real_sets: tuple[str, ...] = ("orand", "meza")
    characters: str = "0123456789" + SIGNS
    initial_script: str = ""
    members: int = 2
    widths: tuple[int, int, int, int, int] = (16, 48, 96, 192, 256)
    hidden: int = 160
    depths: tuple[int, int, int] = (2, 3, 3)
    epochs: int = 26
    learning_rate: float = 2.5e-3
    warmup_share: float = 0.08
    n_composed: int = 40_000
    n_passes: int = 2
    real_repeats: tuple[float, float] = (2.0, 10.0)
    touching_share: float = 0.35
    clean_share: float = 0.35
    distraction_share: float = 0.1
    operator_share: float = 0.0
    n_pages: int = 0
    rejects_letters: bool = False
    real_held_out_share: float = 0.1
    n_held_out_writers: int = 60
    n_held_out_fonts: int = 8
    batch_size: int = 128
    weight_decay: float = 0.02
    average_decay: float = 0.999
    dropout: float = 0.1
    max_width: int = 800
    weight_bits: int = 8
    random_state: int = 0

    @property
    def name(self) -> str:
        """Name of the model, such as ``latin-line``."""
        return f"{self.script}-line"


def _other_script(script: str, data: str, *, initial_script: str, epochs: int = 6) -> LineRecipe:
    """Return the settings for a script without real lines and fonts.

    Training starts from a shipped model: that of the script, or the Latin one, which was trained on
    the same kinds of strokes, paper and gaps.
    """
    return LineRecipe(
        script=script,
        data=data,
        real_sets=(),
        characters="".join(SCRIPTS[script]) + SIGNS,
        initial_script=initial_script,
        members=1,
        epochs=epochs,
        learning_rate=1.5e-3,
        warmup_share=0.1,
        n_composed=16_000,
        n_passes=1,
        touching_share=0.25,
        clean_share=0.25,
        distraction_share=0.0,
        batch_size=64,
        average_decay=0.998,
    )


_LATIN = LineRecipe(
    real_sets=("orand", "meza", "lectaurep"),
    characters="0123456789" + SIGNS + OPERATORS + REJECT,
    initial_script="latin",
    members=1,
    epochs=6,
    learning_rate=1.2e-3,
    warmup_share=0.06,
    n_composed=6000,
    real_repeats=(0.8, 3.0),
    n_pages=500,
    distraction_share=0.14,
    operator_share=0.2,
    rejects_letters=True,
    batch_size=96,
    average_decay=0.998,
)
"""Starts from the shipped model, and adds the characters that it lacks."""

LINE_RECIPES: dict[str, LineRecipe] = {
    recipe.name: recipe
    for recipe in (
        _LATIN,
        _other_script("kannada", "kannada-mnist", initial_script="kannada", epochs=12),
        _other_script("bangla", "cmaterdb-bangla", initial_script="bangla"),
        _other_script("devanagari", "cmaterdb-devanagari", initial_script="devanagari"),
        # The Persian line model ships in a separate package.
        _other_script("persian", "hoda", initial_script="latin"),
    )
}
"""Settings by model name, as ``numerals train --recipe`` takes it."""
