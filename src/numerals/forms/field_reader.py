"""`Reader` as what reads a form's fields: with alternatives, and as the field's format wants it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.formats import Format, parse_format
from numerals.forms.combinations import best_combinations
from numerals.forms.form_reader import CELL_FORMAT, N_BEST
from numerals.forms.results import FieldReading
from numerals.reading import Reader, ReadOptions
from numerals.reading.options import ModelLike
from numerals.reading.reading_choice import MIN_LIKELIHOOD
from numerals.records import Line


def make_field_reader(
    model: ModelLike | ReadOptions = "latin",
) -> Callable[[npt.NDArray[np.uint8], str | None], list[FieldReading]]:
    """Return a ``read_field`` for `FormReader` that reads with one model.

    Readings that are as the format wants come first; the others are not accepted.

    Parameters
    ----------
    model : str or Path or Model or LineModel or ReadOptions, default="latin"
        As for `Reader`; the layout is that of a field, and the format the field's own.
    """
    lines = Reader(model, layout="field", number_format=None)
    options = lines.options
    try:
        digits = lines.with_options(replace(options, layout="digit"))
    except ModelError:  # a file with a line model, which reads single digits too
        digits = lines

    @cache
    def reader_of(format: str | None) -> Reader:
        """Return what reads with the format in mind, not only afterwards, where it can."""
        if format == CELL_FORMAT:
            return digits
        if format is None or not lines.supports_formats:
            return lines
        return lines.with_options(replace(options, number_format=_parsed(format)))

    def read_field(gray: npt.NDArray[np.uint8], format: str | None) -> list[FieldReading]:
        found = reader_of(format).read(gray).lines
        if not found:
            return []
        readings = _readings(found[0])
        if format is None:
            return readings
        best, *others = by_format(readings, _parsed(format))
        return [replace(best, changed=best.changed or found[0].changed), *others]

    return read_field


def fits_format(text: str, spec: str) -> bool:
    """Tell whether a text is as a format wants it: a ``check`` for `FormReader`."""
    return _parsed(spec).accepts(text)


@lru_cache
def _parsed(spec: str) -> Format:
    return parse_format(spec)


def by_format(readings: Sequence[FieldReading], wanted: Format) -> list[FieldReading]:
    """Return readings, those first that are as the format wants; only they are accepted."""
    checked = [
        replace(
            reading,
            accepted=reading.probability >= MIN_LIKELIHOOD and wanted.accepts(reading.text),
        )
        for reading in readings
    ]
    ordered = sorted(checked, key=lambda reading: not reading.accepted)
    if ordered and ordered[0].text != readings[0].text:
        ordered[0] = replace(ordered[0], changed=True)
    return ordered


def _readings(line: Line) -> list[FieldReading]:
    """Return the likeliest readings of a line: its own, then those with other digits."""
    found = {line.text: line.confidence, **dict(line.alternatives)}
    options = [[(d.text, d.confidence), *d.alternatives] for d in line.digits]
    probabilities = [[probability for _, probability in choices] for choices in options]
    spaces = _spaces(line)
    for indices in islice(best_combinations(probabilities), N_BEST):
        chosen = [choices[i] for choices, i in zip(options, indices, strict=True)]
        text = "".join(space + text for space, (text, _) in zip(spaces, chosen, strict=True))
        found.setdefault(text, float(np.prod([probability for _, probability in chosen])))
    best, *others = (FieldReading(text, probability) for text, probability in found.items())
    return [best, *sorted(others, key=lambda reading: -reading.probability)][:N_BEST]


def _spaces(line: Line) -> list[str]:
    """Return what stands before each digit of a line: a space, or nothing."""
    spaces, rest = [], line.text
    for digit in line.digits:
        before, _, rest = rest.partition(digit.text)
        spaces.append(before)
    return spaces
