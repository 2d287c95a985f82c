"""Read pages of one file in a worker process, with the crops that the store keeps."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from numerals.batch.units import Unit, WorkOptions
from numerals.errors import NumeralsError
from numerals.forms import (
    FormChooser,
    FormReader,
    FormResult,
    Template,
    load_template,
    make_field_reader,
    matches_format,
)
from numerals.forms.form_reader import MAX_SCAN_SIDE
from numerals.images import Limits, PageRange, Picture, load_pictures
from numerals.models.activated_models import activations_changed_at
from numerals.picture_encoding import encode_jpeg
from numerals.reading import Reader, ReadOptions, read_file
from numerals.records import Line, Page
from numerals.store.page_entries import (
    REVIEW_CONFIDENCE,
    FormEntry,
    PageEntry,
    make_page_entry,
)

THUMBNAIL_SIDE = 320
"""Maximum width and height of a thumbnail, pixels."""


@dataclass(frozen=True)
class PageWork:
    """Pages of one file to read; it can be pickled.

    Attributes
    ----------
    unit : Unit
        With the name of the file, its path, and its pages.
    options : WorkOptions
        Without a template.
    templates : tuple of (str, Path)
        Names and files of templates; empty for files that are not forms.
    limits : Limits
    keep : {"nothing", "crops", "pictures"}
        Pixels to keep.
    """

    unit: Unit
    options: WorkOptions
    templates: tuple[tuple[str, Path], ...]
    limits: Limits
    keep: str

    @property
    def min_confidence(self) -> float:
        """Confidence below which a number is uncertain."""
        answers = self.options.answers
        wanted = REVIEW_CONFIDENCE if answers.max_error is None else 1 - answers.max_error
        # For other files, digits below this confidence are already masked.
        return max(wanted, answers.min_confidence) if self.templates else wanted


@dataclass(frozen=True)
class PagesResult:
    """What was read.

    Attributes
    ----------
    pages : tuple of PageEntry
        From the first page on; those that could not be read have an error.
    n_pages : int
        Number of pages of the file; 0 if it could not be opened.
    model : str
        Name of the model.
    error : str, optional
        Why the file could not be opened, or reading stopped after `pages`.
    thumbnail : bytes, optional
        JPEG of the first page of the file, if that is among `pages`.
    """

    pages: tuple[PageEntry, ...]
    n_pages: int
    model: str
    error: str | None = None
    thumbnail: bytes | None = None


class _Collector:
    """Collects pages, and the number of pages and the thumbnail of their file."""

    def __init__(self, work: PageWork) -> None:
        self._work = work
        self.pages: list[PageEntry] = []
        self.n_pages = 0
        self.thumbnail: bytes | None = None

    def add(self, entry: PageEntry, picture: Picture) -> None:
        self.n_pages = picture.n_pages
        if picture.number == 1 and self._work.keep != "nothing":
            self.thumbnail = make_thumbnail(picture.pixels, entry.page.turn)
        confidence = self._work.min_confidence
        lines = tuple(replace(line, min_confidence=confidence) for line in entry.lines)
        self.pages.append(replace(entry, lines=lines))

    def result(self, model: str, errors: Iterable[NumeralsError] = ()) -> PagesResult:
        """Return the result, with an entry for each page that could not be decoded."""
        if not model and self.pages:
            model = f"{self.pages[0].page.script} (auto)"
        message = None
        for error in errors:
            text = clean_message(error, self._work.unit)
            if error.page and error.n_pages and error.n_pages > 1:
                self.n_pages = error.n_pages
                self.pages.append(failed_page(self._work.unit.name, error.page, text))
            else:
                message = text
        pages = sorted(self.pages, key=lambda entry: entry.page.number)
        return PagesResult(tuple(pages), self.n_pages, model, message, self.thumbnail)


def failed_page(name: str, number: int, error: str) -> PageEntry:
    """Return the entry of a page that could not be decoded."""
    return PageEntry(Page((), 0, 0, name, number), (), error=error)


def read_pages(work: PageWork) -> PagesResult:
    """Read pages of one file. A worker process runs this.

    Pages that do not show the form have an error, and the others are still read.
    """
    collector = _Collector(work)
    if work.templates:
        return _read_forms(work, collector)

    def on_page(page: Page, picture: Picture) -> None:
        answered = work.options.answers.apply(page)
        entry = make_page_entry(answered, picture.pixels, picture.scale, keep=work.keep)
        collector.add(entry, picture)

    unit = work.unit
    try:
        reader = _make_reader(work.options.read, activations_changed_at())
    except NumeralsError as error:  # the options do not fit the model
        return collector.result("", [error])
    pages, path = PageRange(unit.first_page, unit.last_page), Path(unit.location)
    result = read_file(reader, path, unit.name, pages=pages, limits=work.limits, on_page=on_page)
    return collector.result(reader.metadata.get("name", ""), result.errors)


@lru_cache(maxsize=1)
def _make_reader(options: ReadOptions, activated_at: int) -> Reader:
    """Return a reader; another one after another model was activated."""
    return Reader(options)


def _read_forms(work: PageWork, collector: _Collector) -> PagesResult:
    errors: list[NumeralsError] = []
    model = ""
    try:
        forms = load_forms(work.templates, work.options.read)
        model = forms.model
        unit = work.unit
        for picture in load_pictures(
            Path(unit.location),
            pages=PageRange(unit.first_page, unit.last_page),
            resolution=work.options.read.resolution,
            max_side=MAX_SCAN_SIDE,
            limits=work.limits,
            on_error=errors.append,
        ):
            picture = replace(picture, source=unit.name)
            collector.add(_read_form(work, forms, picture), picture)
    except NumeralsError as raised:
        errors.append(raised)
    return collector.result(model, errors)


@dataclass(frozen=True)
class LoadedForms:
    """Templates with their readers, and the name of the model."""

    chooser: FormChooser
    templates: dict[str, Template]
    model: str


@lru_cache(maxsize=1)
def _load_forms_once(
    templates: tuple[tuple[str, Path, float], ...], options: ReadOptions, activated_at: int
) -> LoadedForms:
    reader = Reader(replace(options, layout="field", number_format=None, turn=None))
    read_field = make_field_reader(reader)
    loaded = {name: load_template(path) for name, path, _ in templates}
    readers = {
        name: FormReader(template, read_field, check=matches_format)
        for name, template in loaded.items()
    }
    return LoadedForms(FormChooser(readers), loaded, reader.metadata.get("name", ""))


def load_forms(templates: tuple[tuple[str, Path], ...], options: ReadOptions) -> LoadedForms:
    """Return the readers of some templates; they are kept until a template's file changes."""
    dated = tuple((name, path, _modified_at(path)) for name, path in templates)
    return _load_forms_once(dated, options, activations_changed_at())


def _modified_at(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _read_form(work: PageWork, forms: LoadedForms, picture: Picture) -> PageEntry:
    try:
        return read_form_page(forms, picture, str(work.options.read.model), work.keep)[0]
    except NumeralsError as error:
        page = Page((), picture.width, picture.height, work.unit.name, picture.number)
        return PageEntry(page, (), error=clean_message(error, work.unit))


def read_form_page(
    forms: LoadedForms, picture: Picture, script: str, keep: str
) -> tuple[PageEntry, FormResult]:
    """Read a page that shows one of some forms.

    Parameters
    ----------
    forms : LoadedForms
    picture : Picture
    script : str
    keep : {"nothing", "crops", "pictures"}
        Pixels to keep.

    Raises
    ------
    FormError
        If the page shows none of the forms.
    """
    name, form = forms.chooser.read(picture)
    page = Page((), picture.width, picture.height, picture.source, picture.number)
    page = replace(page, lines=tuple(_form_lines(form)), script=script)
    entry = make_page_entry(page, picture.pixels, picture.scale, keep=keep)
    doubtful = {name for result in form.relations for name in result.doubtful}
    lines = tuple(
        replace(
            line,
            field=field.name,
            note=field.note,
            breaks_relation=field.name in doubtful,
        )
        for line, field in zip(entry.lines, form.fields, strict=True)
    )
    entry = replace(entry, lines=lines, form=_form_entry(name, form, forms.templates[name]))
    return entry, form


def _form_lines(form: FormResult) -> Iterator[Line]:
    for field in form.fields:
        alternatives = tuple((each.text, each.probability) for each in field.alternatives)
        yield Line(
            field.text,
            field.confidence,
            field.box,
            alternatives=alternatives,
            accepted=field.accepted,
            changed=field.changed,
        )


def _form_entry(name: str, form: FormResult, template: Template) -> FormEntry:
    relations = tuple((each.kind, each.names) for each in template.relations)
    dates = {
        field.name: field.format
        for field in template.fields
        if field.format and field.format.startswith("date")
    }
    return FormEntry(name, round(form.agreement, 4), relations, template.decimal, dates)


def make_thumbnail(pixels: npt.NDArray[np.uint8], turn: float = 0.0) -> bytes:
    """Return a small upright picture of a page, JPEG.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width) or (height, width, 3)
    turn : float, degrees
        Clockwise rotation of the writing in the picture.
    """
    factor = min(1.0, THUMBNAIL_SIDE / max(pixels.shape[:2]))
    size = tuple(max(1, round(side * factor)) for side in pixels.shape[1::-1])
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return encode_jpeg(np.ascontiguousarray(np.rot90(small, round(turn / 90) % 4)))


def clean_message(error: Exception, unit: Unit) -> str:
    """Return the message of an error without the names of the file and of its copy in the store."""
    message = str(error).replace(unit.location, unit.name)
    for prefix in (f"{unit.name}: ", f"{unit.name}, "):
        message = message.removeprefix(prefix)
    return message
