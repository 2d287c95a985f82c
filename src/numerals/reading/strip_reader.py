"""Strips of writing -> readings, with their probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from numerals.formats import Format
from numerals.ink.line_frame import HEIGHT
from numerals.models.line_model import STRIDE, LineModel
from numerals.reading.confidence_calibration import calibrate, renormalize_alternatives
from numerals.reading.ctc import Decoded
from numerals.reading.reading_choice import Choice, decode_line
from numerals.records import Line

_SURE = 0.9  # what is read with less confidence is looked at again
_WIDER = 1.2  # times; chosen on held-out training lines, as is the one above

_Strip = npt.NDArray[np.uint8]


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
    choices = [decode_line(columns, characters, number_format) for columns in seen]
    doubtful = [i for i, c in enumerate(choices) if c.decoded and c.probability < _SURE]
    wider = [_widen(strips[i]) for i in doubtful]
    looks = [model.log_probabilities(wider, network) for network in range(model.n_networks)]
    for i, first, *second in zip(doubtful, *looks, strict=True):
        # A network that lacks a character would vote for another one in its place.
        is_known = set(choices[i].text) <= model.second_characters
        again = [_without_spaces(c, written) for c in (first, *(second if is_known else ()))]
        choices[i] = decode_line(seen[i], characters, number_format, again=again)
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
        alternatives=renormalize_alternatives(dict(choice.others), choice.share, confidence),
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
