"""Render the explanation of a model as plain text."""

from numerals.explain.class_index import NeighborEvidence
from numerals.explain.digit_explanation import DigitExplanation, MethodAttribution
from numerals.explain.model_explanation import ModelExplanation
from numerals.reports.text_tables import ReportTable, percent

_N_NEAREST = 5
EXACT_RESIDUAL = 1e-9
"""Maximum residual of an attribution that counts as exact: rounding errors of float64."""


def explanation_text(explanation: ModelExplanation) -> str:
    """Return a paragraph for each explained digit, the hardest digits, and the accuracy.

    Parameters
    ----------
    explanation : ModelExplanation
    """
    classes = explanation.model.classes
    parts = [_digit_text(digit, classes) for digit in explanation.explained]
    if explanation.hardest:
        parts.append(hardest_table(explanation).to_text())
    if explanation.accuracy is not None:
        accuracy, n = explanation.accuracy.accuracy, explanation.n_measured
        parts.append(
            f"accuracy on the first {n:,} digits of {explanation.digits.name}:"
            f" {percent(accuracy)} %"
        )
    return "\n\n".join(parts)


def hardest_table(explanation: ModelExplanation) -> ReportTable:
    """Return the hardest digit of each class as a row."""
    classes = explanation.model.classes
    rows = [
        (
            classes[hardest.truth],
            str(hardest.index),
            f"{hardest.truth_probability:.3f}",
            classes[hardest.answer],
            f"{hardest.confidence:.3f}",
        )
        for examples in explanation.hardest
        for hardest in examples[:1]
    ]
    head = ("class", "hardest image", "probability of class", "answer", "confidence")
    return ReportTable(head, rows)


def _digit_text(digit: DigitExplanation, classes: tuple[str, ...]) -> str:
    answer, other = classes[digit.answer], classes[digit.other]
    runner_up = classes[digit.runner_up]
    lines = [
        f"{digit.name}: {answer} ({digit.proba[digit.answer]:.3f}); runner-up {runner_up}"
        f" ({digit.proba[digit.runner_up]:.3f}){_correctness_text(digit, classes)}",
        *(_attribution_text(each, answer, other) for each in digit.attributions),
        f"  nearest training images: {_nearest_text(digit.nearest, classes)}",
        f"  nearest of class {other}: {_nearest_text(digit.nearest_of_other, classes)}",
    ]
    return "\n".join(lines)


def _correctness_text(digit: DigitExplanation, classes: tuple[str, ...]) -> str:
    truth = digit.query.truth
    if truth is None:
        return ""
    if truth == digit.answer:
        return "; correct"
    return f"; wrong, the label {classes[truth]} has {digit.proba[truth]:.3f}"


def _attribution_text(attribution: MethodAttribution, answer: str, other: str) -> str:
    contrast = attribution.contrast
    text = (
        f"  {attribution.method}: {attribution.unit} of {answer} versus {other}:"
        f" {contrast.score:.2f}"
    )
    if contrast.residual is None:
        return text
    if abs(contrast.residual) < EXACT_RESIDUAL:
        return f"{text}; the pixels sum to it exactly"
    return f"{text}; the pixels sum to it within {abs(contrast.residual):.1g}"


def _nearest_text(nearest: NeighborEvidence, classes: tuple[str, ...]) -> str:
    images = [
        f"{index} ({classes[label]}, {similarity:.3f})"
        for index, label, similarity in zip(
            nearest.indices, nearest.labels, nearest.values, strict=True
        )
    ]
    return ", ".join(images[:_N_NEAREST]) or "none"
