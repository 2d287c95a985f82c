"""The review queue: answers, skips and undos, and the lists of waiting and corrected lines."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from numerals.corrections.answered_lines import iter_answered_lines, list_distinct_lines
from numerals.corrections.undo_stack import resolve_changes
from numerals.errors import NothingToUndoError, NotStoredError
from numerals.store import make_page_entry
from stored_pages import line_of, page_of, pixels_of


def test_lines_are_listed_by_confidence(queue, fill):
    high, low, middle = fill(0.9, 0.2, 0.5)
    n_waiting, items = queue.list_waiting(2)
    assert (n_waiting, [item.id for item in items]) == (3, [low, middle])
    assert [item.id for item in queue.list_waiting(10, below=0.5)[1]] == [low]
    first = items[0]
    assert (first.text, first.confidence, first.source) == ("17", 0.2, "page.png")
    assert first.alternatives == (("11", 0.2),)
    assert queue.get_item(high).state == "waiting"


def test_lines_without_a_crop_are_not_listed(queue, fill):
    fill(0.5, keep="nothing")
    assert queue.list_waiting() == (0, [])


def test_the_text_as_read_confirms_and_another_corrects(queue, fill):
    first, second = fill(0.5, 0.6)
    assert queue.answer(first, "17", "ann").state == "confirmed"
    assert queue.answer(second, "11", "bob").state == "corrected"
    assert queue.list_waiting()[0] == 0
    assert [(c.by, c.kind, c.before, c.after) for c in queue.history(second)] == [
        ("bob", "correct", "17", "11")
    ]


def test_the_same_answer_again_adds_no_change(queue, fill):
    (line,) = fill(0.5)
    for _ in range(3):
        queue.answer(line, "11", "ann")
    assert len(queue.history(line)) == 1


def test_undo_reverts_one_change_at_a_time_and_adds_to_the_history(queue, fill):
    (line,) = fill(0.5)
    queue.answer(line, "11", "ann")
    queue.skip(line, "bob")
    items = queue.undo(line, "ann"), queue.undo(line, "ann")
    assert [(item.state, item.text) for item in items] == [("corrected", "11"), ("waiting", "17")]
    with pytest.raises(NothingToUndoError):
        queue.undo(line, "ann")
    kinds = [change.kind for change in queue.history(line)]
    assert kinds == ["correct", "skip", "undo", "undo"]


def test_a_skipped_line_is_neither_listed_nor_answered(queue, fill):
    (line,) = fill(0.5)
    queue.skip(line, "ann")
    assert queue.list_waiting()[0] == 0
    assert list(iter_answered_lines(queue.store, "latin")) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_line_always_shows_the_result_of_its_changes(queue, fill, seed):
    (line,) = fill(0.5)
    rng = random.Random(seed)
    for _ in range(30):
        action = rng.choice(["answer", "answer", "skip", "undo"])
        try:
            if action == "answer":
                queue.answer(line, rng.choice(["17", "11", "1"]), "ann")
            else:
                getattr(queue, action)(line, "ann")
        except NothingToUndoError:
            pass
        item = queue.get_item(line)
        resolution = resolve_changes(item.read, queue.history(line))
        assert (item.state, item.text) == (resolution.state, resolution.text)


def test_concurrent_changes_are_serialized(queue, fill):
    (line,) = fill(0.5)
    texts = [str(number) for number in range(100, 124)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: queue.answer(line, text, "ann"), texts))
    changes = queue.history(line)
    assert sorted(change.after for change in changes) == texts
    assert [c.before for c in changes] == ["17", *(c.after for c in changes[:-1])]


def test_corrections_are_those_that_stand(queue, fill):
    one, two, three, four = fill(0.1, 0.2, 0.3, 0.4)
    queue.answer(one, "11", "ann")
    queue.answer(two, "12", "ann")
    queue.answer(two, "13", "bob")
    queue.undo(two, "bob")  # back to 12
    queue.answer(three, "17", "ann")  # as read
    queue.answer(four, "14", "ann")
    queue.undo(four, "ann")
    total, changes = queue.list_corrections()
    assert (total, [(c.line_id, c.after) for c in changes]) == (2, [(one, "11"), (two, "12")])
    assert [c.line_id for c in queue.list_corrections(after=changes[0].id)[1]] == [two]
    assert [c.line_id for c in queue.list_corrections(1)[1]] == [one]
    assert [c.line_id for c in queue.list_corrections(1, newest=True)[1]] == [two]


def test_an_undone_change_is_not_listed_as_the_correction(queue, fill):
    (line,) = fill(0.5)
    queue.answer(line, "11", "ann")
    queue.skip(line, "ann")
    queue.answer(line, "11", "bob")  # the same text, undone next
    queue.undo(line, "bob")
    queue.undo(line, "bob")
    _, (correction,) = queue.list_corrections()
    assert (correction.after, correction.by) == ("11", "ann")
    (answered,) = iter_answered_lines(queue.store, "latin")
    assert (answered.answer, answered.by) == ("11", "ann")


@pytest.mark.parametrize("newest", [False, True])
def test_undone_changes_do_not_shorten_the_list_of_corrections(queue, fill, newest):
    lines = fill(*(0.1 * i for i in range(5)))
    for line in lines:
        queue.answer(line, "11", "ann")
    for line in lines:
        for _ in range(4):
            queue.answer(line, "12", "ann")
            queue.undo(line, "ann")
    total, changes = queue.list_corrections(3, newest=newest)
    expected = sorted(lines, reverse=newest)[:3]
    assert (total, [change.line_id for change in changes]) == (5, expected)


def test_answered_lines_have_crops_with_the_boxes_of_characters(queue, fill):
    lines = fill(*(0.1 * i for i in range(5)))
    for line in lines[:2]:
        queue.answer(line, "11", "ann")
    answered = list(iter_answered_lines(queue.store, "latin"))
    assert [(each.id, each.read, each.answer) for each in answered] == [
        (lines[0], "17", "11"),
        (lines[1], "17", "11"),
    ]
    assert answered[0].boxes == ((16, 16, 41, 56), (46, 16, 71, 56))  # 16 pixels of margin
    # Their crops are identical, so that they are one line for training.
    first = queue.get_item(lines[0])
    (distinct,) = list_distinct_lines(queue.store, "latin")
    assert (distinct.reading_id, distinct.page) == (first.reading_id, 1)
    assert list_distinct_lines(queue.store, "kannada") == []


def test_the_crop_of_a_rotated_line_has_no_boxes(queue, store):
    kept = make_page_entry(page_of(line_of("17"), turn=91.2), pixels_of())
    (line,) = store.add([kept], "a.png", "m").line_ids[0]
    queue.answer(line, "17", "ann")
    assert [each.boxes for each in iter_answered_lines(store, "latin")] == [()]


@pytest.mark.parametrize("number", [0, -1, 99, 2**31, 10**30])
def test_a_line_that_does_not_exist_is_reported(queue, number):
    for ask in (queue.get_item, queue.history, queue.store.crop):
        with pytest.raises(NotStoredError):
            ask(number)
