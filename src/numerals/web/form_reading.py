"""Read an uploaded file of forms: ``POST /v1/read?template=NAME``."""

from dataclasses import replace
from typing import Any

from numerals.errors import FormError, NumeralsError
from numerals.forms import FormResult, TemplateFolder
from numerals.forms.form_reader import MAX_SCAN_SIDE
from numerals.images import load_pictures
from numerals.reading import FileResult
from numerals.records import Page
from numerals.store import PageEntry
from numerals.web.batches.page_reading import load_forms, read_form_page
from numerals.web.read_query import ReadQuery
from numerals.web.state import State
from numerals.web.template_routes import templates_folder
from numerals.web.uploads import Upload
from numerals.web.work_queue import QueueTicket


def read_forms(
    state: State, ticket: QueueTicket, upload: Upload, query: ReadQuery
) -> tuple[FileResult, list[PageEntry], list[FormResult], str]:
    """Read all pages of a file as forms.

    Returns
    -------
    result : FileResult
        With an error for each page that does not show the form or cannot be decoded.
    entries : list of PageEntry
        The pages to store.
    forms : list of FormResult
        One per page that was read.
    model : str
        Name of the model.
    """
    path = TemplateFolder(templates_folder(state)).path(query.template)
    loaded = load_forms(((query.template, path),), query.read_options())
    keep = state.store.keep if state.store else "nothing"
    entries: list[PageEntry] = []
    forms: list[FormResult] = []
    errors: list[NumeralsError] = []
    try:
        for picture in load_pictures(
            upload.content,
            resolution=query.dpi,
            max_side=MAX_SCAN_SIDE,
            limits=state.settings.limits,
            on_error=errors.append,
        ):
            ticket.check()
            named = replace(picture, source=upload.name)
            try:
                entry, form = read_form_page(loaded, named, query.script, keep)
            except FormError as error:
                errors.append(error)
                continue
            entries.append(entry)
            forms.append(form)
    except NumeralsError as raised:
        errors.append(raised)
    pages: tuple[Page, ...] = tuple(entry.page for entry in entries)
    return FileResult(upload.name, pages, tuple(errors)), entries, forms, loaded.model


def add_form_values(page: dict[str, Any], form: FormResult) -> None:
    """Add the names of the fields and the relations to a page in a response."""
    page["relations"] = [relation.to_dict() for relation in form.relations]
    for line, field in zip(page["lines"], form.fields, strict=True):
        line["field"] = field.name
        if field.note:
            line["note"] = field.note
