"""Draw the figures of a model's explanation, each with a caption."""

import numpy as np

from numerals.displays.chart_style import render_figure
from numerals.explain.digit_explanation import DigitExplanation, MethodAttribution
from numerals.explain.model_explanation import ModelExplanation
from numerals.reports.explanation_text import EXACT_RESIDUAL
from numerals.reports.html_page import CaptionedFigure


def draw_explanation(explanation: ModelExplanation) -> dict[str, CaptionedFigure]:
    """Draw all figures of an explanation.

    Parameters
    ----------
    explanation : ModelExplanation

    Returns
    -------
    dict of str to CaptionedFigure
        By the names of `ModelExplanation.plots`.
    """
    captions = {
        "coefficients": _coefficients_caption(explanation),
        "classes": "The correctly classified digit of each class with the highest confidence. Blue"
        " supports the class, orange opposes it; each row has its own scale.",
        "prototypes": f"Prototypes of each class, with their indices in {explanation.train.name}."
        " The first one is the medoid; each further one minimizes the distances of the class's"
        " images to their nearest prototype.",
        "hardest": "The digits of each class whose true class has the lowest probability: answer,"
        " confidence and index in the data set. Orange frames: wrong answers.",
    }
    for digit in explanation.explained:
        captions[f"{digit.key}-reasons"] = _reasons_caption(digit, explanation.class_names)
        captions[f"{digit.key}-evidence"] = _evidence_caption(digit, explanation)
    return {
        name: CaptionedFigure(render_figure(plot), captions[name])
        for name, plot in explanation.plots().items()
    }


def _coefficients_caption(explanation: ModelExplanation) -> str:
    shown = [scores for scores in (explanation.linear, explanation.beside) if scores is not None]
    steps = sorted({step for scores in shown for step in scores.steps_before})
    note = f" Weights and means apply to digits after {' and '.join(steps)}." if steps else ""
    return (
        "Ink on blue pixels increases a class's score, ink on orange pixels decreases it. All maps"
        f" share one scale, which 0.5 % of the pixels exceed. Outlines show the mean image.{note}"
    )


def _reasons_caption(digit: DigitExplanation, classes: tuple[str, ...]) -> str:
    answer, other = classes[digit.answer], classes[digit.other]
    caption = (
        f"Blue supports {answer}; orange opposes it, and in the right column supports {other}."
    )
    return " ".join([caption, *filter(None, map(_attribution_note, digit.attributions))])


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


def _evidence_caption(digit: DigitExplanation, explanation: ModelExplanation) -> str:
    classes = explanation.class_names
    return (
        f"Training images nearest to {digit.name}: label, cosine similarity of the pixels, and"
        f" index in {explanation.train.name}. Blue frames: class {classes[digit.answer]}; orange"
        f" frames: class {classes[digit.other]}."
    )
