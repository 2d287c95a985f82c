"""Comparison of two models on the same held-out data, and the answers that differ.

Needs no PyTorch.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from numerals.corrections.corrected_lines import corrections_names, script_of
from numerals.corrections.correction_digits import DigitOrigin, load_correction_digits
from numerals.errors import DataNotFoundError, WorseModelError
from numerals.evaluation import mcnemar_test
from numerals.metrics.mcnemar import SIGNIFICANCE_LEVEL
from numerals.models import LineModel, Model, load_line_model, load_model
from numerals.records import Digits
from numerals.training.digit_recipes import DIGIT_RECIPES
from numerals.training.held_out_digits import hold_out, load_training_digits
from numerals.training.held_out_lines import (
    N_COMPOSED,
    LineSet,
    held_out_corrections,
    held_out_lines,
    matches_label,
    number_text,
    read_texts,
)
from numerals.training.line_recipes import LINE_RECIPES


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


@dataclass(frozen=True, eq=False)
class AnswerChange:
    """A held-out line or digit that two models read differently.

    Attributes
    ----------
    set_name : str
    image : ndarray of uint8, shape (height, width)
        Input of the models, ink bright.
    text : str
        What is written.
    before, after : str
        Answers of the old and the new model.
    was_correct, is_correct : bool
        Whether they are correct.
    line_id : int, optional
        Id in the store, of a corrected line.
    position : int, optional
        Of a digit of that line: its position in `correction_digits.cut_digits`.
    """

    set_name: str
    image: npt.NDArray[np.uint8]
    text: str
    before: str
    after: str
    was_correct: bool
    is_correct: bool
    line_id: int | None = None
    position: int | None = None


@dataclass(frozen=True)
class ModelComparison:
    """Correct answers of two models on all available sets.

    Attributes
    ----------
    sets : tuple of SetComparison
    changes : tuple of AnswerChange
        All answers that differ.
    """

    sets: tuple[SetComparison, ...]
    changes: tuple[AnswerChange, ...] = ()

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
    return _compare_all(_answer_lines(old, new, each) for each in sets if each.samples)


def compare_digits(
    old: Model,
    new: Model,
    sets: Iterable[Digits],
    origins: Mapping[str, Sequence[DigitOrigin]] | None = None,
) -> ModelComparison:
    """Compare two digit models.

    Parameters
    ----------
    old, new : Model
    sets : iterable of Digits
    origins : mapping of str to sequence of DigitOrigin, optional
        Where the digits of a set come from, by its name.
    """
    origins = origins or {}
    return _compare_all(
        _answer_digits(old, new, digits, origins.get(digits.name, ())) for digits in sets
    )


def check_not_worse(comparison: ModelComparison, name: str, script: str) -> None:
    """Check that a new model may be activated without a confirmation.

    Parameters
    ----------
    comparison : ModelComparison
        Of the active and the new model.
    name : str
        Name of the new model, for the message.
    script : str
        Its script, for the message.

    Raises
    ------
    WorseModelError
        If it is worse on the held-out data, or there is no such data.
    """
    if not comparison.sets:
        raise WorseModelError(
            f"{name}: no data to compare it on: there are no held-out corrections, and no {script} "
            "data in NUMERALS_DATA"
        )
    if comparison.is_worse:
        worse = ", ".join(each.name for each in comparison.sets if each.is_worse)
        where = f"on {worse}" if worse else "on all sets together"
        raise WorseModelError(f"{name}: worse than the active model {where}; it was not activated")


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


def _compare_all(answered: Iterable[tuple[str, list[AnswerChange]]]) -> ModelComparison:
    """Return the comparison of pairs of answers, which may be equal, by set."""
    sets, changes = [], []
    for name, answers in answered:
        old, new = (
            np.array([getattr(each, field) for each in answers], bool)
            for field in ("was_correct", "is_correct")
        )
        p_value = mcnemar_test(old, new).p_value
        sets.append(SetComparison(name, len(old), int(old.sum()), int(new.sum()), p_value))
        changes += [each for each in answers if each.before != each.after]
    return ModelComparison(tuple(sets), tuple(changes))


def _answer_lines(old: LineModel, new: LineModel, lines: LineSet) -> tuple[str, list[AnswerChange]]:
    samples = [replace(sample, text=number_text(sample.text)) for sample in lines.samples]
    texts = zip(
        samples,
        map(number_text, read_texts(old, samples)),
        map(number_text, read_texts(new, samples)),
        strict=True,
    )
    return lines.name, [
        AnswerChange(
            lines.name,
            sample.image,
            sample.text,
            before,
            after,
            matches_label(before, sample),
            matches_label(after, sample),
            sample.line_id,
        )
        for sample, before, after in texts
    ]


def _answer_digits(
    old: Model, new: Model, digits: Digits, origins: Sequence[DigitOrigin]
) -> tuple[str, list[AnswerChange]]:
    classes = np.array(digits.classes)[digits.labels].tolist()
    answers = zip(
        digits.images,
        classes,
        _classify(old, digits),
        _classify(new, digits),
        origins or [DigitOrigin()] * len(digits),
        strict=True,
    )
    return digits.name, [
        AnswerChange(
            digits.name,
            image,
            truth,
            before,
            after,
            before == truth,
            after == truth,
            origin.line_id,
            origin.position,
        )
        for image, truth, before, after, origin in answers
    ]


def _classify(model: Model, digits: Digits) -> list[str]:
    predicted = model.predict_proba(digits.images).argmax(axis=1)
    classes: list[str] = np.array(model.classes)[predicted].tolist()
    return classes


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
