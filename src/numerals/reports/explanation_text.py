"""An explanation as plain text, for the terminal."""

from numerals.explain.digit_explanation import DigitExplanation
from numerals.explain.model_explanation import ModelExplanation
from numerals.reports.text_tables import format_table

_N_EVIDENCE = 5


def explanation_text(explanation: ModelExplanation) -> str:
    """Return what was found, without the maps, a paragraph for each digit.

    Parameters
    ----------
    explanation : ModelExplanation
    """
    classes = explanation.model.classes
    parts = [_digit_text(digit, classes) for digit in explanation.explained]
    if explanation.hardest:
        parts.append(_hardest_table(explanation))
    if explanation.accuracy is not None:
        share, n = 100 * explanation.accuracy.accuracy, explanation.n_measured
        parts.append(f"{share:.2f} % of the first {n:,} of {explanation.digits.name} are right.")
    return "\n\n".join(parts)


def digit_name(digit: DigitExplanation) -> str:
    """Return what a digit is called: its place in the data, or the picture."""
    return "the picture" if digit.query.index is None else f"image {digit.query.index}"


def _digit_text(digit: DigitExplanation, classes: tuple[str, ...]) -> str:
    answer, other = classes[digit.answer], classes[digit.other]
    runner_up = classes[digit.runner_up]
    lines = [
        f"{digit_name(digit)}: {answer} ({digit.proba[digit.answer]:.3f}); runner-up {runner_up}"
        f" ({digit.proba[digit.runner_up]:.3f}){_judgement(digit, classes)}"
    ]
    for reasons in digit.reasons:
        residual = reasons.contrast.residual
        complete = ""
        if residual is not None:
            within = "exactly" if abs(residual) < 1e-9 else f"within {abs(residual):.1g}"
            complete = f"; the pixels add up to it {within}"
        lines.append(
            f"  {reasons.method}: {answer} rather than {other} by"
            f" {reasons.contrast.score:.2f} ({reasons.unit}){complete}"
        )
    for title, evidence in (
        ("training images most alike", digit.alike),
        (f"most alike of class {other}", digit.alike_other),
    ):
        found = [
            f"{index} ({classes[label]}, {cosine:.3f})"
            for index, label, cosine in zip(
                evidence.indices, evidence.labels, evidence.values, strict=True
            )
        ]
        lines.append(f"  {title}: {', '.join(found[:_N_EVIDENCE]) or 'none'}")
    return "\n".join(lines)


def _judgement(digit: DigitExplanation, classes: tuple[str, ...]) -> str:
    truth = digit.query.truth
    if truth is None or truth == digit.answer:
        return "" if truth is None else "; right"
    return f"; wrong, its label {classes[truth]} has {digit.proba[truth]:.3f}"


def _hardest_table(explanation: ModelExplanation) -> str:
    classes = explanation.model.classes
    rows = [
        [
            classes[hard.truth],
            str(hard.index),
            f"{hard.truth_probability:.3f}",
            classes[hard.answer],
            f"{hard.confidence:.3f}",
        ]
        for found in explanation.hardest
        for hard in found[:1]
    ]
    head = ["class", "hardest image", "truth's probability", "answer", "confidence"]
    return format_table(head, rows)
