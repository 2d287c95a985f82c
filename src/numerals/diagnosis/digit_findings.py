"""Findings about a picture of a single digit: the photograph, the shape, and its classes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from numerals.diagnosis.digit_properties import INK_LEVEL, MEASURING_SCALE, measure_digit
from numerals.diagnosis.explanation import Finding, sort_findings
from numerals.diagnosis.percent_text import percent
from numerals.diagnosis.photo_findings import (
    border_finding,
    other_ink_finding,
    photo_findings,
    polarity_finding,
)
from numerals.diagnosis.photo_properties import crop_with_margin
from numerals.diagnosis.property_texts import DIGIT_TEXTS, compare_property
from numerals.diagnosis.training_ranges import TrainingRanges, load_ranges
from numerals.diagnosis.trials import DIGIT_CORRECTIONS
from numerals.ink.connected_components import Component, merge_components
from numerals.ink.normalize import MNIST_BOX, MNIST_SIZE, estimate_stroke_width
from numerals.reading.trace import DigitTrace

MIN_COMPARED_PROBABILITY = 0.02
"""Minimum probability of a class for the digit to be compared with that class."""
MIN_CLEAR_PROBABILITY = 0.95
"""Probability from which the answer is clear."""
MAX_RARE_SHARE = 0.05
"""Maximum share of a class's digits with a number of parts or loops that is rare."""
MIN_CLASS_SHARE = 97.5
"""Percentage of the digits of a class on one side of an unusual value."""
MIN_WIDENING = 1.1
"""Ratio of stroke widths from which strokes count as widened."""
MIN_MEASURED_HEIGHT = 4 * MNIST_BOX
"""Height of a digit, pixels, below which it is enlarged to measure its strokes."""

_COUNT_NOUNS = {"n_parts": ("part", "parts"), "n_holes": ("closed loop", "closed loops")}


def digit_findings(
    trace: DigitTrace, original_scale: float, intended: str | None = None
) -> tuple[Finding, ...]:
    """Return the findings about a digit, unusual ones first.

    Parameters
    ----------
    trace : DigitTrace
    original_scale : float
        Pixels of the original picture per pixel of the picture that was read.
    intended : str, optional
        The class that the writer meant, which the digit is compared with.
    """
    ink = trace.ink
    if ink.component is None:
        text = "No ink was found in the picture."
        advice = "Use a darker pen, more light, or crop the picture closer to the digit."
        return (Finding("ink", "unusual", text, advice),)
    digit = merge_components(ink.parts)
    height = ink.component.height * ink.scale * original_scale
    findings = [
        *photo_findings(crop_with_margin(ink.copy.gray, digit.box), height, MNIST_BOX, "digit"),
        polarity_finding(ink.copy.is_inverted),
        border_finding(_touched_sides(digit, ink.mask.shape)),
        other_ink_finding(ignored_ink_share(trace)),
    ]
    if ranges := load_ranges(trace.model.script, "digits"):
        shape = measure_digit(trace.image)
        findings += _shape_findings(trace, shape, ranges)
        for name in _compared_classes(trace, intended):
            findings += _class_findings(trace, shape, ranges, name)
    if not any(finding.kind == "unusual" for finding in findings):
        findings.append(_nothing_unusual(trace))
    return sort_findings(findings)


def _nothing_unusual(trace: DigitTrace) -> Finding:
    order = np.argsort(-trace.proba, kind="stable")[:2]
    if trace.proba[order[0]] >= MIN_CLEAR_PROBABILITY:
        return Finding("shape", "typical", "Nothing about the digit is unusual.")
    options = " and ".join(
        f"{trace.model.classes[i]} ({percent(trace.proba[i], 1)})" for i in order
    )
    text = f"Neither the picture nor the ink is unusual: the shape itself fits {options}."
    return Finding("shape", "unusual", text, "Write the digit more clearly.")


def digit_mask(trace: DigitTrace) -> npt.NDArray[np.bool_]:
    """Return where in the working copy the ink of the digit is."""
    mask = np.zeros(trace.ink.mask.shape, bool)
    for part in trace.ink.parts:
        x_min, y_min, x_max, y_max = part.box
        mask[y_min:y_max, x_min:x_max] |= part.mask > 0
    return mask


def ignored_ink_share(trace: DigitTrace) -> float:
    """Return the share of the ink in the picture that does not belong to the digit."""
    n_ink = np.count_nonzero(trace.ink.mask)
    n_other = np.count_nonzero((trace.ink.mask > 0) & ~digit_mask(trace))
    return n_other / n_ink if n_ink else 0.0


def drawn_stroke_width(component: Component) -> float:
    """Return the stroke width of a digit as drawn, relative to its height."""
    mask = component.mask
    if component.height < MIN_MEASURED_HEIGHT:
        size = (MEASURING_SCALE * component.width, MEASURING_SCALE * component.height)
        mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    width = estimate_stroke_width(np.asarray(mask >= INK_LEVEL, np.uint8))
    return width / float(mask.shape[0])


def is_widened(trace: DigitTrace, shape: Mapping[str, float]) -> bool:
    """Return whether the reader widened the strokes of a digit; digits of data sets stay thin."""
    component = trace.ink.component
    return (
        component is not None
        and max(component.mask.shape) > MNIST_SIZE
        and shape["stroke_width"] > MIN_WIDENING * drawn_stroke_width(component)
    )


def _touched_sides(digit: Component, shape: tuple[int, ...]) -> list[str]:
    limits = (("left", 0), ("top", 0), ("right", shape[1]), ("bottom", shape[0]))
    return [
        side for (side, limit), edge in zip(limits, digit.box, strict=True) if abs(edge - limit) < 2
    ]


def _shape_findings(
    trace: DigitTrace, shape: Mapping[str, float], ranges: TrainingRanges
) -> Iterator[Finding]:
    """Yield findings about the input of the model, compared with all training digits."""
    sample = "training digits"
    for name, known in ((name, ranges.properties[name]) for name in DIGIT_TEXTS):
        finding = compare_property(name, shape[name], DIGIT_TEXTS, known, sample)
        if name == "stroke_width" and finding.kind == "typical":
            assert trace.ink.component is not None
            drawn = drawn_stroke_width(trace.ink.component)
            as_drawn = compare_property(name, drawn, DIGIT_TEXTS, known, sample)
            if as_drawn.kind == "unusual" and is_widened(trace, shape):
                text = f"{as_drawn.text} The reader widened it to {shape[name]:.2f}."
                finding = replace(as_drawn, kind="handled", text=text)
        yield _tested(trace, finding, shape, known.median)


def _compared_classes(trace: DigitTrace, intended: str | None) -> list[str]:
    """Return the class that is meant, or else the probable ones."""
    if intended is not None:
        return [intended]
    order = np.argsort(-trace.proba, kind="stable")[:2]
    return [trace.model.classes[i] for i in order if trace.proba[i] >= MIN_COMPARED_PROBABILITY]


def _class_findings(
    trace: DigitTrace, shape: Mapping[str, float], ranges: TrainingRanges, name: str
) -> Iterator[Finding]:
    """Yield what is unusual about a digit if it is of a class."""
    counts = ranges.class_counts.get(name, {})
    for counted, shares in counts.items():
        number = int(shape[counted])
        share = shares.get(number, 0.0)
        if share <= MAX_RARE_SHARE:
            usual = max(shares, key=lambda value: shares[value])
            text = (
                f"As the digit {name} it is unusual: it has {_amount(number, counted)}, like "
                f"{percent(share, 1) if share else 'none'} of the training {name}s; "
                f"{percent(shares[usual])} have "
                f"{_amount(usual, counted)}."
            )
            finding = Finding(counted, "unusual", text, _count_advice(counted, number, usual, name))
            yield _tested(trace, finding, shape, 1.0)
    for of_shape in ("aspect", "slant") if counts else ():
        known = ranges.class_properties[name][of_shape]
        finding = compare_property(
            of_shape, shape[of_shape], DIGIT_TEXTS, known, f"training {name}s", MIN_CLASS_SHARE
        )
        if finding.kind == "unusual":
            text = f"As the digit {name} it is unusual: {finding.text[0].lower()}{finding.text[1:]}"
            yield _tested(trace, replace(finding, text=text), shape, known.median)


def _amount(number: int, counted: str) -> str:
    singular, plural = _COUNT_NOUNS[counted]
    return f"{number or 'no'} {singular if number == 1 else plural}"


def _count_advice(counted: str, number: int, usual: int, name: str) -> str:
    if counted == "n_parts":
        return "Draw the digit without gaps, and remove marks beside it."
    if number < usual:
        return f"If it is {name}, close its loop."
    return f"If it is {name}, keep its strokes apart."


def _tested(
    trace: DigitTrace, finding: Finding, shape: Mapping[str, float], target: float
) -> Finding:
    """Return an unusual finding with the model's answer after the property was corrected."""
    if finding.kind != "unusual" or finding.name not in DIGIT_CORRECTIONS:
        return finding
    description, correct = DIGIT_CORRECTIONS[finding.name]
    corrected = correct(trace.image, shape[finding.name], target)
    proba = trace.model.predict_proba(corrected[None])[0]
    best = int(proba.argmax())
    verb = "stays" if best == int(trace.proba.argmax()) else "becomes"
    answer = f"{trace.model.classes[best]} ({percent(float(proba[best]), 1)})"
    return replace(finding, test=f"Tested {description}: the answer {verb} {answer}.")
