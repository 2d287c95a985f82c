"""Explain a picture that was read as a single digit: its steps from pixels to the answer."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from numerals.diagnosis.digit_findings import (
    digit_findings,
    digit_mask,
    drawn_stroke_width,
    ignored_ink_share,
    is_widened,
)
from numerals.diagnosis.digit_properties import measure_digit
from numerals.diagnosis.explanation import NumberExplanation, Step
from numerals.diagnosis.percent_text import percent
from numerals.diagnosis.photo_properties import crop_with_margin
from numerals.ink.connected_components import Component, merge_components
from numerals.ink.normalize import MNIST_BOX, MNIST_SIZE
from numerals.reading.trace import DigitTrace
from numerals.records import Line

INK_COLOR, OTHER_COLOR = (11, 111, 179), (211, 84, 0)
"""RGB colors of ink that is read, and of ink that is not."""
N_ALTERNATIVES = 3
"""Number of other classes that are listed."""


def explain_digit_trace(
    trace: DigitTrace, line: Line | None, original_scale: float, intended: str | None = None
) -> NumberExplanation:
    """Explain a digit.

    Parameters
    ----------
    trace : DigitTrace
    line : Line, optional
        The reading; None if the picture was judged to show no digit.
    original_scale : float
        Pixels of the original picture per pixel of the picture that was read.
    intended : str, optional
        The class that the writer meant, which the digit is compared with.
    """
    classes, proba = trace.model.classes, trace.proba
    order = np.argsort(-proba, kind="stable")
    others = order[1 : 1 + N_ALTERNATIVES] if line else order[:N_ALTERNATIVES]
    return NumberExplanation(
        kind="digit",
        text=line.text if line else "",
        confidence=line.confidence if line else max(0.0, 1 - float(proba.sum())),
        box=line.box if line else None,
        alternatives=tuple((classes[i], float(proba[i])) for i in others),
        script=trace.model.script,
        steps=tuple(_steps(trace, line, original_scale)),
        findings=digit_findings(trace, original_scale, intended),
        image=None if trace.ink.component is None else trace.image,
        model=trace.model,
    )


def _steps(trace: DigitTrace, line: Line | None, original_scale: float) -> Iterator[Step]:
    copy, component = trace.ink.copy, trace.ink.component
    height, width = copy.original.shape
    text = f"{width} x {height} pixels, converted to gray levels."
    if copy.is_inverted:
        text += " The ink is brighter than the paper, so the picture was inverted."
    yield Step("picture", "Picture", text, copy.original)
    if component is None:
        yield Step("ink", "Ink", "No ink was found.", 255 - trace.ink.mask)
        return
    yield Step("ink", "Ink", _ink_text(trace), _ink_picture(trace))
    digit = merge_components(trace.ink.parts)
    text = _size_text(component, trace.ink.scale * original_scale)
    yield Step("crop", "Digit", text, crop_with_margin(copy.gray, digit.box))
    yield Step("input", "Input of the model", _input_text(trace, component), trace.image)
    yield Step("answer", "Answer", _answer_text(trace, line))


def _ink_text(trace: DigitTrace) -> str:
    n_parts, share = len(trace.ink.parts), ignored_ink_share(trace)
    text = f"{n_parts} connected {'part belongs' if n_parts == 1 else 'parts belong'} to the digit."
    if share == 0:
        return text
    return f"{text} {percent(share)} of the ink was ignored (orange)."


def _size_text(component: Component, scale: float) -> str:
    width, height = round(component.width * scale), round(component.height * scale)
    return f"The digit is {width} x {height} pixels in the original picture."


def _input_text(trace: DigitTrace, component: Component) -> str:
    text = (
        f"Scaled into {MNIST_BOX} x {MNIST_BOX} pixels and centered by mass in "
        f"{MNIST_SIZE} x {MNIST_SIZE}, as in MNIST, ink bright."
    )
    shape = measure_digit(trace.image)
    if is_widened(trace, shape):
        drawn, widened = drawn_stroke_width(component), shape["stroke_width"]
        text += f" The strokes were widened from {drawn:.2f} to {widened:.2f} of the height."
    return text


def _answer_text(trace: DigitTrace, line: Line | None) -> str:
    classes, none = trace.model.classes, max(0.0, 1 - float(trace.proba.sum()))
    order = np.argsort(-trace.proba, kind="stable")[: 1 + N_ALTERNATIVES]
    options = ", ".join(f"{classes[i]} ({percent(trace.proba[i], 1)})" for i in order)
    if line is None:
        return f"No digit ({percent(none, 1)}); less probable: {options}."
    return f"{options}; no digit ({percent(none, 1)})."


def _ink_picture(trace: DigitTrace) -> npt.NDArray[np.uint8]:
    is_digit = digit_mask(trace)
    picture = np.full((*trace.ink.mask.shape, 3), 255, np.uint8)
    picture[(trace.ink.mask > 0) & ~is_digit] = OTHER_COLOR
    picture[is_digit] = INK_COLOR
    return picture
