"""Readings of a line, with a format and without -> the one to answer with, and whether to trust it.

A format may overrule what a line looks like, but only so far: what it makes of a line must still be
a likely reading of it, and nothing that breaks the format is ever passed as good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from numerals.formats import Format
from numerals.reading.ctc import Decoded, decode, decode_together

MIN_LIKELIHOOD = 0.01
"""How probable an accepted reading is at least, unless told otherwise."""

N_OTHERS = 4
"""How many other readings of a line are told."""


@dataclass(frozen=True)
class Choice:
    """The reading of a line that was chosen.

    Attributes
    ----------
    text : str
        As it was written.
    value : str
        The number in the canonical form of its format; `text` if there is none.
    probability : float in [0, 1]
        That the line reads as this number, before anything is known of its format: the sum over
        those of its written forms that were found.
    share : float in [0, 1]
        The same, once it is known that the number is valid: its share among the valid readings
        that were found; `probability` where there is no format or no valid reading.
    changed : bool
        Whether the format made it another number than the likeliest reading without a format.
    accepted : bool
        Whether it satisfies the format, with at least the probability that was asked for.
    decoded : Decoded or None
        Where its characters stand, and their alternatives; None where nothing was read.
    others : tuple of (str, float)
        The next likely readings that were found, with their probabilities.
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
    free: Sequence[Decoded],
    fitting: Sequence[Decoded] = (),
    number_format: Format | None = None,
    *,
    min_likelihood: float = MIN_LIKELIHOOD,
) -> Choice:
    """Choose between the readings of one line.

    Parameters
    ----------
    free : sequence of Decoded
        The likeliest readings, decoded without a format.
    fitting : sequence of Decoded
        The likeliest valid ones, decoded with it.
    number_format : Format, optional
        What the number must be like.
    min_likelihood : float in [0, 1], default=MIN_LIKELIHOOD
        How probable a reading must be, among all readings, to be accepted.

    Returns
    -------
    Choice
        The likeliest number of the valid ones if it is accepted; else the likeliest without a
        format, which is not.
    """
    if number_format is None:
        return _without_format(free, min_likelihood)
    valid = _by_value([*fitting, *free], number_format)
    if valid:
        value, readings = max(valid.items(), key=lambda item: _mass(item[1]))
        probability = _mass(readings)
        if probability >= min_likelihood:
            best = max(readings, key=lambda reading: reading.log_probability)
            share = probability / sum(map(_mass, valid.values()))
            changed = bool(free) and number_format.normalize(free[0].text) != value
            others = _others([*fitting, *free], best)
            return Choice(best.text, value, probability, share, changed, True, best, others)
    return _refused(free, number_format)


def decode_line(
    log_proba: npt.NDArray[np.float32],
    classes: Sequence[str],
    number_format: Format | None = None,
    *,
    again: Sequence[npt.NDArray[np.float32]] = (),
    beam_width: int = 16,
    min_likelihood: float = MIN_LIKELIHOOD,
) -> Choice:
    """Decode a line without its format and with it, and choose; a blank line has no reading.

    Parameters
    ----------
    log_proba : ndarray of float32, shape (n_frames, n_classes + 1)
        As for `decode`.
    classes : sequence of str
    number_format : Format, optional
    again : sequence of ndarray of float32, shape (n_frames, n_classes + 1)
        The same line, looked at in other ways.
    beam_width : int, default=16
    min_likelihood : float in [0, 1], default=MIN_LIKELIHOOD
        As for `choose_reading`.

    Examples
    --------
    >>> from numerals.formats import parse_format
    >>> proba = np.array([[0.0, 0.9, 0.1], [0.0, 0.1, 0.9], [0.4, 0.6, 0.0]])
    >>> frames = np.log(proba + 1e-9).astype(np.float32)
    >>> choice = decode_line(frames, ["1", "7"], parse_format("range:70-71"))
    >>> choice.text, choice.accepted, choice.changed
    ('71', True, True)
    """
    find = partial(decode_together, [log_proba, *again]) if again else partial(decode, log_proba)
    free = find(classes, beam_width=beam_width)
    if not free or not free[0].text:
        return _nothing()
    if number_format is None:
        return choose_reading(free, min_likelihood=min_likelihood)
    fitting = find(
        classes,
        beam_width=beam_width,
        may_begin=number_format.may_begin,
        accepts=number_format.accepts,
    )
    return choose_reading(free, fitting, number_format, min_likelihood=min_likelihood)


def _by_value(readings: Sequence[Decoded], number_format: Format) -> dict[str, list[Decoded]]:
    """Gather the valid readings of each number, each text once."""
    valid: dict[str, list[Decoded]] = {}
    for reading in {reading.text: reading for reading in readings}.values():
        if number_format.accepts(reading.text):
            valid.setdefault(number_format.normalize(reading.text), []).append(reading)
    return valid


def _others(readings: Sequence[Decoded], best: Decoded) -> tuple[tuple[str, float], ...]:
    found = {reading.text: _mass([reading]) for reading in readings}
    found.pop(best.text, None)
    return tuple(sorted(found.items(), key=lambda reading: -reading[1])[:N_OTHERS])


def _mass(readings: Sequence[Decoded]) -> float:
    return min(1.0, sum(float(np.exp(reading.log_probability)) for reading in readings))


def _without_format(free: Sequence[Decoded], min_likelihood: float) -> Choice:
    if not free:
        return _nothing()
    best = free[0]
    probability = _mass([best])
    accepted = best.text != "" and probability >= min_likelihood
    others = _others(free, best)
    return Choice(best.text, best.text, probability, probability, False, accepted, best, others)


def _refused(free: Sequence[Decoded], number_format: Format) -> Choice:
    if not free:
        return _nothing()
    best = free[0]
    probability = _mass([best])
    value = number_format.normalize(best.text)
    others = _others(free, best)
    return Choice(best.text, value, probability, probability, False, False, best, others)


def _nothing() -> Choice:
    return Choice("", "", 0.0, 0.0, False, False, None)
