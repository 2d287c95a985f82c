"""Adapt `Reader` to the fields of forms: candidate readings, ordered by the field's format."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from numerals.errors import ModelError
from numerals.formats import NumberFormat, parse_format
from numerals.forms.form_reader import CELL_FORMAT
from numerals.forms.form_results import FieldReading
from numerals.reading import Reader, ReadOptions
from numerals.reading.line_candidates import line_candidates
from numerals.reading.options import ModelLike
from numerals.reading.reading_choice import MIN_LIKELIHOOD


def make_field_reader(
    model: ModelLike | ReadOptions | Reader = "latin",
) -> Callable[[npt.NDArray[np.uint8], str | None], list[FieldReading]]:
    """Return a ``read_field`` for `FormReader` that uses one model.

    Readings that match the format come first; the others are not accepted.

    Parameters
    ----------
    model : str or Path or Model or LineModel or ReadOptions or Reader, default="latin"
        As for `Reader`, or a reader whose models are used; the layout and number format are
        replaced by those of the field.

    Returns
    -------
    callable
        Takes an image, uint8, shape (height, width), and a format or None; returns candidate
        readings.
    """
    given = (
        model if isinstance(model, Reader) else Reader(model, layout="field", number_format=None)
    )
    options = replace(given.options, layout="field", number_format=None)
    line_reader = given.with_options(options)
    try:
        digit_reader = line_reader.with_options(replace(options, layout="digit"))
    except ModelError:  # a line model from a file, which reads single digits as well
        digit_reader = line_reader

    @cache
    def reader_for(format: str | None) -> Reader:
        """Return a reader that decodes with the format, if the model supports that."""
        if format == CELL_FORMAT:
            return digit_reader
        if format is None or not line_reader.supports_formats:
            return line_reader
        return line_reader.with_options(replace(options, number_format=_parse_cached(format)))

    def read_field(gray: npt.NDArray[np.uint8], format: str | None) -> list[FieldReading]:
        lines = reader_for(format).read(gray).lines
        if not lines:
            return []
        readings = [FieldReading(*candidate) for candidate in line_candidates(lines[0])]
        if format is None:
            return readings
        best, *others = sort_by_format(readings, _parse_cached(format))
        return [replace(best, changed=best.changed or lines[0].changed), *others]

    return read_field


def matches_format(text: str, spec: str) -> bool:
    """Return whether a text matches a format: a ``check`` for `FormReader`."""
    return _parse_cached(spec).accepts(text)


@lru_cache
def _parse_cached(spec: str) -> NumberFormat:
    return parse_format(spec)


def sort_by_format(readings: Sequence[FieldReading], format: NumberFormat) -> list[FieldReading]:
    """Return the readings that match a format, which are accepted, followed by the others."""
    checked = [
        replace(
            reading,
            accepted=reading.probability >= MIN_LIKELIHOOD and format.accepts(reading.text),
        )
        for reading in readings
    ]
    ordered = sorted(checked, key=lambda reading: not reading.accepted)
    if ordered and ordered[0].text != readings[0].text:
        ordered[0] = replace(ordered[0], changed=True)
    return ordered
