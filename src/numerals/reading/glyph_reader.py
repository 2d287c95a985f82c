"""A page's ink -> numbers, a digit at a time: for scripts and models without a line model."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from numerals.ink import Component, InkLine, PageInk, find_digit_component
from numerals.models import Model
from numerals.reading.digit_model_input import to_model_image, to_model_images
from numerals.reading.digit_segmentation import (
    ClassifiedGlyph,
    best_path,
    find_candidates,
    is_surely_one,
    line_trust,
    may_be_several,
    slice_components,
)
from numerals.reading.line_text import join_with_spaces
from numerals.reading.table_assignment import with_cell_position
from numerals.records import Digit, Line, union

N_ALTERNATIVES = 3
"""How many other readings a digit carries."""

_SURELY_NONE = 8.0
_SPECK = 0.12  # of the picture's longer side: what is smaller may be a speck in an empty box


def read_glyphs(model: Model, ink: PageInk, scale: float) -> list[Line]:
    """Read the lines of a page by cutting them into digits.

    Parameters
    ----------
    model : Model
        Of digits, 28x28.
    ink : PageInk
    scale : float
        Pixels of the original picture per pixel of the one whose ink was found.
    """
    whole = _surely_whole(model, ink.lines)
    pieces = [slice_components(line, whole) for line in ink.lines]
    candidates = [
        find_candidates(found, line.height) for found, line in zip(pieces, ink.lines, strict=True)
    ]
    images = [to_model_images(model, [c.component for c in found]) for found in candidates]
    if not images:
        return []
    # One call for the page: the model is quickest on many images at a time.
    proba = model.predict_proba(np.concatenate(images))
    bounds = np.cumsum([len(batch) for batch in images])[:-1]
    lines = []
    for line, found, options, rows in zip(
        ink.lines, pieces, candidates, np.split(proba, bounds), strict=True
    ):
        glyphs = best_path(found, options, rows, line.height)
        if glyphs:
            trust = line_trust(found, glyphs)
            trusted = [
                ClassifiedGlyph(glyph.component, glyph.proba * np.float32(trust))
                for glyph in glyphs
            ]
            lines.append(_to_line(model, trusted, line, ink.scale * scale))
    return lines


def _surely_whole(model: Model, lines: Sequence[InkLine]) -> set[Component]:
    """Return the wide parts that are one digit, so that none of them is cut for nothing."""
    wide = [
        (p, line.height)
        for line in lines
        for p in line.components
        if may_be_several(p, line.height)
    ]
    if not wide:
        return set()
    proba = model.predict_proba(to_model_images(model, [component for component, _ in wide]))
    return {
        component
        for (component, height), row in zip(wide, proba, strict=True)
        if is_surely_one(component, height, row)
    }


def read_digit(model: Model, gray: npt.NDArray[np.uint8], scale: float) -> list[Line]:
    """Read the one digit that a picture shows, as a line; none where it shows no digit."""
    component, working_scale = find_digit_component(gray)
    if component is None:
        return []
    proba = model.predict_proba(to_model_image(model, component)[None])[0]
    size = max(component.width, component.height) * working_scale / max(gray.shape)
    if is_no_digit(proba, _SURELY_NONE if size > _SPECK else 1.0):
        return []
    digit = _to_digit(model, ClassifiedGlyph(component, proba), working_scale * scale)
    return [Line(digit.text, digit.confidence, digit.box, (digit,))]


def is_no_digit(proba: npt.NDArray[np.float32], times: float = _SURELY_NONE) -> bool:
    """Whether a picture is no digit with so many times the probability of the likeliest one.

    Parameters
    ----------
    proba : ndarray of float32, shape (n_classes,)
        A row of the model's probabilities; it lacks that of no digit to 1.
    times : float
        By default such that a set of digits loses 1 of 6,000: MNIST's training images 40,000 to
        59,999.
    """
    return bool(1.0 - float(proba.sum()) > times * float(proba.max()))


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
