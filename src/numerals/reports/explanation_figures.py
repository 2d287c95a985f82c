"""Draw the figures of a model's explanation, each with a caption."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.displays.attribution_charts import MapRow, plot_class_maps, plot_digit_attributions
from numerals.displays.chart_style import render_figure
from numerals.displays.digit_rows import DigitRow, plot_digit_rows
from numerals.explain.attribution import Attribution
from numerals.explain.class_index import NeighborEvidence
from numerals.explain.digit_explanation import DigitExplanation, MethodAttribution
from numerals.explain.model_explanation import ModelExplanation
from numerals.reports.explanation_text import EXACT_RESIDUAL, digit_name
from numerals.reports.html_page import CaptionedFigure
from numerals.scripts import to_ascii_digits

_N_PROBABILITIES = 5
_WEIGHT_UNIT = "score per\nfull pixel"


def draw_explanation(explanation: ModelExplanation) -> dict[str, CaptionedFigure]:
    """Draw all figures of an explanation.

    Parameters
    ----------
    explanation : ModelExplanation

    Returns
    -------
    dict of str to CaptionedFigure
        By name: ``coefficients`` (of a linear model), ``classes``, ``prototypes``, ``hardest``, and
        for each explained digit ``<digit>-reasons`` and ``<digit>-evidence``.
    """
    figures = {}
    if explanation.linear is not None:
        figures["coefficients"] = _draw_coefficients(explanation)
    for digit in explanation.explained:
        name = digit_key(digit)
        figures[f"{name}-reasons"] = _draw_attributions(digit, ascii_classes(explanation))
        figures[f"{name}-evidence"] = _draw_evidence(digit, explanation)
    if explanation.examples:
        figures["classes"] = _draw_class_examples(explanation)
    figures["prototypes"] = _draw_prototypes(explanation)
    if explanation.hardest:
        figures["hardest"] = _draw_hardest(explanation)
    return figures


def ascii_classes(explanation: ModelExplanation) -> tuple[str, ...]:
    """Return the class names with ASCII digits, which every font has."""
    return tuple(to_ascii_digits(name) for name in explanation.model.classes)


def digit_key(digit: DigitExplanation) -> str:
    """Return the first part of the names of a digit's figures."""
    return "picture" if digit.query.index is None else f"image-{digit.query.index}"


def _draw_coefficients(explanation: ModelExplanation) -> CaptionedFigure:
    models = (
        (explanation.name, explanation.linear),
        (explanation.beside_name, explanation.beside),
    )
    shown = [(name, scores) for name, scores in models if scores is not None]
    means = explanation.means
    rows = [MapRow(name, scores.weights, means, _WEIGHT_UNIT) for name, scores in shown]
    figure = render_figure(
        plot_class_maps, ascii_classes(explanation), means, "mean image", rows, one_scale=True
    )
    steps = sorted({step for _, scores in shown for step in scores.steps_before})
    note = f" Weights and means apply to digits after {' and '.join(steps)}." if steps else ""
    return CaptionedFigure(
        figure,
        "Ink on blue pixels increases a class's score, ink on orange pixels decreases it. All maps"
        " share one scale, which 0.5 % of the pixels exceed. Outlines show the mean image."
        f"{note}",
    )


def _draw_class_examples(explanation: ModelExplanation) -> CaptionedFigure:
    examples = explanation.examples
    images = explanation.digits.images[[example.index for example in examples]]
    rows = [
        _map_row(method, [example.attributions[number] for example in examples], images, unit)
        for number, (method, unit) in enumerate(explanation.methods)
    ]
    figure = render_figure(
        plot_class_maps,
        [ascii_classes(explanation)[example.label] for example in examples],
        images,
        "digit",
        rows,
        one_scale=False,
    )
    return CaptionedFigure(
        figure,
        "The correctly classified digit of each class with the highest confidence. Blue supports"
        " the class, orange opposes it; each row has its own scale.",
    )


def _draw_attributions(digit: DigitExplanation, classes: Sequence[str]) -> CaptionedFigure:
    answer, other = classes[digit.answer], classes[digit.other]
    labels = digit.most_probable(_N_PROBABILITIES)
    figure = render_figure(
        plot_digit_attributions,
        digit.query.image,
        [(classes[label], float(digit.proba[label])) for label in labels],
        other,
        (answer, f"{answer} versus {other}"),
        [
            _map_row(each.method, [each.answer, each.contrast], [digit.query.image] * 2, each.unit)
            for each in digit.attributions
        ],
    )
    caption = (
        f"Blue supports {answer}; orange opposes it, and in the right column supports {other}."
    )
    notes = filter(None, map(_attribution_note, digit.attributions))
    return CaptionedFigure(figure, " ".join([caption, *notes]))


def _attribution_note(attribution: MethodAttribution) -> str:
    """Return how exactly the attributions sum to the score difference, or that all are zero."""
    maps = (attribution.answer.values, attribution.contrast.values)
    method, unit = attribution.method, attribution.unit
    if max(float(np.abs(values).max()) for values in maps) < EXACT_RESIDUAL:
        return f"All attributions of {method} are zero."
    residual = attribution.contrast.residual
    if residual is None:
        return ""
    error = abs(residual)
    precision = "exactly" if error < EXACT_RESIDUAL else f"within {error:.2g} {unit}"
    return f"The attributions of {method} sum to the difference {precision}."


def _map_row(
    method: str,
    attributions: Sequence[Attribution],
    images: Sequence[npt.NDArray[np.uint8]] | npt.NDArray[np.uint8],
    unit: str,
) -> MapRow:
    pictures = [
        image if attribution.transformed is None else attribution.transformed
        for attribution, image in zip(attributions, images, strict=True)
    ]
    maps = np.stack([attribution.values for attribution in attributions])
    return MapRow(method, maps, np.stack(pictures), unit)


def _draw_evidence(digit: DigitExplanation, explanation: ModelExplanation) -> CaptionedFigure:
    classes = ascii_classes(explanation)
    kinds = (
        ("nearest", digit.nearest),
        (f"class {classes[digit.answer]}", digit.nearest_of_answer),
        (f"class {classes[digit.other]}", digit.nearest_of_other),
    )
    rows = [
        DigitRow(
            title,
            explanation.train.images[nearest.indices],
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
    return CaptionedFigure(
        render_figure(plot_digit_rows, rows),
        f"Training images nearest to {digit_name(digit)}: label, cosine similarity of the pixels,"
        f" and index in {explanation.train.name}. Blue frames: class {classes[digit.answer]};"
        f" orange frames: class {classes[digit.other]}.",
    )


def _class_marks(nearest: NeighborEvidence, digit: DigitExplanation) -> list[bool | None]:
    marks = {digit.answer: True, digit.other: False}
    return [marks.get(int(label)) for label in nearest.labels]


def _draw_prototypes(explanation: ModelExplanation) -> CaptionedFigure:
    classes, train = ascii_classes(explanation), explanation.train
    rows = [
        DigitRow(
            classes[label],
            _select(train.images, indices),
            [f"#{index}" for index in indices],
            [None] * len(indices),
        )
        for label, indices in enumerate(explanation.prototypes)
        if indices
    ]
    return CaptionedFigure(
        render_figure(plot_digit_rows, rows),
        f"Prototypes of each class, with their indices in {train.name}. The first one is the"
        " medoid; each further one minimizes the distances of the class's images to their nearest"
        " prototype.",
    )


def _draw_hardest(explanation: ModelExplanation) -> CaptionedFigure:
    classes = ascii_classes(explanation)
    rows = [
        DigitRow(
            classes[label],
            _select(explanation.digits.images, [each.index for each in examples]),
            [f"{classes[e.answer]} · {e.confidence:.2f}\n#{e.index}" for e in examples],
            [None if each.answer == each.truth else False for each in examples],
        )
        for label, examples in enumerate(explanation.hardest)
        if examples
    ]
    return CaptionedFigure(
        render_figure(plot_digit_rows, rows),
        "The digits of each class whose true class has the lowest probability: answer, confidence"
        " and index in the data set. Orange frames: wrong answers.",
    )


def _select(images: npt.NDArray[np.uint8], indices: Sequence[int]) -> npt.NDArray[np.uint8]:
    selected: npt.NDArray[np.uint8] = images[list(indices)]
    return selected
