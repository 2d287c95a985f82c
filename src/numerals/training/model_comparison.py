"""Comparison of two models on the same held-out data. Needs no PyTorch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.corrections.corrected_lines import corrections_names, script_of
from numerals.corrections.correction_digits import load_correction_digits
from numerals.errors import DataNotFoundError
from numerals.evaluation import mcnemar_test
from numerals.metrics.mcnemar import SIGNIFICANCE_LEVEL
from numerals.models import LineModel, Model, load_line_model, load_model
from numerals.records import Digits
from numerals.training.digit_recipes import DIGIT_RECIPES
from numerals.training.held_out_digits import hold_out, load_training_digits
from numerals.training.held_out_lines import (
    N_COMPOSED,
    LineSet,
    are_read_correctly,
    held_out_corrections,
    held_out_lines,
)
from numerals.training.line_recipes import LINE_RECIPES

_IsCorrect = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SetComparison:
    """Correct answers of two models on one set.

    Attributes
    ----------
    name : str
        Name of the set.
    count : int
        Number of lines or digits.
    old, new : int
        Number of correct answers of each model.
    p_value : float in [0, 1]
        McNemar's test: probability of a difference at least as large by chance.
    """

    name: str
    count: int
    old: int
    new: int
    p_value: float

    @property
    def change(self) -> float:
        """Accuracy of the new model minus that of the old one, in [-1, 1]."""
        return (self.new - self.old) / self.count

    @property
    def is_worse(self) -> bool:
        """Whether the new model is significantly worse on this set."""
        return self.new < self.old and self.p_value < SIGNIFICANCE_LEVEL


@dataclass(frozen=True)
class ModelComparison:
    """Correct answers of two models on all available sets.

    Attributes
    ----------
    sets : tuple of SetComparison
    """

    sets: tuple[SetComparison, ...]

    @property
    def is_worse(self) -> bool:
        """Whether the new model is significantly worse on one set, or worse on average."""
        changes = [each.change for each in self.sets]
        return any(each.is_worse for each in self.sets) or sum(changes) < 0


def compare_files(
    old: Path, new: Path, script: str, kind: str, *, n_composed: int = N_COMPOSED
) -> ModelComparison:
    """Compare two model files on held-out corrections and the held-out data of the recipe.

    Parameters
    ----------
    old, new : Path
    script : str
        Script of both models.
    kind : {"digits", "lines"}
        Kind of both models.
    n_composed : int, default=N_COMPOSED
        Number of held-out lines that are composed.

    Returns
    -------
    ModelComparison
        Without sets if there are no corrections and the recipe's data sets are not on disk.
    """
    if kind == "lines":
        models = load_line_model(old), load_line_model(new)
        return compare_lines(*models, _line_sets(script, models, n_composed))
    return compare_digits(load_model(old), load_model(new), _digit_sets(script))


def compare_lines(old: LineModel, new: LineModel, sets: Iterable[LineSet]) -> ModelComparison:
    """Compare two line models; sets without lines are left out."""
    return ModelComparison(
        tuple(
            _compare(
                each.name,
                are_read_correctly(old, each.samples),
                are_read_correctly(new, each.samples),
            )
            for each in sets
            if each.samples
        )
    )


def compare_digits(old: Model, new: Model, sets: Iterable[Digits]) -> ModelComparison:
    """Compare two digit models."""
    return ModelComparison(
        tuple(
            _compare(
                digits.name,
                _are_classified_correctly(old, digits),
                _are_classified_correctly(new, digits),
            )
            for digits in sets
        )
    )


def figures_of(comparison: ModelComparison) -> dict[str, float]:
    """Return the accuracies for a model file, in percent.

    Returns
    -------
    dict of str to float
        ``SET_exact`` of the new model, and ``SET_exact_before`` of the old one.
    """
    figures = {}
    for each in comparison.sets:
        figures[f"{each.name}_exact"] = round(100 * each.new / each.count, 2)
        figures[f"{each.name}_exact_before"] = round(100 * each.old / each.count, 2)
    return figures


def _compare(name: str, old: _IsCorrect, new: _IsCorrect) -> SetComparison:
    p_value = mcnemar_test(old, new).p_value
    return SetComparison(name, len(old), int(old.sum()), int(new.sum()), p_value)


def _are_classified_correctly(model: Model, digits: Digits) -> _IsCorrect:
    predicted = model.predict_proba(digits.images).argmax(axis=1)
    truth = np.array(digits.classes)[digits.labels]
    is_correct: _IsCorrect = np.array(model.classes)[predicted] == truth
    return is_correct


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
    recipe = DIGIT_RECIPES.get(f"{script}-digit")
    if recipe is not None:
        try:
            digits = load_training_digits(recipe.data)
        except DataNotFoundError:
            return
        yield digits[hold_out(digits, recipe.n_held_out)]
