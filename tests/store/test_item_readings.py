"""Reading again replaces numbers, never doubles them, and keeps the answers of reviewers."""

import pytest
from sqlalchemy import select

from numerals.store import make_page_entry
from numerals.store.batch_items import BatchItems, NewItem
from numerals.store.batch_listing import get_entry, list_answer_changes
from numerals.store.batches import Batches
from numerals.store.database import read_transaction
from numerals.store.page_entries import PageEntry
from numerals.store.schema import LINES
from stored_pages import line_of, page_of, pixels_of


@pytest.fixture
def read(store):
    """Return a function that reads the one item of a batch, again after the first time."""
    batches, items = Batches(store), BatchItems(store)
    batch_id = batches.create("a", {})
    [(item, _)] = items.add(batch_id, [NewItem("a.png", "0" * 64, 1)])

    def read(*lines, fields=(), size=(400, 300)):
        if items.get(batch_id, item.id).state != "waiting":
            batches.read_again(batch_id, {}, [])
        claimed, _ = items.claim()
        page = page_of(*lines)
        page = type(page)(page.lines, *size, page.source, 1, "latin")
        entry = make_page_entry(page, pixels_of())
        named = [
            type(line)(line.line, line.crop, line.frame, field=name)
            for line, name in zip(entry.lines, fields or [None] * len(lines), strict=True)
        ]
        items.store_pages(claimed, [PageEntry(entry.page, tuple(named))], 1, "m")
        rows = get_entry(store, batch_id, item.id)[0].lines
        total, changes = list_answer_changes(store, batch_id, 0, 100)
        assert total == len(changes)
        return rows, [(change.before, change.after) for change in changes]

    return read


def texts(rows):
    return [(row.number, row.text, row.answer, row.state) for row in rows]


def test_lines_keep_their_ids_and_changes_are_listed(read):
    before, changes = read(line_of("17", top=20), line_of("23", top=120))
    assert changes == []
    after, changes = read(line_of("23", top=120), line_of("18", top=21), line_of("5", top=220))
    assert [row.id for row in after][:2] == [before[1].id, before[0].id]
    assert texts(after)[:2] == [(1, "23", "23", "waiting"), (2, "18", "18", "waiting")]
    assert sorted(changes, key=str) == [("17", "18"), (None, "5")]
    after, changes = read(line_of("23", top=120), line_of("18", top=21))
    assert len(after) == 2
    assert changes == [("5", None)]


def test_answers_stay(read, queue):
    rows, _ = read(*(line_of("17", top=20 + 60 * i) for i in range(4)))
    queue.answer(rows[0].id, "11", "ann")
    queue.answer(rows[1].id, "17", "ann")
    queue.skip(rows[2].id, "ann")
    rows, changes = read(*(line_of("77", top=20 + 60 * i) for i in range(4)))
    assert texts(rows) == [
        (1, "77", "11", "corrected"),
        (2, "77", "17", "confirmed"),
        (3, "77", "17", "skipped"),
        (4, "77", "77", "waiting"),
    ]
    assert changes == [("17", "77")]
    assert [change.after for change in queue.history(rows[0].id)] == ["11"]
    queue.undo(rows[0].id, "ann")
    assert queue.get_item(rows[0].id).text == "77"


def test_answered_lines_stay_if_they_are_not_found_again(read, queue, store):
    rows, _ = read(line_of("17", top=20), line_of("23", top=120), line_of("31", top=220))
    queue.answer(rows[0].id, "11", "ann")
    queue.answer(rows[1].id, "", "ann")  # nothing here
    kept = rows[0].id
    rows, changes = read(line_of("99", top=180))
    assert [(row.id, row.number, row.answer) for row in rows][1:] == [(kept, 2, "11")]
    assert rows[0].answer == "99"
    # Between 120 and 220 both overlap a little, less than half.
    assert sorted(changes, key=str) == [("", None), ("31", None), (None, "99")]
    assert store.crop(kept)
    with read_transaction(store.engine) as connection:
        assert len(connection.execute(select(LINES.c.id)).all()) == 2


def test_fields_match_by_name(read, queue):
    rows, _ = read(line_of("17", top=20), line_of("23", top=120), fields=("a", "b"))
    queue.answer(rows[0].id, "11", "ann")
    rows, changes = read(line_of("3", top=20), line_of("4", top=120), fields=("b", "a"))
    assert [(row.field, row.answer) for row in rows] == [("b", "3"), ("a", "11")]
    assert changes == [("23", "3")]


def test_boxes_match_at_another_resolution(read, queue):
    rows, _ = read(line_of("17", top=20))
    queue.answer(rows[0].id, "11", "ann")
    line = line_of("17", top=20)
    doubled = type(line)("71", 0.5, tuple(2 * v for v in line.box))
    rows, _ = read(doubled, size=(800, 600))
    assert texts(rows) == [(1, "71", "11", "corrected")]
