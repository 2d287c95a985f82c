"""An explanation as figures, each with its caption."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from numerals.explain.attribution import Attribution
from numerals.explain.class_index import Evidence
from numerals.explain.digit_explanation import DigitExplanation, Reasons
from numerals.explain.model_explanation import ModelExplanation
from numerals.reports.attribution_charts import MapRow, plot_class_maps, plot_reasons
from numerals.reports.chart_style import latin
from numerals.reports.digit_rows_chart import DigitRow, plot_digit_rows
from numerals.reports.explanation_text import digit_name
from numerals.reports.html_page import Captioned

_N_SHARES = 5  # probabilities that are drawn
_EXACT = 1e-9  # rounding of float64
_PER_INK = "score per\nfull pixel"


def explanation_figures(explanation: ModelExplanation) -> dict[str, Captioned]:
    """Draw all that an explanation has to show.

    Parameters
    ----------
    explanation : ModelExplanation

    Returns
    -------
    dict of str to Captioned
        By name: ``coefficients`` (of a linear model), ``classes``, ``prototypes``, ``hardest``, and
        for each digit explained ``<digit>-reasons`` and ``<digit>-evidence``.
    """
    found = {}
    if explanation.scores is not None:
        found["coefficients"] = _coefficients(explanation)
    for digit in explanation.explained:
        name = digit_key(digit)
        found[f"{name}-reasons"] = _reasons(digit, plain_classes(explanation))
        found[f"{name}-evidence"] = _evidence(digit, explanation)
    if explanation.examples:
        found["classes"] = _class_examples(explanation)
    found["prototypes"] = _prototypes(explanation)
    if explanation.hardest:
        found["hardest"] = _hardest(explanation)
    return found


def plain_classes(explanation: ModelExplanation) -> tuple[str, ...]:
    """Return the names of the classes in letters that every font has."""
    return tuple(latin(name) for name in explanation.model.classes)


def digit_key(digit: DigitExplanation) -> str:
    """Return the name under which a digit's figures stand."""
    return "picture" if digit.query.index is None else f"image-{digit.query.index}"


def _coefficients(explanation: ModelExplanation) -> Captioned:
    named = ((explanation.name, explanation.scores), (explanation.beside_name, explanation.beside))
    shown = [(name, scores) for name, scores in named if scores is not None]
    means = explanation.means
    rows = [MapRow(name, scores.weights, means, _PER_INK) for name, scores in shown]
    figure = plot_class_maps(plain_classes(explanation), means, "mean image", rows, one_scale=True)
    after = sorted({step for _, scores in shown for step in scores.after})
    seen = f" Weights and means are of what {' and '.join(after)} makes of digits." if after else ""
    return Captioned(
        figure,
        "Ink on blue adds to a class's score, ink on orange takes from it; all maps have one scale,"
        f" which half a percent of the pixels exceed. Outlines: the mean image.{seen}",
    )


def _class_examples(explanation: ModelExplanation) -> Captioned:
    examples = explanation.examples
    images = explanation.digits.images[[example.index for example in examples]]
    rows = [
        _map_row(method, [example.attributions[number] for example in examples], images, unit)
        for number, (method, unit) in enumerate(explanation.methods)
    ]
    figure = plot_class_maps(
        [plain_classes(explanation)[example.label] for example in examples],
        images,
        "digit",
        rows,
        one_scale=False,
    )
    return Captioned(
        figure,
        "Of each class the digit that the model is surest of. Blue speaks for the class, orange"
        " against it; each row has one scale.",
    )


def _reasons(digit: DigitExplanation, classes: Sequence[str]) -> Captioned:
    answer, other = classes[digit.answer], classes[digit.other]
    order = [int(label) for label in np.argsort(-digit.proba, kind="stable")]
    shown = order[:_N_SHARES]
    if digit.other not in shown:
        shown[-1] = digit.other
    figure = plot_reasons(
        digit.query.image,
        [(classes[label], float(digit.proba[label])) for label in shown],
        other,
        (f"for {answer}", f"for {answer} rather than {other}"),
        [
            _map_row(r.method, [r.answer, r.contrast], [digit.query.image] * 2, r.unit)
            for r in digit.reasons
        ],
    )
    caption = f"Blue speaks for {answer}; orange against it, on the right for {other}."
    return Captioned(figure, " ".join([caption, *filter(None, map(_remark, digit.reasons))]))


def _remark(reasons: Reasons) -> str:
    """Return how far a method's pixels add up, or that they show nothing."""
    maps = (reasons.answer.values, reasons.contrast.values)
    if max(float(np.abs(values).max()) for values in maps) < _EXACT:
        return f"No {reasons.method} changes the answer's {reasons.unit}."
    residual = reasons.contrast.residual
    if residual is None:
        return ""
    within = "exactly" if abs(residual) < _EXACT else f"within {abs(residual):.2g} {reasons.unit}"
    return f"The pixels of {reasons.method} add up to the difference {within}."


def _map_row(
    method: str,
    attributions: Sequence[Attribution],
    images: Sequence[npt.NDArray[np.uint8]] | npt.NDArray[np.uint8],
    unit: str,
) -> MapRow:
    pictures = [
        image if found.seen is None else found.seen
        for found, image in zip(attributions, images, strict=True)
    ]
    return MapRow(
        method, np.stack([found.values for found in attributions]), np.stack(pictures), unit
    )


def _evidence(digit: DigitExplanation, explanation: ModelExplanation) -> Captioned:
    classes = plain_classes(explanation)
    kinds = (
        ("most alike", digit.alike),
        (f"class {classes[digit.answer]}", digit.alike_answer),
        (f"class {classes[digit.other]}", digit.alike_other),
    )
    rows = [
        DigitRow(
            title,
            explanation.train.images[evidence.indices],
            [
                f"{classes[label]} · {cosine:.3f}\n#{index}"
                for index, label, cosine in zip(
                    evidence.indices, evidence.labels, evidence.values, strict=True
                )
            ],
            _marks(evidence, digit),
        )
        for title, evidence in kinds
        if len(evidence.indices)
    ]
    return Captioned(
        plot_digit_rows(rows),
        f"The training images most like {digit_name(digit)}: label, cosine of the pixels, and place"
        f" in {explanation.train.name}. Framed blue: class {classes[digit.answer]}; orange: class"
        f" {classes[digit.other]}.",
    )


def _marks(evidence: Evidence, digit: DigitExplanation) -> list[bool | None]:
    kinds = {digit.answer: True, digit.other: False}
    return [kinds.get(int(label)) for label in evidence.labels]


def _prototypes(explanation: ModelExplanation) -> Captioned:
    classes, train = plain_classes(explanation), explanation.train
    rows = [
        DigitRow(
            classes[label],
            _images(train.images, indices),
            [f"#{index}" for index in indices],
            [None] * len(indices),
        )
        for label, indices in enumerate(explanation.prototypes)
        if indices
    ]
    return Captioned(
        plot_digit_rows(rows),
        f"Images of {train.name} that stand for their class, by place. The first is the medoid;"
        " each further one brings the class nearest to its prototypes.",
    )


def _hardest(explanation: ModelExplanation) -> Captioned:
    classes = plain_classes(explanation)
    rows = [
        DigitRow(
            classes[label],
            _images(explanation.digits.images, [hard.index for hard in found]),
            [f"{classes[h.answer]} · {h.confidence:.2f}\n#{h.index}" for h in found],
            [None if hard.answer == hard.truth else False for hard in found],
        )
        for label, found in enumerate(explanation.hardest)
        if found
    ]
    return Captioned(
        plot_digit_rows(rows),
        "Digits of each class to which the model gave the lowest probability of being that: its"
        " answer, the answer's confidence, and the place in the data. Framed: wrong answers.",
    )


def _images(images: npt.NDArray[np.uint8], indices: Sequence[int]) -> npt.NDArray[np.uint8]:
    chosen: npt.NDArray[np.uint8] = images[list(indices)]
    return chosen
