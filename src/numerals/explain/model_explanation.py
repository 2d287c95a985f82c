"""What there is to say of a model: the record that pages, tables and JSON are made from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.evaluation import DigitAccuracy
from numerals.explain.attribution import Attribution
from numerals.explain.coefficients import LinearScores
from numerals.explain.digit_explanation import DigitExplanation
from numerals.explain.example_selection import HardExample
from numerals.models import Model
from numerals.records import Digits


@dataclass(frozen=True, eq=False)
class ClassExample:
    """A digit of a class that the model knows, and what speaks for that class.

    Attributes
    ----------
    index : int
        Where it is in the data.
    label : int
    attributions : tuple of Attribution
        Of the score of `label`; one for each method.
    """

    index: int
    label: int
    attributions: tuple[Attribution, ...]


@dataclass(frozen=True, eq=False)
class ModelExplanation:
    """All that `explain_model` found out.

    Attributes
    ----------
    model : Model
    name : str
        What it is called.
    digits, train : Digits
        What was explained, and where evidence and prototypes come from.
    methods : tuple of (str, str)
        The ways of attribution with the units of their scores.
    n_measured : int
        How many of `digits`, the first ones, were classified for `accuracy` and `hardest`.
    accuracy : DigitAccuracy or None
        None where `digits` have no labels.
    means : ndarray of float64, shape (n_classes, height, width)
        Mean training image of each class, grey levels; as the weights of a linear model meet it.
    scores, beside : LinearScores or None
        Of a linear model, and of the one beside it.
    beside_name : str
    examples : tuple of ClassExample
    prototypes : tuple of tuple of int
        Indices into `train`, for each class.
    hardest : tuple of tuple of HardExample
        For each class; empty where there are no labels.
    explained : tuple of DigitExplanation
    """

    model: Model
    name: str
    digits: Digits
    train: Digits
    methods: tuple[tuple[str, str], ...]
    n_measured: int
    accuracy: DigitAccuracy | None
    means: npt.NDArray[np.float64]
    scores: LinearScores | None
    beside: LinearScores | None
    beside_name: str
    examples: tuple[ClassExample, ...]
    prototypes: tuple[tuple[int, ...], ...]
    hardest: tuple[tuple[HardExample, ...], ...]
    explained: tuple[DigitExplanation, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, without the maps, ready for JSON."""
        classes = self.model.classes
        accuracy = self.accuracy
        return {
            "model": self.name,
            "data": self.digits.name,
            "n_measured": self.n_measured,
            "train": self.train.name,
            "n_train": len(self.train),
            "accuracy": None if accuracy is None else round(accuracy.accuracy, 6),
            "methods": [{"method": method, "unit": unit} for method, unit in self.methods],
            "linear": self.scores is not None,
            "digits": [digit.to_dict(classes) for digit in self.explained],
            "prototypes": {classes[c]: list(found) for c, found in enumerate(self.prototypes)},
            "hardest": {
                classes[c]: [hard.to_dict(classes) for hard in found]
                for c, found in enumerate(self.hardest)
            },
        }

    def maps(self) -> dict[str, npt.NDArray[np.float64]]:
        """Return every map by a name, each of shape (..., height, width)."""
        found = {"class_means": self.means}
        for name, scores in (("coefficients", self.scores), ("coefficients_beside", self.beside)):
            if scores is not None:
                found[name] = scores.weights
        for digit in self.explained:
            name = "picture" if digit.query.index is None else f"digit{digit.query.index}"
            for reasons in digit.reasons:
                method = reasons.method.replace(" ", "-")
                found[f"{name}-{method}-answer"] = reasons.answer.values
                found[f"{name}-{method}-contrast"] = reasons.contrast.values
        return found
