"""Two models on the same held-out data: which is better, and where. Needs no PyTorch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.corrections.corrected_lines import corrections_names, script_of
from numerals.corrections.correction_digits import load_correction_digits
from numerals.errors import DataNotFoundError
from numerals.evaluation import mcnemar_test
from numerals.models import LineModel, Model, load_line_model, load_model
from numerals.records import Digits
from numerals.training.digit_recipes import RECIPES
from numerals.training.held_out_digits import hold_out, load_training_digits
from numerals.training.held_out_lines import (
    N_COMPOSED,
    LineSet,
    held_out_corrections,
    held_out_lines,
    read_rightly,
)
from numerals.training.line_recipes import LINE_RECIPES

_SIGNIFICANT = 0.05

_Right = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Compared:
    """How two models read one set.

    Attributes
    ----------
    name : str
    count : int
        Lines or digits.
    old, new : int
        How many of them each reads exactly.
    p_value : float in [0, 1]
        Of McNemar's test: probability of such a difference, or a larger, by chance.
    """

    name: str
    count: int
    old: int
    new: int
    p_value: float

    @property
    def change(self) -> float:
        """By how much the share of what is read exactly rose; in [-1, 1]."""
        return (self.new - self.old) / self.count

    @property
    def is_worse(self) -> bool:
        """Whether the new one reads this set worse, and not by chance."""
        return self.new < self.old and self.p_value < _SIGNIFICANT


@dataclass(frozen=True)
class Comparison:
    """How two models read all sets that there were."""

    sets: tuple[Compared, ...]

    @property
    def is_worse(self) -> bool:
        """Whether the new one is worse: on one set, beyond chance, or over all, each alike."""
        changes = [each.change for each in self.sets]
        return any(each.is_worse for each in self.sets) or sum(changes) < 0


def compare_files(
    old: Path, new: Path, script: str, kind: str, *, n_composed: int = N_COMPOSED
) -> Comparison:
    """Compare two model files on what is held out of corrections and of the recipe's data.

    Parameters
    ----------
    old, new : Path
    script : str
        Of both.
    kind : {"digits", "lines"}
        Of both.
    n_composed : int, default=N_COMPOSED
        How many held-out lines are composed.

    Returns
    -------
    Comparison
        Without sets where there are no corrections, and the recipe's data are not on disk.
    """
    if kind == "lines":
        models = load_line_model(old), load_line_model(new)
        return compare_lines(*models, _line_sets(script, models, n_composed))
    return compare_digits(load_model(old), load_model(new), _digit_sets(script))


def compare_lines(old: LineModel, new: LineModel, sets: Iterable[LineSet]) -> Comparison:
    """Compare two line models; sets without lines are left out."""
    return Comparison(
        tuple(
            _compared(each.name, read_rightly(old, each.samples), read_rightly(new, each.samples))
            for each in sets
            if each.samples
        )
    )


def compare_digits(old: Model, new: Model, sets: Iterable[Digits]) -> Comparison:
    """Compare two digit models."""
    return Comparison(
        tuple(
            _compared(digits.name, _classify_rightly(old, digits), _classify_rightly(new, digits))
            for digits in sets
        )
    )


def figures_of(comparison: Comparison) -> dict[str, float]:
    """Return what the file says of itself: % of each held-out set, and the parent's."""
    figures = {}
    for each in comparison.sets:
        figures[f"{each.name}_exact"] = round(100 * each.new / each.count, 2)
        figures[f"{each.name}_exact_before"] = round(100 * each.old / each.count, 2)
    return figures


def _compared(name: str, old: _Right, new: _Right) -> Compared:
    p_value = mcnemar_test(old, new).p_value
    return Compared(name, len(old), int(old.sum()), int(new.sum()), p_value)


def _classify_rightly(model: Model, digits: Digits) -> _Right:
    answers = model.predict_proba(digits.images).argmax(axis=1)
    truth = np.array(digits.classes)[digits.labels]
    right: _Right = np.array(model.classes)[answers] == truth
    return right


def _line_sets(
    script: str, models: tuple[LineModel, LineModel], n_composed: int
) -> Iterator[LineSet]:
    yield held_out_corrections(script, "".join({c for m in models for c in m.characters}))
    recipe = LINE_RECIPES.get(f"{script}-line")
    if recipe is not None:
        yield from held_out_lines(recipe, n_composed=n_composed)


def _digit_sets(script: str) -> Iterator[Digits]:
    for name in corrections_names():
        if script_of(name) == script:
            try:
                yield load_correction_digits(name, "test")
            except DataNotFoundError:
                continue
    recipe = RECIPES.get(f"{script}-digit")
    if recipe is not None:
        try:
            yield held_out_digits(load_training_digits(recipe.data), recipe.n_held_out)
        except DataNotFoundError:
            return


def held_out_digits(digits: Digits, count: int) -> Digits:
    """Return what is held out of a recipe's training digits."""
    chosen = hold_out(digits, count)
    return replace(
        digits,
        images=digits.images[chosen],
        labels=digits.labels[chosen],
        writers=None if digits.writers is None else digits.writers[chosen],
    )
