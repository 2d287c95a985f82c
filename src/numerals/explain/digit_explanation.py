"""Explain the answer for one digit: attributions, a contrast class, nearest training images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from numerals.explain.attribution import Attribution, Attributor
from numerals.explain.class_index import ClassIndex, NeighborEvidence
from numerals.models import Model
from numerals.scripts import to_ascii_digits

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_N_PROBABILITIES = 5


@dataclass(frozen=True, eq=False)
class MethodAttribution:
    """Attributions of one digit by one method.

    Attributes
    ----------
    method, unit : str
        As of the `Attributor`.
    answer : Attribution
        Of the answer's score.
    contrast : Attribution
        Of the answer's score minus the score of the contrast class.
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
    """A digit to explain.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width)
    index : int, optional
        Index of the digit in the data set; None for a picture that the user supplied.
    truth : int, optional
        Its label.
    exclude : int, optional
        Index of the training image that is the digit itself; it is not used as evidence.
    """

    image: npt.NDArray[np.uint8]
    index: int | None = None
    truth: int | None = None
    exclude: int | None = None


@dataclass(frozen=True, eq=False, repr=False)
class DigitExplanation:
    """Explanation of the answer for one digit.

    Attributes
    ----------
    query : Query
    proba : ndarray of float32, shape (n_classes,)
    answer, runner_up : int
        The most and the second most probable class. If all other probabilities are 0, the
        runner-up is the class of the most similar image of another class.
    other : int
        The contrast class.
    attributions : tuple of MethodAttribution
        One for each method.
    nearest, nearest_of_answer, nearest_of_other : NeighborEvidence
        Most similar training images of all classes, of the answer's class, and of the contrast
        class.
    classes : tuple of str
        Names of the model's classes.
    """

    query: Query
    proba: npt.NDArray[np.float32]
    answer: int
    runner_up: int
    other: int
    attributions: tuple[MethodAttribution, ...]
    nearest: NeighborEvidence
    nearest_of_answer: NeighborEvidence
    nearest_of_other: NeighborEvidence
    classes: tuple[str, ...]

    @property
    def name(self) -> str:
        """``"image 7"`` with the index in the data set, or ``"the picture"``."""
        return "the picture" if self.query.index is None else f"image {self.query.index}"

    @property
    def key(self) -> str:
        """The first part of the names of its figures, such as ``"image-7"``."""
        return "picture" if self.query.index is None else f"image-{self.query.index}"

    def plot(self) -> npt.NDArray[Any]:
        """Draw the digit, its probabilities, and its attribution maps.

        Returns
        -------
        ndarray of Axes
            Of a new figure: the digit, the probabilities, the maps, the color bars.
        """
        return np.array(self.draw().axes)

    def draw(self) -> "Figure":
        """Draw what `plot` draws, and return the figure."""
        from numerals.displays.attribution_charts import plot_digit_attributions
        from numerals.explain.map_rows import map_row

        classes = [to_ascii_digits(name) for name in self.classes]
        answer, other = classes[self.answer], classes[self.other]
        image = self.query.image
        return plot_digit_attributions(
            image,
            [(classes[i], float(self.proba[i])) for i in self.most_probable(_N_PROBABILITIES)],
            other,
            (answer, f"{answer} versus {other}"),
            [
                map_row(each.method, [each.answer, each.contrast], [image] * 2, each.unit)
                for each in self.attributions
            ],
        )

    def _repr_html_(self) -> str:
        """Return the figure that `plot` draws, for notebooks."""
        from numerals.displays.html import below_html, figure_html, text_html

        return below_html(text_html(repr(self)), figure_html(self.draw, "attribution maps"))

    def __repr__(self) -> str:
        answer, other = self.classes[self.answer], self.classes[self.other]
        confidence = float(self.proba[self.answer])
        return f"DigitExplanation({self.name}: {answer} ({confidence:.3f}), why not {other}?)"

    def most_probable(self, n: int) -> list[int]:
        """Return the `n` most probable classes; the last one is replaced by `other` if missing."""
        labels = [int(label) for label in np.argsort(-self.proba, kind="stable")[:n]]
        if self.other not in labels:
            labels[-1] = self.other
        return labels

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
            "reasons": [attribution.to_dict() for attribution in self.attributions],
            "evidence": self.nearest.to_list(classes),
            "evidence_for_answer": self.nearest_of_answer.to_list(classes),
            "evidence_for_other": self.nearest_of_other.to_list(classes),
        }


def explain_digit(
    model: Model,
    query: Query,
    index: ClassIndex,
    attributors: Sequence[Attributor],
    *,
    why_not: int | None = None,
    n_nearest: int = 8,
) -> DigitExplanation:
    """Explain a model's answer for one digit.

    Parameters
    ----------
    model : Model
    query : Query
    index : ClassIndex
        Index of the training images, by cosine.
    attributors : sequence of Attributor
    why_not : int, optional
        The contrast class. If it is None or the answer itself, the contrast class is the truth if
        the answer is wrong, else the runner-up.
    n_nearest : int, default=8
        Number of nearest training images of each kind.
    """
    proba = model.predict_proba(query.image[None])[0]
    learned = learned_labels(model)
    answer, runner_up = _top_two(proba, query.image, index, learned)
    preferences = (why_not, query.truth, runner_up)
    other = next(label for label in preferences if label in learned and label != answer)
    attributions = tuple(_attribute(each, query.image, answer, other) for each in attributors)
    nearest, of_answer, of_other = (
        index.nearest(query.image, n_nearest, among=among, exclude=query.exclude)
        for among in (None, {answer}, {other})
    )
    return DigitExplanation(
        query,
        proba,
        answer,
        runner_up,
        other,
        attributions,
        nearest,
        of_answer,
        of_other,
        model.classes,
    )


def learned_labels(model: Model) -> tuple[int, ...]:
    """Return the columns of the classes that the model was fitted on."""
    estimator = getattr(model, "estimator", None)
    return tuple(int(label) for label in getattr(estimator, "classes_", range(len(model.classes))))


def _top_two(
    proba: npt.NDArray[np.float32],
    image: npt.NDArray[np.uint8],
    index: ClassIndex,
    learned: Sequence[int],
) -> tuple[int, int]:
    """Return the answer and the runner-up among the learned classes."""
    order = [int(label) for label in np.argsort(-proba, kind="stable") if label in learned]
    answer, runner_up = order[:2]
    if proba[runner_up] == 0:  # such as for a single nearest neighbor
        others = index.nearest(image, 1, among=set(learned) - {answer}).labels
        runner_up = int(others[0]) if len(others) else runner_up
    return answer, runner_up


def _attribute(
    attributor: Attributor, image: npt.NDArray[np.uint8], answer: int, other: int
) -> MethodAttribution:
    return MethodAttribution(
        attributor.method,
        attributor.unit,
        attributor.attribute(image, answer),
        attributor.attribute(image, answer, other),
    )
