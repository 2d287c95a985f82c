"""Decode strips of writing with a line model, with calibrated confidences."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from numerals.formats import NumberFormat
from numerals.models.line_model import COLUMN_STRIDE, STRIP_HEIGHT, LineModel
from numerals.reading.confidence_calibration import calibrate, renormalize_alternatives
from numerals.reading.ctc import Decoded
from numerals.reading.reading_choice import ChosenReading, decode_line
from numerals.records import Line

# Tuned on held-out training lines.
MIN_SINGLE_PASS_PROBABILITY = 0.9
"""Minimum probability of a reading that needs no second pass."""
WIDENING_FACTOR = 1.2
"""Horizontal scale of the strip in the second pass."""

_Strip = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class StripReading:
    """The reading of a strip.

    Attributes
    ----------
    decoded : Decoded
        The chosen reading.
    presence : tuple of float in [0, 1]
        For each of its characters, the probability that there is any character.
    line : Line
        Without boxes.
    log_proba : ndarray of float32, shape (n_frames, n_characters + 1), optional
        Log-probabilities of each frame in the first pass; spaces count as the blank, which is last.
    n_passes : int
        Number of outputs of line models that were decoded together.
    """

    decoded: Decoded
    presence: tuple[float, ...]
    line: Line
    log_proba: npt.NDArray[np.float32] | None = field(default=None, repr=False, compare=False)
    n_passes: int = 1


def read_strips(
    model: LineModel, strips: Sequence[_Strip], number_format: NumberFormat | None = None
) -> list[StripReading | None]:
    """Read strips of writing.

    Parameters
    ----------
    model : LineModel
    strips : sequence of ndarray of uint8, shape (40, n_columns)
    number_format : NumberFormat, optional

    Returns
    -------
    list of StripReading
        One for each strip, None where nothing was read.
    """
    character_columns = [i for i, character in enumerate(model.characters) if character != " "]
    characters = decoded_characters(model)
    log_probas = [
        merge_into_blank(log_proba, character_columns)
        for log_proba in model.log_probabilities(strips)
    ]
    choices = [decode_line(log_proba, characters, number_format) for log_proba in log_probas]
    uncertain = [
        i
        for i, c in enumerate(choices)
        if c.decoded and c.probability < MIN_SINGLE_PASS_PROBABILITY
    ]
    n_passes = [1] * len(choices)
    widened = [_widen(strips[i]) for i in uncertain]
    passes = [model.log_probabilities(widened, network) for network in range(model.n_networks)]
    for i, first, *second in zip(uncertain, *passes, strict=True):
        # A network without a character would vote for another one.
        is_known = set(choices[i].text) <= model.second_characters
        more_log_probas = [
            merge_into_blank(c, character_columns) for c in (first, *(second if is_known else ()))
        ]
        choices[i] = decode_line(
            log_probas[i], characters, number_format, more_log_probas=more_log_probas
        )
        n_passes[i] += len(more_log_probas)
    return [
        _to_strip_reading(choice, log_proba, model.calibration, number_format, n)
        for choice, log_proba, n in zip(choices, log_probas, n_passes, strict=True)
    ]


def decoded_characters(model: LineModel) -> list[str]:
    """Return the characters of the columns of `StripReading.log_proba`, without the blank."""
    return [character for character in model.characters if character != " "]


def _widen(strip: _Strip) -> _Strip:
    """Return a strip with more columns for each character, which helps with touching characters.

    It is shifted by half a column, so that characters are divided into columns differently.
    """
    width = round(WIDENING_FACTOR * strip.shape[1] + 2 * COLUMN_STRIDE)
    size = (-(-width // COLUMN_STRIDE) * COLUMN_STRIDE, STRIP_HEIGHT)
    widened = np.array([[WIDENING_FACTOR, 0, COLUMN_STRIDE / 2], [0, 1, 0]])
    return np.asarray(
        cv2.warpAffine(strip, widened, size, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _to_strip_reading(
    choice: ChosenReading,
    log_proba: npt.NDArray[np.float32],
    calibration: tuple[float, float],
    number_format: NumberFormat | None,
    n_passes: int,
) -> StripReading | None:
    if choice.decoded is None:
        return None
    confidence = calibrate(choice.share, *calibration)
    line = Line(
        choice.text,
        confidence,
        (0, 0, 0, 0),  # boxes are assigned later
        alternatives=renormalize_alternatives(dict(choice.others), choice.share, confidence),
        accepted=None if number_format is None else choice.accepted,
        changed=choice.changed,
    )
    presence = _presence_probabilities(log_proba, choice.decoded.spans)
    return StripReading(choice.decoded, presence, line, log_proba, n_passes)


def _presence_probabilities(
    log_proba: npt.NDArray[np.float32], spans: Sequence[tuple[int, int]]
) -> tuple[float, ...]:
    """Return for each span the probability that it, or its edges, is not all blank."""
    blank = np.concatenate([[0.0], np.cumsum(log_proba[:, -1], dtype=np.float64)])
    return tuple(
        float(-np.expm1(blank[min(last + 2, len(log_proba))] - blank[max(first - 1, 0)]))
        for first, last in spans
    )


def merge_into_blank(
    log_proba: npt.NDArray[np.float32], character_columns: Sequence[int]
) -> npt.NDArray[np.float32]:
    """Keep some columns of characters, and count the others as blank.

    The reader counts spaces as blank: the widths of the gaps decide better where spaces are.

    Parameters
    ----------
    log_proba : ndarray of float32, shape (n_frames, n_characters + 1)
        As `LineModel.log_probabilities` returns it; the last column is the blank.
    character_columns : sequence of int
        Columns to keep.

    Returns
    -------
    ndarray of float32, shape (n_frames, len(character_columns) + 1)
    """
    is_blank = np.ones(log_proba.shape[1], bool)
    is_blank[list(character_columns)] = False
    blank = np.logaddexp.reduce(log_proba[:, is_blank], axis=1, keepdims=True)
    return np.concatenate([log_proba[:, list(character_columns)], blank], axis=1)
