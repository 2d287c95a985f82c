"""Check the relations of a form again after a reviewer changed one of its values."""

from sqlalchemy import select

from numerals.forms import Relation, check_relations
from numerals.store import Store
from numerals.store.batches import count_answer
from numerals.store.column_types import json_value
from numerals.store.database import write_transaction
from numerals.store.page_entries import BREAKS_RELATION
from numerals.store.schema import LINES, PAGES


def refresh_relations(store: Store, line_id: int) -> None:
    """Update which fields of a form are uncertain because a relation does not hold.

    Parameters
    ----------
    store : Store
    line_id : int
        A line whose answer changed.
    """
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
        form = json_value(page.form)
        is_on_page = (LINES.c.reading_id == page.reading_id) & (LINES.c.page == page.number)
        columns = LINES.c.id, LINES.c.field, LINES.c.answer, LINES.c.uncertain
        lines = connection.execute(select(*columns).where(is_on_page)).all()
        texts = {line.field: line.answer for line in lines if line.field is not None}
        relations = [Relation(kind, tuple(names)) for kind, names in form["relations"]]
        results = check_relations(relations, texts, decimal=form["decimal"])
        broken = {name for each in results if each.holds is False for name in each.relation.names}
        changed = [
            line
            for line in lines
            if bool(line.uncertain & BREAKS_RELATION) != (line.field in broken)
        ]
        for line in changed:
            connection.execute(
                LINES.update()
                .where(LINES.c.id == line.id)
                .values(uncertain=line.uncertain ^ BREAKS_RELATION)
            )
        if changed:
            count_answer(connection, line_id)
