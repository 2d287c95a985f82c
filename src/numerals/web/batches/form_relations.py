"""Check the relations of a stored form, also again after a reviewer changed one of its values."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from numerals.constraints.values import make_parser
from numerals.forms import Relation, RelationResult, check_relations
from numerals.store import Store
from numerals.store.batches import count_answer
from numerals.store.changes import CONFIRMED, CORRECTED
from numerals.store.column_types import json_value
from numerals.store.database import write_transaction
from numerals.store.page_entries import BREAKS_RELATION
from numerals.store.schema import LINES, PAGES
from numerals.web.batches.stack_rules import refresh_stack


def check_form(form: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[RelationResult, ...]:
    """Return whether the relations of a form hold between its answers.

    Parameters
    ----------
    form : mapping
        The values of a `numerals.store.page_entries.FormEntry`.
    texts : mapping of str to str
        The answer in each field.
    """
    decimal = form["decimal"]
    relations = [Relation(kind, tuple(names)) for kind, names in form["relations"]]
    dates = {name: make_parser(spec, decimal) for name, spec in form.get("dates", {}).items()}
    return check_relations(relations, texts, decimal=decimal, parsers=dates)


def refresh_relations(store: Store, line_id: int) -> None:
    """Update which fields are uncertain because a relation does not hold.

    The constraints between the forms of its batch are applied again as well.

    Parameters
    ----------
    store : Store
    line_id : int
        A line whose answer changed.
    """
    _refresh_form(store, line_id)
    refresh_stack(store, line_id)


def _refresh_form(store: Store, line_id: int) -> None:
    with write_transaction(store.engine) as connection:
        page = connection.execute(
            select(PAGES.c.reading_id, PAGES.c.number, PAGES.c.form)
            .join(
                LINES,
                (LINES.c.reading_id == PAGES.c.reading_id) & (LINES.c.page == PAGES.c.number),
            )
            .where(LINES.c.id == line_id)
        ).first()
        if page is None or page.form is None:
            return
        is_on_page = (LINES.c.reading_id == page.reading_id) & (LINES.c.page == page.number)
        columns = LINES.c.id, LINES.c.field, LINES.c.answer, LINES.c.state, LINES.c.uncertain
        lines = connection.execute(select(*columns).where(is_on_page)).all()
        if _update_lines(connection, json_value(page.form), lines):
            count_answer(connection, line_id)


def _update_lines(
    connection: Connection,
    form: Mapping[str, Any],
    lines: Sequence[Any],  # rows
) -> bool:
    """Set which lines break a relation; return whether any changed."""
    texts = {line.field: line.answer for line in lines if line.field is not None}
    answered = {line.field for line in lines if line.state in (CONFIRMED, CORRECTED)}
    doubtful = {
        name for result in check_form(form, texts) for name in _doubtful_names(result, answered)
    }
    changed = [
        line for line in lines if bool(line.uncertain & BREAKS_RELATION) != (line.field in doubtful)
    ]
    for line in changed:
        connection.execute(
            LINES.update()
            .where(LINES.c.id == line.id)
            .values(uncertain=line.uncertain ^ BREAKS_RELATION)
        )
    return bool(changed)


def _doubtful_names(result: RelationResult, answered: set[str]) -> tuple[str, ...]:
    """Return the fields to review because of a relation.

    Where a reviewer wrote something that is not a number, the relation will not find errors in
    the other fields any more.
    """
    is_final = any(name in answered for name in result.not_numbers)
    return result.relation.names if is_final else result.doubtful
