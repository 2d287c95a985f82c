"""Draw the parts of a model's explanation, each as a figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from numerals.displays.attribution_charts import MapRow, plot_class_maps
from numerals.displays.digit_rows import DigitRow, plot_digit_rows
from numerals.explain.attribution import Attribution
from numerals.explain.class_index import NeighborEvidence
from numerals.explain.coefficients import LinearScores
from numerals.explain.digit_explanation import DigitExplanation
from numerals.explain.example_selection import HardExample
from numerals.explain.map_rows import map_row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Images = npt.NDArray[np.uint8]

_WEIGHT_UNIT = "score per\nfull pixel"


def plot_coefficients(
    models: Sequence[tuple[str, LinearScores]],
    means: npt.NDArray[np.float64],
    classes: Sequence[str],
) -> "Figure":
    """Draw the weights of linear models below the mean image of each class.

    Parameters
    ----------
    models : sequence of (str, LinearScores)
        Names and weights.
    means : ndarray of float64, shape (n_classes, height, width)
    classes : sequence of str
    """
    rows = [MapRow(name, scores.weights, means, _WEIGHT_UNIT) for name, scores in models]
    return plot_class_maps(classes, means, "mean image", rows, one_scale=True)


def plot_class_examples(
    names: Sequence[str],
    images: Images,
    attributions: Sequence[Sequence[Attribution]],
    methods: Sequence[tuple[str, str]],
) -> "Figure":
    """Draw one digit of each class with its attributions.

    Parameters
    ----------
    names : sequence of str
        Class of each digit.
    images : ndarray of uint8, shape (n_digits, height, width)
    attributions : sequence of sequence of Attribution
        For each digit, one for each method.
    methods : sequence of (str, str)
        Names and units.
    """
    rows = [
        map_row(method, [each[number] for each in attributions], images, unit)
        for number, (method, unit) in enumerate(methods)
    ]
    return plot_class_maps(names, images, "digit", rows, one_scale=False)


def plot_evidence(digit: DigitExplanation, train: Images, classes: Sequence[str]) -> "Figure":
    """Draw the training images nearest to a digit: of all, of the answer's and the other class.

    Parameters
    ----------
    digit : DigitExplanation
    train : ndarray of uint8, shape (n_images, height, width)
    classes : sequence of str
    """
    kinds = (
        ("nearest", digit.nearest),
        (f"class {classes[digit.answer]}", digit.nearest_of_answer),
        (f"class {classes[digit.other]}", digit.nearest_of_other),
    )
    rows = [
        DigitRow(
            title,
            train[nearest.indices],
            [
                f"{classes[label]} · {similarity:.3f}\n#{index}"
                for index, label, similarity in zip(
                    nearest.indices, nearest.labels, nearest.values, strict=True
                )
            ],
            _class_marks(nearest, digit),
        )
        for title, nearest in kinds
        if len(nearest.indices)
    ]
    return plot_digit_rows(rows)


def plot_prototypes(
    prototypes: Sequence[Sequence[int]], train: Images, classes: Sequence[str]
) -> "Figure":
    """Draw the prototypes of each class.

    Parameters
    ----------
    prototypes : sequence of sequence of int
        Indices into `train`, for each class.
    train : ndarray of uint8, shape (n_images, height, width)
    classes : sequence of str
    """
    rows = [
        DigitRow(
            classes[label],
            train[list(indices)],
            [f"#{index}" for index in indices],
            [None] * len(indices),
        )
        for label, indices in enumerate(prototypes)
        if indices
    ]
    return plot_digit_rows(rows)


def plot_hardest(
    hardest: Sequence[Sequence[HardExample]], images: Images, classes: Sequence[str]
) -> "Figure":
    """Draw the hardest digits of each class, with the answers.

    Parameters
    ----------
    hardest : sequence of sequence of HardExample
        For each class.
    images : ndarray of uint8, shape (n_images, height, width)
    classes : sequence of str
    """
    rows = [
        DigitRow(
            classes[label],
            images[[each.index for each in examples]],
            [f"{classes[e.answer]} · {e.confidence:.2f}\n#{e.index}" for e in examples],
            [None if each.answer == each.truth else False for each in examples],
        )
        for label, examples in enumerate(hardest)
        if examples
    ]
    return plot_digit_rows(rows)


def _class_marks(nearest: NeighborEvidence, digit: DigitExplanation) -> list[bool | None]:
    marks = {digit.answer: True, digit.other: False}
    return [marks.get(int(label)) for label in nearest.labels]
