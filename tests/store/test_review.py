"""Answers: append-only, undone one by one, and always what the changes come to."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from numerals.errors import NothingToUndoError
from numerals.store.review import present


def test_the_text_that_was_read_confirms_another_corrects(store, fill):
    first, second = fill(0.5, 0.6)
    assert store.answer(first, "17", "ann").state == "confirmed"
    assert store.answer(second, "11", "bob").state == "corrected"
    assert store.waiting()[0] == 0
    assert [(c.by, c.kind, c.before, c.after) for c in store.history(second)] == [
        ("bob", "correct", "17", "11")
    ]


def test_the_same_answer_twice_is_one_change(store, fill):
    (line,) = fill(0.5)
    for _ in range(2):
        store.answer(line, "11", "ann")
    assert len(store.history(line)) == 1


def test_undo_takes_back_one_change_after_the_other(store, fill):
    (line,) = fill(0.5)
    store.answer(line, "11", "ann")
    store.skip(line, "bob")
    found = [(item.state, item.text) for item in (store.undo(line, "ann"), store.undo(line, "ann"))]
    assert found == [("corrected", "11"), ("waiting", "17")]
    with pytest.raises(NothingToUndoError):
        store.undo(line, "ann")
    kinds = [change.kind for change in store.history(line)]
    assert kinds == ["correct", "skip", "undo", "undo"]  # nothing of what happened is lost


def test_skipped_lines_leave_the_queue_and_are_not_learned_from(store, fill):
    (line,) = fill(0.5)
    store.skip(line, "ann")
    assert store.waiting()[0] == 0
    assert list(store.answered("latin")) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_line_is_always_what_its_changes_come_to(store, fill, seed):
    (line,) = fill(0.5)
    chance = random.Random(seed)
    for _ in range(30):
        what = chance.choice(["answer", "answer", "skip", "undo"])
        try:
            if what == "answer":
                store.answer(line, chance.choice(["17", "11", "1"]), "ann")
            else:
                getattr(store, what)(line, "ann")
        except NothingToUndoError:
            pass
        item = store.item(line)
        assert (item.state, item.text) == present(item.read, store.history(line))


def test_answers_of_many_at_once_all_stay(store, fill):
    (line,) = fill(0.5)
    with ThreadPoolExecutor(8) as pool:
        texts = [str(number) for number in range(100, 124)]
        list(pool.map(lambda each: store.answer(line, each, "ann"), texts))
    changes = store.history(line)
    assert sorted(change.after for change in changes) == texts
    # Each saw the one before it.
    assert [c.before for c in changes] == ["17", *(c.after for c in changes[:-1])]


def test_corrections_are_those_that_stand(store, fill):
    one, two, three, four = fill(0.1, 0.2, 0.3, 0.4)
    store.answer(one, "11", "ann")
    store.answer(two, "12", "ann")
    store.answer(two, "13", "bob")
    store.undo(two, "bob")  # 12 stands again
    store.answer(three, "17", "ann")  # as it was read
    store.answer(four, "14", "ann")
    store.undo(four, "ann")
    total, found = store.corrections()
    assert (total, [(c.line_id, c.after) for c in found]) == (2, [(one, "11"), (two, "12")])
    assert [c.line_id for c in store.corrections(after=found[0].id)[1]] == [two]
    assert [c.line_id for c in store.corrections(1)[1]] == [one]
    assert [c.line_id for c in store.corrections(1, newest=True)[1]] == [two]


def test_answered_lines_come_with_boxes_that_lie_on_the_crop(store, fill):
    lines = fill(*[0.5] * 3)
    for line in lines[:2]:
        store.answer(line, "11", "ann")
    found = list(store.answered("latin"))
    assert [(each.id, each.answer, each.text) for each in found] == [
        (line, "11", "17") for line in lines[:2]
    ]
    assert found[0].boxes == ((16, 16, 41, 56), (46, 16, 71, 56))
    assert store.count_answered("latin") == 2
    assert store.count_answered("kannada") == 0
