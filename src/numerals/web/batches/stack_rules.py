"""Apply the constraints between the forms of a batch, once all its files are read."""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import SQLAlchemyError

from numerals.constraints.ascending import OUT_OF_ORDER
from numerals.constraints.resolve import VIOLATES_FORMAT, Choice, resolve
from numerals.constraints.rules import Reading, Rules
from numerals.constraints.unique import DUPLICATE
from numerals.constraints.values import sort_candidates
from numerals.errors import NotStoredError, StoreError
from numerals.store import Store
from numerals.store.batch_counts import ITEM_READING, ITEM_WAITING
from numerals.store.batch_files import data_folder
from numerals.store.batches import count_change, load_batch
from numerals.store.changes import WAITING
from numerals.store.database import read_transaction, write_transaction
from numerals.store.page_entries import BREAKS_STACK
from numerals.store.schema import ANSWER_CHANGES, ITEMS, LINES
from numerals.web.batches.stack_answers import Sheet, load_sheets, readings_of, stack_rules

_LOG = logging.getLogger("numerals.web")

STACK_NOTES = (DUPLICATE, OUT_OF_ORDER, VIOLATES_FORMAT)
"""The notes of fields that come from the constraints between forms."""


def templates_folder(store: Store) -> Path:
    """Return the folder of the templates, beside the store."""
    return data_folder(store.engine.url) / "templates"


def refresh_stack(store: Store, line_id: int) -> None:
    """Apply the constraints of a batch again after the answer to one of its lines changed.

    Nothing happens unless the line is a field with such constraints.
    """
    with read_transaction(store.engine) as connection:
        found = connection.execute(
            select(ITEMS.c.batch_id, LINES.c.field)
            .join(LINES, LINES.c.reading_id == ITEMS.c.reading_id)
            .where(LINES.c.id == line_id)
        ).first()
        if found is None:
            return
        rules = stack_rules(templates_folder(store), load_batch(connection, found.batch_id))
    if any(found.field in each.columns for each in rules.values()):
        resolve_batch(store, found.batch_id)


def resolve_batch(store: Store, batch_id: int) -> None:
    """Apply the constraints of a batch again; nothing happens if it was deleted."""
    with suppress(NotStoredError), write_transaction(store.engine) as connection:
        resolve_stack(templates_folder(store), connection, batch_id)


def resolve_after_reading(folder: Path, connection: Connection, batch_id: int) -> None:
    """Call `resolve_stack`; only an error of the store keeps the page that was read from it.

    Parameters are those of `resolve_stack`.
    """
    try:
        resolve_stack(folder, connection, batch_id)
    except (StoreError, SQLAlchemyError):
        raise
    except Exception:
        _LOG.exception("batches: the constraints of batch %d are not applied", batch_id)


def resolve_stack(folder: Path, connection: Connection, batch_id: int) -> None:
    """Choose readings that satisfy the constraints between the forms of a batch.

    Nothing happens while files of the batch are to be read. Answers of reviewers stay as they are.

    Parameters
    ----------
    folder : Path
        Of the templates.
    connection : Connection
        In a transaction that writes.
    batch_id : int

    Raises
    ------
    NotStoredError
        If the batch does not exist.
    """
    rules = stack_rules(folder, load_batch(connection, batch_id))
    if not rules or _is_open(connection, batch_id):
        return
    fields = {name for each in rules.values() for name in each.columns}
    sheets = load_sheets(connection, batch_id, LINES.c.field.in_(sorted(fields)))
    n_changed = 0
    for template, each in rules.items():
        stack = [sheet for sheet in sheets if sheet.template == template]
        for sheet, field in _resolved(stack, each):
            n_changed += _update_line(connection, sheet, field, each)
    if n_changed:
        count_change(connection, batch_id)


def _is_open(connection: Connection, batch_id: int) -> bool:
    """Return whether files of a batch are to be read."""
    is_open = ITEMS.c.state.in_((ITEM_WAITING, ITEM_READING))
    query = select(ITEMS.c.id).where(ITEMS.c.batch_id == batch_id, is_open).limit(1)
    return connection.execute(query).first() is not None


def _resolved(stack: list[Sheet], rules: Rules) -> Iterator[tuple[Sheet, str]]:
    """Yield each field of each sheet, with the choice of the constraints in the sheet."""

    def update(sheet: Sheet, choices: Any) -> Sheet:
        return replace(sheet, choices=dict(choices))

    for sheet in resolve(stack, rules, readings_of, update):
        for field in sheet.lines:
            yield sheet, field


def _update_line(connection: Connection, sheet: Sheet, field: str, rules: Rules) -> bool:
    """Store what the constraints chose for a field; return whether anything changed."""
    line, choice = sheet.lines[field], sheet.choices.get(field)
    values: dict[str, Any] = {}
    is_replaced = False
    problem = choice.problem if choice else ""
    if choice is not None and line.state == WAITING:
        reading = readings_of(sheet)[field]
        usable = rules.candidates({field: reading}).get(field) or [(choice.text, 1.0)]
        is_replaced = choice.text != usable[0][0]
        if choice.text != line.text:
            values |= _replaced(reading, choice)
    note = problem or ("" if line.note in STACK_NOTES else line.note)
    bit = BREAKS_STACK if problem or is_replaced else 0
    uncertain = (line.uncertain & ~BREAKS_STACK) | bit
    if note != line.note or uncertain != line.uncertain:
        values |= {"note": note, "uncertain": uncertain}
    if not values:
        return False
    connection.execute(LINES.update().where(LINES.c.id == line.id).values(**values))
    if "answer" in values and sheet.attempt:
        _log_answer(connection, sheet, line, values)
    return True


def _replaced(reading: Reading, choice: Choice) -> dict[str, Any]:
    """Return the columns of a line whose reading is replaced."""
    candidates = sort_candidates([(reading.text, reading.probability), *reading.alternatives])
    others = [{"text": text, "confidence": p} for text, p in reading.others(choice.text)]
    return {
        "text": choice.text,
        "answer": choice.text,
        "confidence": choice.probability,
        "alternatives": json.dumps(others, ensure_ascii=False),
        "changed": int(choice.text != candidates[0][0]),
    }


def _log_answer(
    connection: Connection, sheet: Sheet, line: Row[Any], values: dict[str, Any]
) -> None:
    """Correct the list of answers that changed when the file was read again."""
    is_line = ANSWER_CHANGES.c.line_id == line.id
    logged = connection.execute(select(ANSWER_CHANGES.c.before).where(is_line)).first()
    before = line.answer if logged is None else logged.before
    connection.execute(ANSWER_CHANGES.delete().where(is_line))
    if before != values["answer"]:
        connection.execute(
            ANSWER_CHANGES.insert().values(
                item_id=sheet.item_id,
                line_id=line.id,
                page=sheet.page,
                number=line.number,
                field=line.field,
                before=before,
                after=values["answer"],
                confidence=values["confidence"],
            )
        )
