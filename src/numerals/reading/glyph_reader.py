"""Read lines digit by digit, for scripts and models without a line model."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from numerals.ink import Component, InkLine, PageInk
from numerals.ink.single_digit import find_digit_ink
from numerals.models import Model
from numerals.reading.ctc import N_ALTERNATIVES
from numerals.reading.digit_model_input import to_model_image, to_model_images
from numerals.reading.digit_segmentation import (
    ClassifiedGlyph,
    find_best_path,
    find_candidates,
    is_single_digit,
    line_confidence_factor,
    may_be_several_digits,
    slice_components,
)
from numerals.reading.line_text import join_with_spaces
from numerals.reading.table_assignment import with_cell_position
from numerals.reading.trace import DigitTrace, LineTrace, ReadingTrace
from numerals.records import Digit, Line, union

MIN_NO_DIGIT_RATIO = 8.0
"""Minimum ratio of the probability of no digit to that of the best class, for rejecting a picture.

At this value, 1 of 6,000 digits of MNIST's training images 40,000 to 59,999 is rejected."""
MIN_CLEAR_DIGIT_SIZE = 0.12
"""Minimum size of a digit, as a share of the picture's longer side; smaller ink may be a speck in
an empty box and is rejected at a ratio of 1."""


def read_glyphs(
    model: Model, ink: PageInk, scale: float, trace: ReadingTrace | None = None
) -> list[Line]:
    """Read the lines of a page by segmenting them into digits.

    Parameters
    ----------
    model : Model
        A digit model for 28x28 images.
    ink : PageInk
    scale : float
        Pixels of the original picture per pixel of the picture whose ink was found.
    trace : ReadingTrace, optional
        Collects the glyphs of each line.
    """
    whole_components = _find_whole_components(model, ink.lines)
    slices = [slice_components(line, whole_components) for line in ink.lines]
    candidates = [
        find_candidates(line_slices, line.height)
        for line_slices, line in zip(slices, ink.lines, strict=True)
    ]
    images = [
        to_model_images(model, [c.component for c in line_slices]) for line_slices in candidates
    ]
    if not images:
        return []
    # One call for the whole page: the model is fastest on large batches.
    proba = model.predict_proba(np.concatenate(images))
    bounds = np.cumsum([len(batch) for batch in images])[:-1]
    lines = []
    for line, line_slices, line_candidates, rows in zip(
        ink.lines, slices, candidates, np.split(proba, bounds), strict=True
    ):
        glyphs = find_best_path(line_slices, line_candidates, rows, line.height)
        if glyphs:
            factor = line_confidence_factor(line_slices, glyphs)
            scaled_glyphs = [
                ClassifiedGlyph(glyph.component, glyph.proba * np.float32(factor))
                for glyph in glyphs
            ]
            lines.append(_to_line(model, scaled_glyphs, line, ink.scale * scale))
            if trace is not None:
                glyph_trace = tuple(scaled_glyphs)
                trace.lines.append(
                    LineTrace(lines[-1], ink, line, scale, model, glyphs=glyph_trace)
                )
    return lines


def _find_whole_components(model: Model, lines: Sequence[InkLine]) -> set[Component]:
    """Return the wide components that are one digit, so that they are not cut needlessly."""
    wide = [
        (component, line.height)
        for line in lines
        for component in line.components
        if may_be_several_digits(component, line.height)
    ]
    if not wide:
        return set()
    proba = model.predict_proba(to_model_images(model, [component for component, _ in wide]))
    return {
        component
        for (component, height), row in zip(wide, proba, strict=True)
        if is_single_digit(component, height, row)
    }


def read_digit(
    model: Model, gray: npt.NDArray[np.uint8], scale: float, trace: ReadingTrace | None = None
) -> list[Line]:
    """Read the one digit of a picture as a line; an empty list if it shows no digit."""
    steps = _classify_digit(model, gray)
    if trace is not None:
        trace.digit = steps
    if steps.is_rejected or steps.ink.component is None:
        return []
    glyph = ClassifiedGlyph(steps.ink.component, steps.proba)
    digit = _to_digit(model, glyph, steps.ink.scale * scale)
    return [Line(digit.text, digit.confidence, digit.box, (digit,))]


def _classify_digit(model: Model, gray: npt.NDArray[np.uint8]) -> DigitTrace:
    ink = find_digit_ink(gray)
    if ink.component is None:
        no_proba = np.zeros(len(model.classes), np.float32)
        return DigitTrace(model, ink, np.zeros(model.image_shape, np.uint8), no_proba, True)
    image = to_model_image(model, ink.component)
    proba = model.predict_proba(image[None])[0]
    size = max(ink.component.width, ink.component.height) * ink.scale / max(gray.shape)
    min_ratio = MIN_NO_DIGIT_RATIO if size > MIN_CLEAR_DIGIT_SIZE else 1.0
    return DigitTrace(model, ink, image, proba, is_no_digit(proba, min_ratio))


def is_no_digit(proba: npt.NDArray[np.float32], min_ratio: float = MIN_NO_DIGIT_RATIO) -> bool:
    """Return whether a picture shows no digit.

    Parameters
    ----------
    proba : ndarray of float32, shape (n_classes,)
        Class probabilities; the difference of their sum from 1 is the probability of no digit.
    min_ratio : float, default=MIN_NO_DIGIT_RATIO
        Minimum ratio of the probability of no digit to that of the best class.
    """
    return bool(1.0 - float(proba.sum()) > min_ratio * float(proba.max()))


def _to_line(model: Model, glyphs: Sequence[ClassifiedGlyph], line: InkLine, scale: float) -> Line:
    digits = tuple(_to_digit(model, glyph, scale) for glyph in glyphs)
    spans = [(glyph.component.box[0], glyph.component.box[2]) for glyph in glyphs]
    text = join_with_spaces([digit.text for digit in digits], spans, line.height)
    confidence = float(np.prod([digit.confidence for digit in digits]))
    read = Line(text, confidence, union([digit.box for digit in digits]), digits)
    return with_cell_position(replace(read, is_printed=line.is_printed), line.cell_position)


def _to_digit(model: Model, glyph: ClassifiedGlyph, scale: float) -> Digit:
    order = np.argsort(-glyph.proba, kind="stable")
    x_min, y_min, x_max, y_max = (round(v * scale) for v in glyph.component.box)
    alternatives = tuple(
        (model.classes[i], float(glyph.proba[i])) for i in order[1 : 1 + N_ALTERNATIVES]
    )
    best = int(order[0])
    return Digit(
        model.classes[best],
        float(glyph.proba[best]),
        (x_min, y_min, max(x_max, x_min + 1), max(y_max, y_min + 1)),
        alternatives,
    )
