"""What does not fit together in a batch of forms: rosters, numbers that occur twice, relations."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from numerals.constraints.rules import cached_format
from numerals.errors import UnknownNameError
from numerals.formats import NumberFormat
from numerals.formats.choices import read_roster
from numerals.forms import Field
from numerals.store import Store
from numerals.store.batches import Batch, load_batch
from numerals.store.column_types import json_value
from numerals.store.database import read_transaction
from numerals.store.page_entries import BREAKS_RELATION, BREAKS_STACK, IS_UNCERTAIN
from numerals.store.schema import ITEMS, LINES, PAGES, READINGS
from numerals.store.timestamps import timestamp
from numerals.web.batches.batch_options import template_path
from numerals.web.batches.form_relations import check_form
from numerals.web.batches.stack_answers import Sheet, load_sheets, stack_fields

MAX_LISTED = 100
"""Maximum number of values or sheets in a list of a response."""

_BROKEN = [
    BREAKS_RELATION + others
    for others in (0, IS_UNCERTAIN, BREAKS_STACK, IS_UNCERTAIN + BREAKS_STACK)
]


def check_batch(store: Store, folder: Path, batch_id: int) -> dict[str, Any]:
    """Return what does not fit together in a batch of forms, as a JSON value.

    Parameters
    ----------
    store : Store
    folder : Path
        Of the templates.
    batch_id : int

    Returns
    -------
    dict
        ``fields``: for each field with a roster or unique values, the values of the roster that no
        sheet has, the sheets with the same value, and those whose value is not on the roster.
        ``relations``: for each relation, the sheets on which it does not hold, or cannot be checked
        because a value is not a number. ``changed_forms``: for each template that was saved after
        sheets were read with it, how many they are.

    Raises
    ------
    NotStoredError
        If the batch does not exist.
    """
    with read_transaction(store.engine) as connection:
        batch = load_batch(connection, batch_id)
        stacks = _load_stacks(connection, folder, batch)
        relations = _check_relations(connection, batch_id)
        changed = _changed_forms(connection, folder, batch)
    fields = [_check_field(*stack) for stack in stacks]
    return {"fields": fields, "relations": relations, "changed_forms": changed}


def missing_values(store: Store, folder: Path, batch_id: int) -> list[tuple[str, list[str]]]:
    """Return the values of each unique field's roster that no sheet of a batch has.

    Parameters and errors are those of `check_batch`.
    """
    with read_transaction(store.engine) as connection:
        stacks = _load_stacks(connection, folder, load_batch(connection, batch_id))
    return [(field.name, _missing(field, _by_value(field, stack))) for _, field, stack in stacks]


def _load_stacks(
    connection: Connection, folder: Path, batch: Batch
) -> list[tuple[str, Field, list[Sheet]]]:
    """Return the fields with a roster or constraints, each with its template and sheets."""
    fields_of = stack_fields(folder, batch)
    names = {field.name for fields in fields_of.values() for field in fields}
    is_wanted = LINES.c.field.in_(sorted(names))
    sheets = load_sheets(connection, batch.id, is_wanted) if names else []
    return [
        (template, field, [sheet for sheet in sheets if sheet.template == template])
        for template, fields in fields_of.items()
        for field in fields
    ]


def _check_field(template: str, field: Field, stack: Sequence[Sheet]) -> dict[str, Any]:
    by_value = _by_value(field, stack)
    missing = _missing(field, by_value)
    repeated = [
        (text, sheets) for text, sheets in by_value.items() if field.rule.unique and len(sheets) > 1
    ]
    allowed = _format_of(field)
    unlisted = [
        (text, sheets)
        for text, sheets in by_value.items()
        if field.roster and allowed and not allowed.accepts(text)
    ]
    return {
        "template": template,
        "field": field.name,
        "duplicates": _to_dicts(repeated),
        "listed": len(_roster(field)) if field.roster else None,
        "missing": missing[:MAX_LISTED],
        "n_missing": len(missing),
        "unlisted": _to_dicts(unlisted),
    }


def _by_value(field: Field, stack: Sequence[Sheet]) -> dict[str, list[Sheet]]:
    """Return the sheets with each value of a field."""
    allowed = _format_of(field)
    found: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in stack:
        line = sheet.lines.get(field.name)
        if line is not None and line.answer.strip():
            found[_key(line.answer, allowed)].append(sheet)
    return found


def _missing(field: Field, by_value: Mapping[str, Sequence[Sheet]]) -> list[str]:
    """Return the values of a roster, each of which some sheet should have, that none has."""
    if not field.rule.unique:
        return []
    return [text for text in _roster(field) if text not in by_value]


def _roster(field: Field) -> list[str]:
    allowed = _format_of(field)
    values = read_roster(field.roster) if field.roster else []
    return list(dict.fromkeys(_key(text, allowed) for text in values))


def _format_of(field: Field) -> NumberFormat | None:
    return cached_format(field.format) if field.format else None


def _check_relations(connection: Connection, batch_id: int) -> list[dict[str, Any]]:
    """Return the relations that do not hold, or cannot be checked, on some sheet."""
    flagged = (
        select(LINES.c.reading_id)
        .join(ITEMS, ITEMS.c.reading_id == LINES.c.reading_id)
        .where(ITEMS.c.batch_id == batch_id, LINES.c.uncertain.in_(_BROKEN))
    )
    is_on_sheet = LINES.c.field.is_not(None) & LINES.c.reading_id.in_(flagged)
    found: dict[str, dict[str, list[Sheet]]] = {}
    for sheet in load_sheets(connection, batch_id, is_on_sheet):
        texts = {name: line.answer for name, line in sheet.lines.items()}
        for result in check_form(sheet.form, texts):
            kind = "broken" if result.holds is False else "unchecked" if result.not_numbers else ""
            if kind:
                lists = found.setdefault(str(result.relation), {"broken": [], "unchecked": []})
                lists[kind].append(sheet)
    return [
        {
            "relation": relation,
            **{kind: _to_list(sheets) for kind, sheets in lists.items()},
            **{f"n_{kind}": len(sheets) for kind, sheets in lists.items()},
        }
        for relation, lists in found.items()
    ]


def _changed_forms(connection: Connection, folder: Path, batch: Batch) -> list[dict[str, Any]]:
    """Return the templates that changed after they were applied: sheets keep what was read."""
    found = []
    for name in batch.templates:
        try:
            changed_at = timestamp(template_path(folder, name).stat().st_mtime)
        except (UnknownNameError, OSError):  # it was deleted
            continue
        earlier = (
            select(PAGES.c.form)
            .join(ITEMS, ITEMS.c.reading_id == PAGES.c.reading_id)
            .join(READINGS, READINGS.c.id == PAGES.c.reading_id)
            .where(
                ITEMS.c.batch_id == batch.id,
                PAGES.c.form.is_not(None),
                READINGS.c.read_at < changed_at,
            )
        )
        forms = map(json_value, connection.execute(earlier).scalars())
        if n_sheets := sum(form["template"] == name for form in forms):
            found.append({"template": name, "n_sheets": n_sheets})
    return found


def _key(text: str, allowed: NumberFormat | None) -> str:
    """Return the form of a value that is the same for all its spellings."""
    return allowed.normalize(text) if allowed else text.replace(" ", "")


def _to_dicts(found: Sequence[tuple[str, Sequence[Sheet]]]) -> list[dict[str, Any]]:
    return [{"text": text, "sheets": _to_list(sheets)} for text, sheets in found[:MAX_LISTED]]


def _to_list(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    return [sheet.to_dict() for sheet in sheets[:MAX_LISTED]]
