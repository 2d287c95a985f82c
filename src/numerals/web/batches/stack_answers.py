"""The answers in fields whose values depend on those of the other forms of a batch."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from numerals.constraints.resolve import Choice
from numerals.constraints.rules import Reading, Rules
from numerals.forms import Field
from numerals.store.batches import Batch
from numerals.store.changes import WAITING
from numerals.store.column_types import json_value
from numerals.store.schema import ITEMS, LINES, PAGES
from numerals.web.batches.batch_options import template_layout


@dataclass(frozen=True)
class Sheet:
    """A page of a batch that shows a form.

    Attributes
    ----------
    item_id : int
    name : str
        Of the file.
    attempt : int
        How often the file was to be read again.
    page : int
    template : str
    form : dict
        The values of a `numerals.store.page_entries.FormEntry`.
    lines : dict of str to Row
        The lines of the fields that were asked for, by field.
    choices : dict of str to Choice
        What the constraints chose, by field.
    """

    item_id: int
    name: str
    attempt: int
    page: int
    template: str
    form: dict[str, Any]
    lines: dict[str, Row[Any]]
    choices: dict[str, Choice]

    def to_dict(self) -> dict[str, Any]:
        """Return where it is, as a JSON value."""
        return {"item": str(self.item_id), "name": self.name, "page": self.page}


def load_sheets(
    connection: Connection, batch_id: int, is_wanted: ColumnElement[bool]
) -> list[Sheet]:
    """Return the forms of a batch in the order of names, with some lines of theirs.

    Parameters
    ----------
    connection : Connection
    batch_id : int
    is_wanted : ColumnElement
        Condition of the lines, which have to be fields.
    """
    by_page = {
        (row.reading_id, row.number): Sheet(
            row.id,
            row.name,
            row.attempt,
            row.number,
            str(form["template"]),
            form,
            {},
            {},
        )
        for row in _load_pages(connection, batch_id)
        if (form := json_value(row.form))
    }
    lines = (
        select(
            LINES.c.id,
            LINES.c.reading_id,
            LINES.c.page,
            LINES.c.number,
            LINES.c.field,
            LINES.c.text,
            LINES.c.answer,
            LINES.c.confidence,
            LINES.c.alternatives,
            LINES.c.state,
            LINES.c.note,
            LINES.c.uncertain,
            LINES.c.changed,
        )
        .join(ITEMS, ITEMS.c.reading_id == LINES.c.reading_id)
        .where(ITEMS.c.batch_id == batch_id, is_wanted)
    )
    found: list[Row[Any]] = list(connection.execute(lines))
    for line in found:
        sheet = by_page.get((line.reading_id, line.page))
        if sheet is not None:
            sheet.lines[line.field] = line
    return list(by_page.values())


def stack_fields(folder: Path, batch: Batch) -> dict[str, list[Field]]:
    """Return the fields of each template of a batch that have a roster or span forms."""
    found = {}
    for name in batch.templates:
        layout = template_layout(folder, name)
        fields = layout.fields if layout else ()
        found[name] = [field for field in fields if field.roster or field.rule.spans_rows]
    return found


def stack_rules(folder: Path, batch: Batch) -> dict[str, Rules]:
    """Return the constraints between the forms of each template of a batch that has any.

    Relations within a form have been applied when it was read.
    """
    found = {}
    for name in batch.templates:
        layout = template_layout(folder, name)
        if layout is not None and layout.rules.spanning:
            found[name] = replace(layout.rules, columns=layout.rules.spanning, relations=())
    return found


def readings_of(sheet: Sheet) -> dict[str, Reading]:
    """Return the readings of the fields of a sheet; what a reviewer answered is certain."""
    return {field: _to_reading(line) for field, line in sheet.lines.items()}


def _to_reading(line: Row[Any]) -> Reading:
    if line.state != WAITING:
        return Reading(line.answer, 1.0)
    others: tuple[tuple[str, float], ...] = ()
    # A damaged line must not keep the others from being read; showing it reports the damage.
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        others = tuple(
            (str(other["text"]), float(other["confidence"]))
            for other in json_value(line.alternatives)
        )
    return Reading(line.text, line.confidence, others)


def _load_pages(connection: Connection, batch_id: int) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(
                ITEMS.c.id,
                ITEMS.c.name,
                ITEMS.c.attempt,
                PAGES.c.reading_id,
                PAGES.c.number,
                PAGES.c.form,
            )
            .join(PAGES, PAGES.c.reading_id == ITEMS.c.reading_id)
            .where(ITEMS.c.batch_id == batch_id, PAGES.c.form.is_not(None))
            .order_by(ITEMS.c.sort_name, ITEMS.c.id, PAGES.c.number)
        )
    )
