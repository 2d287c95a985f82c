"""A page's ink -> numbers, each line read whole by a line model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from numerals.formats import Format
from numerals.ink import InkLine, PageInk, Part
from numerals.ink.borders import without_cell_sides
from numerals.ink.line_image import DIGIT_HEIGHT, HEIGHT, LineFrame, frame_of, to_line_image
from numerals.ink.parts import typical_height
from numerals.models.line_model import STRIDE, LineModel
from numerals.reading.choose import Choice, read_line
from numerals.reading.confidence import calibrate, share_the_rest
from numerals.reading.ctc import Decoded
from numerals.reading.spaces import join_with_spaces
from numerals.records import Box, Digit, Line, union

_INK = 70  # of 255: what counts when looking for a character's edges
_REACH = 0.8 * DIGIT_HEIGHT  # pixels of a strip: no character reaches further from its middle

_SURE = 0.9  # what is read with less confidence is looked at again
_WIDER = 1.2  # times; chosen on held-out training lines, as is the one above

_HIGH = 0.5  # line heights: what is higher may be a letter
_BESIDE = 0.1  # line heights: how far a part's middle may be from what was read of it
_ENOUGH = 0.85  # share of the high ink

_Strip = npt.NDArray[np.uint8]
_StripBox = tuple[float, float, float, float]


def read_lines(
    model: LineModel,
    ink: PageInk,
    scale: float,
    *,
    field: bool = False,
    number_format: Format | None = None,
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
    """
    width = ink.gray.shape[1] if field else None
    frames = [frame_of(line, width) for line in ink.lines]
    strips = [to_line_image(ink.gray, frame, extend_edges=field) for frame in frames]
    read = read_strips(model, strips, number_format)
    written = [_without_sides(line, ink) for line in ink.lines] if field else ink.lines
    return [
        _on_page(found, strip, frame, line, ink.scale * scale)
        for found, strip, frame, line in zip(read, strips, frames, written, strict=True)
        if found is not None
    ]


def _without_sides(line: InkLine, ink: PageInk) -> InkLine:
    """Return a field's line without the sides of its cell: they are no writing left unread."""
    parts = tuple(without_cell_sides(line.parts, ink.gray.shape))
    return InkLine(parts, typical_height(parts))


@dataclass(frozen=True)
class StripReading:
    """What stands in a strip.

    Attributes
    ----------
    reading : Decoded
        The one that was chosen.
    presence : tuple of float in [0, 1]
        For each of its characters, how probable it is that there is one at all.
    line : Line
        Without places.
    """

    reading: Decoded
    presence: tuple[float, ...]
    line: Line


def read_strips(
    model: LineModel, strips: Sequence[_Strip], number_format: Format | None = None
) -> list[StripReading | None]:
    """Read strips of writing.

    Parameters
    ----------
    model : LineModel
    strips : sequence of ndarray of uint8, shape (40, n_columns)
    number_format : Format, optional

    Returns
    -------
    list of StripReading
        None where nothing stands.
    """
    written = [i for i, character in enumerate(model.characters) if character != " "]
    characters = [model.characters[i] for i in written]
    seen = [_without_spaces(columns, written) for columns in model.log_probabilities(strips)]
    choices = [read_line(columns, characters, number_format) for columns in seen]
    doubtful = [i for i, c in enumerate(choices) if c.decoded and c.probability < _SURE]
    wider = [_widen(strips[i]) for i in doubtful]
    looks = [model.log_probabilities(wider, network) for network in range(model.n_networks)]
    for i, *others in zip(doubtful, *looks, strict=True):
        again = [_without_spaces(columns, written) for columns in others]
        choices[i] = read_line(seen[i], characters, number_format, again=again)
    return [
        _to_reading(choice, columns, model.calibration, number_format)
        for choice, columns in zip(choices, seen, strict=True)
    ]


def _widen(strip: _Strip) -> _Strip:
    """Return a strip with more columns for each character, as those that touch may need.

    It begins half a column further, so that characters fall into other columns than before.
    """
    width = -(-round(_WIDER * strip.shape[1] + 2 * STRIDE) // STRIDE) * STRIDE
    wider = np.array([[_WIDER, 0, STRIDE / 2], [0, 1, 0]])
    return np.asarray(
        cv2.warpAffine(strip, wider, (width, HEIGHT), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _to_reading(
    choice: Choice,
    columns: npt.NDArray[np.float32],
    calibration: tuple[float, float],
    number_format: Format | None,
) -> StripReading | None:
    if choice.decoded is None:
        return None
    confidence = calibrate(choice.share, *calibration)
    line = Line(
        choice.text,
        confidence,
        (0, 0, 0, 0),  # where it stands is found later
        alternatives=share_the_rest(dict(choice.others), choice.share, confidence),
        accepted=None if number_format is None else choice.accepted,
        changed=choice.changed,
    )
    return StripReading(choice.decoded, _presence(columns, choice.decoded.spans), line)


def _presence(
    columns: npt.NDArray[np.float32], spans: Sequence[tuple[int, int]]
) -> tuple[float, ...]:
    """Return for each span how probable it is that not all of it, and of its edges, is blank."""
    blank = np.concatenate([[0.0], np.cumsum(columns[:, -1], dtype=np.float64)])
    return tuple(
        float(-np.expm1(blank[min(last + 2, len(columns))] - blank[max(first - 1, 0)]))
        for first, last in spans
    )


def _without_spaces(
    columns: npt.NDArray[np.float32], written: Sequence[int]
) -> npt.NDArray[np.float32]:
    """Let spaces count as blank: how wide a gap is among the others decides better."""
    is_blank = np.ones(columns.shape[1], bool)
    is_blank[list(written)] = False
    blank = np.logaddexp.reduce(columns[:, is_blank], axis=1, keepdims=True)
    return np.concatenate([columns[:, list(written)], blank], axis=1)


def _on_page(
    found: StripReading, strip: _Strip, frame: LineFrame, ink: InkLine, scale: float
) -> Line:
    """Return the line with the places of its characters, in pixels of the original picture."""
    reading, line = found.reading, found.line
    boxes = _boxes(strip, reading.spans)
    trust = _trust(ink, frame, boxes)
    digits = tuple(
        Digit(character, share * presence * trust, _to_page(box, frame, scale), alternatives)
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
    return replace(
        line,
        text=text,
        confidence=line.confidence * trust,
        box=union([digit.box for digit in digits]),
        digits=digits,
    )


def _trust(ink: InkLine, frame: LineFrame, boxes: Sequence[_StripBox]) -> float:
    """Return how much of the writing was read, as a factor for the confidence in it.

    Digits among letters are no number. What is lower than a digit, as dots, dashes and the remains
    of rules are, does not count.
    """
    left, scale = frame.to_line()[0, 2], frame.scale
    reach = _BESIDE * ink.height
    read = [((box[0] - left) / scale - reach, (box[2] - left) / scale + reach) for box in boxes]
    high = [part for part in ink.parts if part.height > _HIGH * ink.height]
    areas = [np.count_nonzero(part.mask) for part in high]
    was_read = [_covered(part, read) > 0.5 for part in high]
    share = float(np.dot(areas, was_read)) / max(sum(areas), 1)
    return float(min(1.0, share / _ENOUGH) ** 2) if areas else 1.0


def _covered(part: Part, spans: Sequence[tuple[float, float]]) -> float:
    """Return how much of a part's width lies in spans, which go from left to right.

    Digits that touch are one part, whose middle may lie between them.
    """
    x_min, _, x_max, _ = part.box
    covered, at = 0.0, float(x_min)
    for first, last in spans:
        covered += max(min(last, x_max) - max(first, at), 0.0)
        at = max(at, last)
    return covered / max(x_max - x_min, 1)


def _boxes(strip: _Strip, spans: Sequence[tuple[int, int]]) -> list[_StripBox]:
    """Return where each character's ink is in the strip: between those to its sides."""
    middles = [STRIDE * (first + last + 1) / 2 for first, last in spans]
    cuts = [(a + b) / 2 for a, b in pairwise(middles)]
    boxes = []
    for middle, left, right in zip(middles, [-np.inf, *cuts], [*cuts, np.inf], strict=True):
        first = int(max(left, middle - _REACH, 0))
        last = int(min(right, middle + _REACH, strip.shape[1]))
        boxes.append(_ink_box(strip[:, first : max(last, first + 1)], first))
    return boxes


def _ink_box(part: _Strip, left: int) -> _StripBox:
    is_ink = part > _INK
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    if rows.size == 0:
        middle = HEIGHT / 2
        return left, middle - DIGIT_HEIGHT / 2, left + part.shape[1], middle + DIGIT_HEIGHT / 2
    return left + columns[0], rows[0], left + columns[-1] + 1, rows[-1] + 1


def _to_page(box: _StripBox, frame: LineFrame, scale: float) -> Box:
    """Map a box of the strip to the original picture: the upright box around its corners."""
    matrix = frame.to_line()
    corners = np.array([[box[i], box[j]] for i in (0, 2) for j in (1, 3)], float)
    points = np.linalg.solve(matrix[:, :2], (corners - matrix[:, 2]).T) * scale
    low, high = np.floor(points.min(axis=1)), np.ceil(points.max(axis=1))
    x_min, y_min = max(int(low[0]), 0), max(int(low[1]), 0)
    return (x_min, y_min, max(int(high[0]), x_min + 1), max(int(high[1]), y_min + 1))
