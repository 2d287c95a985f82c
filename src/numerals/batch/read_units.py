"""Read units of work; what worker processes run."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2

from numerals.batch.units import Unit, UnitResult, WorkOptions
from numerals.forms import (
    FormReader,
    load_template,
    make_field_reader,
    matches_format,
    read_form_file,
)
from numerals.images import PageRange, Source
from numerals.models.runtime import SETTINGS
from numerals.reading import Reader, read_file

ReadUnit = Callable[[Unit, WorkOptions], UnitResult]
"""The type of `read_unit`."""


def set_up_worker() -> None:
    """Use one thread for models and pictures: the other cores have processes of their own."""
    SETTINGS.n_threads = 1
    cv2.setNumThreads(1)


def read_unit(unit: Unit, work: WorkOptions) -> UnitResult:
    """Read some pages of a file.

    The reader of the last options is kept, so that models are loaded once per process.

    Parameters
    ----------
    unit : Unit
    work : WorkOptions

    Returns
    -------
    UnitResult
        With the error, if the file or a page cannot be read. It can be pickled.

    Raises
    ------
    ModelError, OptionError, DataError
        If the options cannot be used for any file.
    """
    pages = PageRange(unit.first_page, unit.last_page)
    source: Source = Path(unit.location)
    if work.template is not None:
        return _read_forms(unit, source, pages, work)
    reader = _make_reader(work)
    result = read_file(reader, source, unit.name, pages=pages)
    answered = tuple(map(work.answers.apply, result.pages))
    return UnitResult(unit, reader.metadata.get("name", ""), replace(result, pages=answered))


def _read_forms(unit: Unit, source: Source, pages: PageRange, work: WorkOptions) -> UnitResult:
    reader, model = _make_form_reader(work)
    scans = read_form_file(reader, source, unit.name, pages=pages, resolution=work.read.resolution)
    return UnitResult(unit, model, scans=tuple(scans))


@lru_cache(maxsize=1)
def _make_reader(work: WorkOptions) -> Reader:
    return Reader(work.read)


@lru_cache(maxsize=1)
def _make_form_reader(work: WorkOptions) -> tuple[FormReader, str]:
    """Return the reader of forms, and the name of its model."""
    assert work.template is not None
    template = load_template(work.template)
    reader = Reader(replace(work.read, layout="field", number_format=None, turn=None))
    read_field = make_field_reader(reader)
    model = reader.metadata.get("name", "")
    return FormReader(template, read_field, check=matches_format), model
