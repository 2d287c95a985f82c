"""Read lines as a whole with a line model."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from numerals.formats import NumberFormat
from numerals.ink import Component, InkLine, PageInk
from numerals.ink.border_components import drop_cell_sides
from numerals.ink.connected_components import typical_height
from numerals.ink.line_frame import STRIP_DIGIT_HEIGHT, LineFrame
from numerals.ink.line_image import fit_line_frame, to_line_image
from numerals.models.line_model import COLUMN_STRIDE, REJECT, STRIP_HEIGHT, LineModel
from numerals.reading.confidence_calibration import renormalize_alternatives
from numerals.reading.frame_voting import CutStrip, FramedReading, cut_strip, read_in_frames
from numerals.reading.line_text import (
    clean_alternatives,
    clean_text,
    join_with_spaces,
    number_character_indices,
)
from numerals.reading.page_confidence import MIN_CONFIDENCE, PageEvidence, page_confidence
from numerals.reading.strip_reader import read_strips
from numerals.reading.table_assignment import with_cell_position
from numerals.reading.trace import LineTrace, ReadingTrace
from numerals.records import REJECTED_TEXT, Box, Digit, Line, union

MIN_CHARACTER_INK = 70
"""Minimum level of ink at the edges of a character, of 255."""
MAX_CHARACTER_REACH = 0.8 * STRIP_DIGIT_HEIGHT
"""Maximum distance of a character's edge from its center, pixels of the strip."""

MIN_LETTER_HEIGHT = 0.5
"""Minimum height of a component that may be a letter, line heights."""
READ_SPAN_MARGIN = 0.1
"""Margin around a character that was read, line heights."""
MIN_READ_INK_SHARE = 0.85
"""Minimum share of the large components that is read in a line of full confidence."""

_Strip = npt.NDArray[np.uint8]
_StripBox = tuple[float, float, float, float]


def read_text_lines(
    model: LineModel,
    ink: PageInk,
    scale: float,
    *,
    field: bool = False,
    number_format: NumberFormat | None = None,
    cut: CutStrip | None = None,
    trace: ReadingTrace | None = None,
) -> list[Line]:
    """Read the lines of a page; lines without a number are dropped.

    Parameters
    ----------
    model : LineModel
    ink : PageInk
    scale : float
        Pixels of the original picture per pixel of the picture whose ink was found.
    field : bool, default=False
        Whether the picture is one line from edge to edge.
    number_format : NumberFormat, optional
        Format of each number.
    cut : callable, optional
        Returns the strip of a frame; by default it is cut from the ink's grayscale picture.
    trace : ReadingTrace, optional
        Collects the strip and the reading of each line.
    """
    ink_lines = ink.lines
    if field:
        framed = _read_fields(model, ink, number_format)
        ink_lines = tuple(_drop_cell_sides_of_line(line, ink) for line in ink.lines)
    else:
        framed = read_in_frames(
            model, cut or partial(cut_strip, ink.gray), ink_lines, number_format
        )
    lines = []
    for one, ink_line in zip(framed, ink_lines, strict=True):
        line = None if one is None else _to_page_line(one, ink_line, ink.scale * scale)
        if line is None or not (field or _has_digit(line)):
            continue
        lines.append(line)
        if trace is not None:
            trace.lines.append(LineTrace(line, ink, ink_line, scale, model, one))
    return lines


def _read_fields(
    model: LineModel, ink: PageInk, number_format: NumberFormat | None
) -> list[FramedReading | None]:
    """Read lines that are as wide as the picture."""
    frames = [fit_line_frame(line, ink.gray.shape[1]) for line in ink.lines]
    strips = [to_line_image(ink.gray, frame, extend_edges=True) for frame in frames]
    readings = read_strips(model, strips, number_format)
    return [
        None if reading is None else FramedReading(reading, frame, strip)
        for reading, frame, strip in zip(readings, frames, strips, strict=True)
    ]


def _has_digit(line: Line) -> bool:
    return any(digit.text.isdecimal() for digit in line.digits)


def _drop_cell_sides_of_line(line: InkLine, ink: PageInk) -> InkLine:
    """Return a field's line without the sides of its cell, which are not unread writing."""
    components = tuple(drop_cell_sides(line.components, ink.gray.shape))
    return InkLine(components, typical_height(components))


def _to_page_line(read: FramedReading, ink: InkLine, scale: float) -> Line | None:
    """Return a line with boxes in pixels of the original picture.

    None where all characters were rejected.
    """
    frame, decoded, line = read.frame, read.reading.decoded, read.reading.line
    boxes = find_character_boxes(read.strip, decoded.spans)
    factor = _confidence_factor(read, ink, boxes)
    digits = tuple(
        Digit(
            character,
            share * presence * min(factor, 1.0),
            _to_page(box, frame, scale),
            alternatives,
        )
        for character, share, presence, box, alternatives in zip(
            decoded.text,
            decoded.character_proba,
            read.reading.presence,
            boxes,
            decoded.alternatives,
            strict=True,
        )
    )
    text = join_with_spaces(decoded.text, [(box[0], box[2]) for box in boxes], STRIP_DIGIT_HEIGHT)
    number_digits = [digits[i] for i in number_character_indices(text)]
    if not number_digits:
        return None
    cleaned = clean_text(text)
    confidence = min(line.confidence * factor, 1.0)
    if ink.frame is not None:
        number_digits = _limit_digit_confidences(number_digits, confidence)
    read_line = replace(
        line,
        text=cleaned,
        confidence=confidence,
        box=union([digit.box for digit in number_digits]),
        digits=tuple(
            replace(d, text=REJECTED_TEXT) if d.text == REJECT else d for d in number_digits
        ),
        is_printed=ink.is_printed,
        alternatives=clean_alternatives(
            renormalize_alternatives(dict(line.alternatives), line.confidence, confidence),
            cleaned.replace(" ", ""),
        ),
    )
    return with_cell_position(read_line, ink.cell_position)


def _limit_digit_confidences(digits: Sequence[Digit], confidence: float) -> list[Digit]:
    """Lower the confidences of digits so that their product does not exceed the line's."""
    joint_confidence = float(np.prod([digit.confidence for digit in digits]))
    if joint_confidence <= confidence:
        return list(digits)
    scale_factor = (confidence / joint_confidence) ** (1 / len(digits))
    return [replace(digit, confidence=digit.confidence * scale_factor) for digit in digits]


def _confidence_factor(read: FramedReading, ink: InkLine, boxes: Sequence[_StripBox]) -> float:
    """Return a factor for the confidence of a reading, from the ink around it.

    A field loses confidence where digits are surrounded by unread ink, such as letters; on a page,
    the detection counts as well.
    """
    if ink.frame is None:  # a field
        return float(min(1.0, read_ink_share(ink, read.frame, boxes) / MIN_READ_INK_SHARE) ** 2)
    evidence = collect_page_evidence(read, ink)
    return page_confidence(evidence) / max(evidence.reading, MIN_CONFIDENCE)


def collect_page_evidence(read: FramedReading, ink: InkLine) -> PageEvidence:
    """Return the evidence of a number that was read on a page from the line `ink`."""
    length = len(read.reading.decoded.text)
    return PageEvidence(read.reading.line.confidence, ink.score, ink.purity, length)


def read_ink_share(ink: InkLine, frame: LineFrame, boxes: Sequence[_StripBox]) -> float:
    """Return the share of a line's ink that was read, 0 to 1.

    Components lower than a digit, such as dots, dashes and remnants of rules, are ignored.
    """
    left, scale = frame.to_line()[0, 2], frame.scale
    reach = READ_SPAN_MARGIN * ink.height
    read = [((box[0] - left) / scale - reach, (box[2] - left) / scale + reach) for box in boxes]
    large_components = [
        component
        for component in ink.components
        if component.height > MIN_LETTER_HEIGHT * ink.height
    ]
    areas = [np.count_nonzero(component.mask) for component in large_components]
    is_read = [_covered_share(component, read) > 0.5 for component in large_components]
    return float(np.dot(areas, is_read)) / max(sum(areas), 1) if areas else 1.0


def _covered_share(component: Component, spans: Sequence[tuple[float, float]]) -> float:
    """Return the share of a component's width that is covered by sorted spans.

    The center alone is not enough: touching digits are one component whose center may lie between
    them.
    """
    x_min, _, x_max, _ = component.box
    covered, position = 0.0, float(x_min)
    for first, last in spans:
        covered += max(min(last, x_max) - max(first, position), 0.0)
        position = max(position, last)
    return covered / max(x_max - x_min, 1)


def find_character_boxes(strip: _Strip, spans: Sequence[tuple[int, int]]) -> list[_StripBox]:
    """Return the ink box of each character in a strip, separated half-way to its neighbors."""
    centers = [COLUMN_STRIDE * (first + last + 1) / 2 for first, last in spans]
    cuts = [(a + b) / 2 for a, b in pairwise(centers)]
    boxes = []
    for center, left, right in zip(centers, [-np.inf, *cuts], [*cuts, np.inf], strict=True):
        first = int(max(left, center - MAX_CHARACTER_REACH, 0))
        last = int(min(right, center + MAX_CHARACTER_REACH, strip.shape[1]))
        boxes.append(_ink_box(strip[:, first : max(last, first + 1)], first))
    return boxes


def _ink_box(part: _Strip, left: int) -> _StripBox:
    is_ink = part > MIN_CHARACTER_INK
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    if rows.size == 0:
        center = STRIP_HEIGHT / 2
        return (
            left,
            center - STRIP_DIGIT_HEIGHT / 2,
            left + part.shape[1],
            center + STRIP_DIGIT_HEIGHT / 2,
        )
    return left + columns[0], rows[0], left + columns[-1] + 1, rows[-1] + 1


def _to_page(box: _StripBox, frame: LineFrame, scale: float) -> Box:
    """Map a box of the strip to the bounding box of its corners in the original picture."""
    matrix = frame.to_line()
    corners = np.array([[box[i], box[j]] for i in (0, 2) for j in (1, 3)], float)
    points = np.linalg.solve(matrix[:, :2], (corners - matrix[:, 2]).T) * scale
    low, high = np.floor(points.min(axis=1)), np.ceil(points.max(axis=1))
    x_min, y_min = max(int(low[0]), 0), max(int(low[1]), 0)
    return x_min, y_min, max(int(high[0]), x_min + 1), max(int(high[1]), y_min + 1)
