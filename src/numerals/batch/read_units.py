"""Read units of work; what worker processes run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2

from numerals.batch.unit_sources import open_source
from numerals.batch.units import Unit, UnitResult, WorkOptions
from numerals.errors import ImageError, NumeralsError
from numerals.images import PageRange, Picture
from numerals.models.runtime import SETTINGS
from numerals.reading import FileResult, Reader, read_file
from numerals.records import Page
from numerals.untrusted import MAX_DETAIL

if TYPE_CHECKING:
    from numerals.forms import FormReader
    from numerals.store import PageEntry

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
    return _read_pages(unit, work) if work.template is None else _read_forms(unit, work)


def _read_pages(unit: Unit, work: WorkOptions) -> UnitResult:
    reader = _make_reader(work)
    model = reader.metadata.get("name", "")
    entries: list[PageEntry] = []
    on_page = _page_keeper(entries, work.keep)
    with _errors_of(unit) as failed:
        result = read_file(
            reader, open_source(unit), unit.name, pages=_pages(unit), on_page=on_page
        )
        answered = tuple(map(work.answers.apply, result.pages))
        return UnitResult(unit, model, replace(result, pages=answered), entries=tuple(entries))
    return failed_result(unit, work, failed[0], model)


def _read_forms(unit: Unit, work: WorkOptions) -> UnitResult:
    from numerals.forms import read_form_file

    reader, model = _make_form_reader(work)
    with _errors_of(unit) as failed:
        scans = read_form_file(
            reader,
            open_source(unit),
            unit.name,
            pages=_pages(unit),
            resolution=work.read.resolution,
        )
        return UnitResult(unit, model, scans=tuple(scans))
    return failed_result(unit, work, failed[0], model)


def failed_result(
    unit: Unit, work: WorkOptions, error: NumeralsError, model: str = ""
) -> UnitResult:
    """Return the result of a unit that could not be read."""
    if work.template is not None:
        from numerals.forms import ScanResult

        return UnitResult(unit, model, scans=(ScanResult(unit.name, None, error),))
    return UnitResult(unit, model, FileResult(unit.name, (), (error,)))


def _pages(unit: Unit) -> PageRange:
    return PageRange(unit.first_page, unit.last_page)


def _page_keeper(
    entries: list["PageEntry"], keep: str | None
) -> Callable[[Page, Picture], None] | None:
    """Return a function that appends what a store keeps of a page; None if nothing is stored."""
    if keep is None:
        return None
    from numerals.store import make_page_entry

    def on_page(page: Page, picture: Picture) -> None:
        entries.append(make_page_entry(page, picture.pixels, picture.scale, keep=keep))

    return on_page


@contextmanager
def _errors_of(unit: Unit) -> Iterator[list[NumeralsError]]:
    """Catch all errors of a file, bugs included: they must not end a batch of hours.

    Yields
    ------
    list of NumeralsError
        The error is appended to it.
    """
    failed: list[NumeralsError] = []
    try:
        yield failed
    except NumeralsError as error:
        failed.append(error)
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"[:MAX_DETAIL]
        failed.append(
            ImageError(f"{unit.name}: numerals failed ({detail}); report it, with this file")
        )


@lru_cache(maxsize=1)
def _make_reader(work: WorkOptions) -> Reader:
    return Reader(work.read)


@lru_cache(maxsize=1)
def _make_form_reader(work: WorkOptions) -> tuple["FormReader", str]:
    """Return the reader of forms, and the name of its model."""
    from numerals.forms import FormReader, load_template, make_field_reader, matches_format

    assert work.template is not None
    template = load_template(work.template)
    reader = Reader(replace(work.read, layout="field", number_format=None, turn=None))
    read_field = make_field_reader(reader)
    model = reader.metadata.get("name", "")
    return FormReader(template, read_field, check=matches_format), model
