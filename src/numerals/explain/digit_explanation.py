"""One digit explained: why this answer, why not that one, and which training images are alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.explain.attribution import Attribution, Attributor
from numerals.explain.class_index import ClassIndex, Evidence
from numerals.models import Model


@dataclass(frozen=True, eq=False)
class Reasons:
    """What one method says about one digit.

    Attributes
    ----------
    method, unit : str
        As the `Attributor` names them.
    answer : Attribution
        Of the answer's score.
    contrast : Attribution
        Of the answer's score less that of the class it is held against.
    """

    method: str
    unit: str
    answer: Attribution
    contrast: Attribution

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, without the maps, ready for JSON."""
        return {
            "method": self.method,
            "unit": self.unit,
            "answer": self.answer.to_dict(),
            "contrast": self.contrast.to_dict(),
        }


@dataclass(frozen=True, eq=False)
class Query:
    """A digit to be explained.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width)
    index : int, optional
        Where it is in the data.
    truth : int, optional
        Its label.
    exclude : int, optional
        A training image that is no evidence, as it is the digit itself.
    """

    image: npt.NDArray[np.uint8]
    index: int | None = None
    truth: int | None = None
    exclude: int | None = None


@dataclass(frozen=True, eq=False)
class DigitExplanation:
    """Why one digit got its answer.

    Attributes
    ----------
    query : Query
    proba : ndarray of float32, shape (n_classes,)
    answer, runner_up, other : int
        The likeliest class, the next, and the one that the answer is held against. Where no other
        class has any probability, the next is that of the most similar image.
    reasons : tuple of Reasons
        One for each method.
    alike, alike_answer, alike_other : Evidence
        The most similar training images of all, of the answer's class, and of the other class.
    """

    query: Query
    proba: npt.NDArray[np.float32]
    answer: int
    runner_up: int
    other: int
    reasons: tuple[Reasons, ...]
    alike: Evidence
    alike_answer: Evidence
    alike_other: Evidence

    def to_dict(self, classes: Sequence[str]) -> dict[str, Any]:
        """Return the numbers, without the maps, ready for JSON."""
        return {
            "index": self.query.index,
            "truth": None if self.query.truth is None else classes[self.query.truth],
            "answer": classes[self.answer],
            "confidence": round(float(self.proba[self.answer]), 6),
            "runner_up": classes[self.runner_up],
            "runner_up_probability": round(float(self.proba[self.runner_up]), 6),
            "other": classes[self.other],
            "other_probability": round(float(self.proba[self.other]), 6),
            "reasons": [reasons.to_dict() for reasons in self.reasons],
            "evidence": self.alike.to_list(classes),
            "evidence_for_answer": self.alike_answer.to_list(classes),
            "evidence_for_other": self.alike_other.to_list(classes),
        }


def explain_digit(
    model: Model,
    query: Query,
    index: ClassIndex,
    attributors: Sequence[Attributor],
    *,
    why_not: int | None = None,
    n_alike: int = 8,
) -> DigitExplanation:
    """Explain a model's answer for one digit.

    Parameters
    ----------
    model : Model
    query : Query
    index : ClassIndex
        Where evidence is looked for; by cosine.
    attributors : sequence of Attributor
        The methods that say which pixels speak for the answer.
    why_not : int, optional
        The class that the answer is held against. If none is given, or if it is the answer itself,
        that is the truth where the answer is wrong, else the runner-up.
    n_alike : int, default=8
        How many training images are kept of each kind.
    """
    proba = model.predict_proba(query.image[None])[0]
    learned = learned_labels(model)
    answer, runner_up = _first_two(proba, query.image, index, learned)
    rivals = (why_not, query.truth, runner_up)
    other = next(rival for rival in rivals if rival in learned and rival != answer)
    reasons = tuple(_reasons(way, query.image, answer, other) for way in attributors)
    evidence = (
        index.nearest(query.image, n_alike, among=among, exclude=query.exclude)
        for among in (None, {answer}, {other})
    )
    return DigitExplanation(query, proba, answer, runner_up, other, reasons, *evidence)


def _first_two(
    proba: npt.NDArray[np.float32],
    image: npt.NDArray[np.uint8],
    index: ClassIndex,
    learned: Sequence[int],
) -> tuple[int, int]:
    order = [int(label) for label in np.argsort(-proba, kind="stable") if label in learned]
    answer, runner_up = order[:2]
    if proba[runner_up] == 0:  # as where one neighbour votes alone
        others = index.nearest(image, 1, among=set(learned) - {answer}).labels
        runner_up = int(others[0]) if len(others) else runner_up
    return answer, runner_up


def _reasons(way: Attributor, image: npt.NDArray[np.uint8], answer: int, other: int) -> Reasons:
    return Reasons(
        way.method,
        way.unit,
        way.attribute(image, answer),
        way.attribute(image, answer, other),
    )


def learned_labels(model: Model) -> tuple[int, ...]:
    """Return the columns of the classes that were in the data that a model was fitted on."""
    estimator = getattr(model, "estimator", None)
    return tuple(int(label) for label in getattr(estimator, "classes_", range(len(model.classes))))
