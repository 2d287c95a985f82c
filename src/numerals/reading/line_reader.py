"""A page's ink -> numbers, each line read whole by a line model."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from numerals.formats import Format
from numerals.ink import Component, InkLine, PageInk
from numerals.ink.border_components import drop_cell_sides
from numerals.ink.connected_components import typical_height
from numerals.ink.line_frame import DIGIT_HEIGHT, HEIGHT, LineFrame
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.models.line_model import STRIDE, LineModel
from numerals.reading.frame_voting import CutStrip, FramedReading, cut_strip, read_in_frames
from numerals.reading.line_text import (
    REJECT,
    clean_alternatives,
    clean_text,
    join_with_spaces,
    number_character_indices,
)
from numerals.reading.page_confidence import MIN_CONFIDENCE, PageEvidence, page_confidence
from numerals.reading.strip_reader import read_strips
from numerals.reading.table_assignment import with_cell_position
from numerals.records import DOUBT, Box, Digit, Line, union

_INK = 70  # of 255: what counts when looking for a character's edges
_REACH = 0.8 * DIGIT_HEIGHT  # pixels of a strip: no character reaches further from its middle

_HIGH = 0.5  # line heights: what is higher may be a letter
_BESIDE = 0.1  # line heights: how far a part's middle may be from what was read of it
_ENOUGH = 0.85  # share of the high ink

_Strip = npt.NDArray[np.uint8]
_StripBox = tuple[float, float, float, float]


def read_text_lines(
    model: LineModel,
    ink: PageInk,
    scale: float,
    *,
    field: bool = False,
    number_format: Format | None = None,
    cut: CutStrip | None = None,
) -> list[Line]:
    """Read the lines of a page whole; those without a number are left out.

    Parameters
    ----------
    model : LineModel
    ink : PageInk
    scale : float
        Pixels of the original picture per pixel of the one whose ink was found.
    field : bool, default=False
        The picture is one line, from edge to edge.
    number_format : Format, optional
        What each number must be like.
    cut : callable, optional
        Returns the strip of a frame; by default it is cut out of the ink's grey picture.
    """
    if not field:
        framed = read_in_frames(
            model, cut or partial(cut_strip, ink.gray), ink.lines, number_format
        )
        placed = [
            _on_page(one, line, ink.scale * scale)
            for one, line in zip(framed, ink.lines, strict=True)
            if one is not None
        ]
        return [line for line in placed if line is not None and _has_digit(line)]
    frames = [fit_line_frame(line, ink.gray.shape[1]) for line in ink.lines]
    strips = [to_line_image(ink.gray, frame, extend_edges=True) for frame in frames]
    read = read_strips(model, strips, number_format)
    placed = [
        _on_page(
            FramedReading(found, frame, strip),
            _without_sides(line, ink),
            ink.scale * scale,
        )
        for found, strip, frame, line in zip(read, strips, frames, ink.lines, strict=True)
        if found is not None
    ]
    return [line for line in placed if line is not None]


def _has_digit(line: Line) -> bool:
    return any(digit.text.isdecimal() for digit in line.digits)


def _without_sides(line: InkLine, ink: PageInk) -> InkLine:
    """Return a field's line without the sides of its cell: they are no writing left unread."""
    components = tuple(drop_cell_sides(line.components, ink.gray.shape))
    return InkLine(components, typical_height(components))


def _on_page(read: FramedReading, ink: InkLine, scale: float) -> Line | None:
    """Return the line with the places of its characters, in pixels of the original picture.

    None where all that was read was rejected.
    """
    found, frame, reading, line = read.found, read.frame, read.found.reading, read.found.line
    boxes = find_character_boxes(read.strip, reading.spans)
    trust = _trust(read, ink, boxes)
    digits = tuple(
        Digit(
            character, share * presence * min(trust, 1.0), _to_page(box, frame, scale), alternatives
        )
        for character, share, presence, box, alternatives in zip(
            reading.text,
            reading.character_proba,
            found.presence,
            boxes,
            reading.alternatives,
            strict=True,
        )
    )
    text = join_with_spaces(reading.text, [(box[0], box[2]) for box in boxes], DIGIT_HEIGHT)
    kept = [digits[i] for i in number_character_indices(text)]
    if not kept:
        return None
    cleaned = clean_text(text)
    confidence = min(line.confidence * trust, 1.0)
    if ink.frame is not None:
        kept = _agree_with_line(kept, confidence)
    read_line = replace(
        line,
        text=cleaned,
        confidence=confidence,
        box=union([digit.box for digit in kept]),
        digits=tuple(replace(d, text=DOUBT) if d.text == REJECT else d for d in kept),
        is_printed=ink.is_printed,
        alternatives=clean_alternatives(line.alternatives, cleaned.replace(" ", "")),
    )
    return with_cell_position(read_line, ink.cell_position)


def _agree_with_line(digits: Sequence[Digit], confidence: float) -> list[Digit]:
    """Lower the digits' confidences so that all together are no surer than their line."""
    together = float(np.prod([digit.confidence for digit in digits]))
    if together <= confidence:
        return list(digits)
    factor = (confidence / together) ** (1 / len(digits))
    return [replace(digit, confidence=digit.confidence * factor) for digit in digits]


def _trust(read: FramedReading, ink: InkLine, boxes: Sequence[_StripBox]) -> float:
    """Return a factor for the confidence in a reading: how far the ink around it bears it out.

    Digits among letters are no number.
    """
    if ink.frame is None:  # a picture of this line alone
        return float(min(1.0, read_ink_share(ink, read.frame, boxes) / _ENOUGH) ** 2)
    evidence = collect_page_evidence(read, ink)
    return page_confidence(evidence) / max(evidence.reading, MIN_CONFIDENCE)


def collect_page_evidence(read: FramedReading, ink: InkLine) -> PageEvidence:
    """Return what is known of a number that was read on a page, `ink` being its line."""
    found = read.found
    return PageEvidence(found.line.confidence, ink.score, ink.purity, len(found.reading.text))


def read_ink_share(ink: InkLine, frame: LineFrame, boxes: Sequence[_StripBox]) -> float:
    """Return how much of a line's ink was read, from 0 to 1.

    What is lower than a digit, as dots, dashes and the remains of rules are, does not count.
    """
    left, scale = frame.to_line()[0, 2], frame.scale
    reach = _BESIDE * ink.height
    read = [((box[0] - left) / scale - reach, (box[2] - left) / scale + reach) for box in boxes]
    high = [component for component in ink.components if component.height > _HIGH * ink.height]
    areas = [np.count_nonzero(component.mask) for component in high]
    was_read = [_covered(component, read) > 0.5 for component in high]
    return float(np.dot(areas, was_read)) / max(sum(areas), 1) if areas else 1.0


def _covered(component: Component, spans: Sequence[tuple[float, float]]) -> float:
    """Return how much of a part's width lies in spans, which go from left to right.

    Digits that touch are one part, whose middle may lie between them.
    """
    x_min, _, x_max, _ = component.box
    covered, at = 0.0, float(x_min)
    for first, last in spans:
        covered += max(min(last, x_max) - max(first, at), 0.0)
        at = max(at, last)
    return covered / max(x_max - x_min, 1)


def find_character_boxes(strip: _Strip, spans: Sequence[tuple[int, int]]) -> list[_StripBox]:
    """Return where each character's ink is in the strip: between those to its sides."""
    middles = [STRIDE * (first + last + 1) / 2 for first, last in spans]
    cuts = [(a + b) / 2 for a, b in pairwise(middles)]
    boxes = []
    for middle, left, right in zip(middles, [-np.inf, *cuts], [*cuts, np.inf], strict=True):
        first = int(max(left, middle - _REACH, 0))
        last = int(min(right, middle + _REACH, strip.shape[1]))
        boxes.append(_ink_box(strip[:, first : max(last, first + 1)], first))
    return boxes


def _ink_box(component: _Strip, left: int) -> _StripBox:
    is_ink = component > _INK
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    if rows.size == 0:
        middle = HEIGHT / 2
        return left, middle - DIGIT_HEIGHT / 2, left + component.shape[1], middle + DIGIT_HEIGHT / 2
    return left + columns[0], rows[0], left + columns[-1] + 1, rows[-1] + 1


def _to_page(box: _StripBox, frame: LineFrame, scale: float) -> Box:
    """Map a box of the strip to the original picture: the upright box around its corners."""
    matrix = frame.to_line()
    corners = np.array([[box[i], box[j]] for i in (0, 2) for j in (1, 3)], float)
    points = np.linalg.solve(matrix[:, :2], (corners - matrix[:, 2]).T) * scale
    low, high = np.floor(points.min(axis=1)), np.ceil(points.max(axis=1))
    x_min, y_min = max(int(low[0]), 0), max(int(low[1]), 0)
    return (x_min, y_min, max(int(high[0]), x_min + 1), max(int(high[1]), y_min + 1))
