"""Choose between the readings of a line with and without its number format.

A format may replace the most probable reading, but only by a reading that is likely enough itself.
A reading that violates the format is never accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from numerals.formats import NumberFormat
from numerals.reading.ctc import Decoded, decode, decode_together

MIN_LIKELIHOOD = 0.01
"""Default minimum probability of an accepted reading, among all readings."""

N_OTHER_READINGS = 4
"""Maximum number of other readings of a line that are returned."""


@dataclass(frozen=True)
class ChosenReading:
    """The reading that was chosen for a line.

    Attributes
    ----------
    text : str
        Text as it is written.
    value : str
        The number in the canonical form of its format; `text` if there is no format.
    probability : float in [0, 1]
        Probability of this number without knowledge of the format, summed over those of its written
        forms that were decoded.
    share : float in [0, 1]
        Probability given that the number is valid: its share among the valid readings that were
        decoded; `probability` where there is no format or no valid reading.
    changed : bool
        Whether the most probable reading without the format is a different number.
    accepted : bool
        Whether it satisfies the format and has the minimum probability.
    decoded : Decoded or None
        Spans and alternatives of its characters; None where nothing was read.
    others : tuple of (str, float)
        The next most probable readings, with their probabilities.
    """

    text: str
    value: str
    probability: float
    share: float
    changed: bool
    accepted: bool
    decoded: Decoded | None
    others: tuple[tuple[str, float], ...] = ()


def choose_reading(
    unconstrained: Sequence[Decoded],
    constrained: Sequence[Decoded] = (),
    number_format: NumberFormat | None = None,
    *,
    min_likelihood: float = MIN_LIKELIHOOD,
) -> ChosenReading:
    """Choose between the readings of one line.

    Parameters
    ----------
    unconstrained : sequence of Decoded
        The most probable readings, decoded without the format.
    constrained : sequence of Decoded
        The most probable valid readings, decoded with the format.
    number_format : NumberFormat, optional
    min_likelihood : float in [0, 1], default=MIN_LIKELIHOOD
        Minimum probability of an accepted reading, among all readings.

    Returns
    -------
    ChosenReading
        The most probable valid number if it is accepted, else the most probable reading without the
        format, not accepted.
    """
    if number_format is None:
        return _choose_without_format(unconstrained, min_likelihood)
    valid = _group_valid_by_value([*constrained, *unconstrained], number_format)
    if valid:
        value, readings = max(valid.items(), key=lambda item: _total_probability(item[1]))
        probability = _total_probability(readings)
        if probability >= min_likelihood:
            best = max(readings, key=lambda reading: reading.log_probability)
            share = probability / sum(map(_total_probability, valid.values()))
            changed = (
                bool(unconstrained) and number_format.normalize(unconstrained[0].text) != value
            )
            others = _other_readings([*constrained, *unconstrained], best)
            return ChosenReading(best.text, value, probability, share, changed, True, best, others)
    return _choose_rejected(unconstrained, number_format)


def decode_line(
    log_proba: npt.NDArray[np.float32],
    classes: Sequence[str],
    number_format: NumberFormat | None = None,
    *,
    more_log_probas: Sequence[npt.NDArray[np.float32]] = (),
    beam_width: int = 16,
    min_likelihood: float = MIN_LIKELIHOOD,
) -> ChosenReading:
    """Decode a line with and without its format, and choose a reading.

    Parameters
    ----------
    log_proba : ndarray of float32, shape (n_frames, n_classes + 1)
        As for `decode`.
    classes : sequence of str
    number_format : NumberFormat, optional
    more_log_probas : sequence of ndarray of float32, shape (n_frames, n_classes + 1)
        Outputs of further passes over the same line.
    beam_width : int, default=16
    min_likelihood : float in [0, 1], default=MIN_LIKELIHOOD
        As for `choose_reading`.

    Returns
    -------
    ChosenReading
        With empty text for a blank line.

    Examples
    --------
    >>> from numerals.formats import parse_format
    >>> proba = np.array([[0.0, 0.9, 0.1], [0.0, 0.1, 0.9], [0.4, 0.6, 0.0]])
    >>> frames = np.log(proba + 1e-9).astype(np.float32)
    >>> choice = decode_line(frames, ["1", "7"], parse_format("range:70-71"))
    >>> choice.text, choice.accepted, choice.changed
    ('71', True, True)
    """
    decode_views = (
        partial(decode_together, [log_proba, *more_log_probas])
        if more_log_probas
        else partial(decode, log_proba)
    )
    unconstrained = decode_views(classes, beam_width=beam_width)
    if not unconstrained or not unconstrained[0].text:
        return _no_reading()
    if number_format is None:
        return choose_reading(unconstrained, min_likelihood=min_likelihood)
    constrained = decode_views(
        classes,
        beam_width=beam_width,
        may_begin=number_format.may_begin,
        accepts=number_format.accepts,
    )
    return choose_reading(unconstrained, constrained, number_format, min_likelihood=min_likelihood)


def _group_valid_by_value(
    readings: Sequence[Decoded], number_format: NumberFormat
) -> dict[str, list[Decoded]]:
    """Group the valid readings, each text once, by the canonical form of their number."""
    valid: dict[str, list[Decoded]] = {}
    for reading in {reading.text: reading for reading in readings}.values():
        if number_format.accepts(reading.text):
            valid.setdefault(number_format.normalize(reading.text), []).append(reading)
    return valid


def _other_readings(readings: Sequence[Decoded], best: Decoded) -> tuple[tuple[str, float], ...]:
    probabilities = {reading.text: _total_probability([reading]) for reading in readings}
    probabilities.pop(best.text, None)
    return tuple(sorted(probabilities.items(), key=lambda reading: -reading[1])[:N_OTHER_READINGS])


def _total_probability(readings: Sequence[Decoded]) -> float:
    return min(1.0, sum(float(np.exp(reading.log_probability)) for reading in readings))


def _choose_without_format(
    unconstrained: Sequence[Decoded], min_likelihood: float
) -> ChosenReading:
    if not unconstrained:
        return _no_reading()
    best = unconstrained[0]
    probability = _total_probability([best])
    accepted = best.text != "" and probability >= min_likelihood
    others = _other_readings(unconstrained, best)
    return ChosenReading(
        best.text, best.text, probability, probability, False, accepted, best, others
    )


def _choose_rejected(
    unconstrained: Sequence[Decoded], number_format: NumberFormat
) -> ChosenReading:
    if not unconstrained:
        return _no_reading()
    best = unconstrained[0]
    probability = _total_probability([best])
    value = number_format.normalize(best.text)
    others = _other_readings(unconstrained, best)
    return ChosenReading(best.text, value, probability, probability, False, False, best, others)


def _no_reading() -> ChosenReading:
    return ChosenReading("", "", 0.0, 0.0, False, False, None)
