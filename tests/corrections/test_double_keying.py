"""Double keying: equal answers settle a line, different ones wait for a decision."""

import pytest

from numerals.corrections.double_keying import DoubleKeying
from numerals.corrections.review_selection import ReviewSelection
from numerals.errors import AnswerError, NotStoredError

ALL = ReviewSelection()


@pytest.fixture
def keying(store):
    return DoubleKeying(store)


def waiting(keying, by):
    found = keying.list_waiting(by, 10, ALL)
    return [item.id for item in found.items], found.n_differences


def test_items_do_not_tell_how_they_were_read(keying, fill):
    fill(0.5)
    (item,) = keying.list_waiting("ann", 10, ALL).items
    assert (item.text, item.read, item.alternatives, item.confidence) == ("", "", (), 0.0)


def test_equal_answers_settle_a_line(keying, queue, fill):
    (line,) = fill(0.5)
    keying.answer(line, "11", "Ann")
    assert waiting(keying, "ann ") == ([], 0)  # the same name
    assert waiting(keying, "bob") == ([line], 0)
    assert queue.get_item(line).state == "waiting"
    keying.answer(line, " 11 ", "Bob")
    item = queue.get_item(line)
    assert (item.state, item.text, item.by) == ("corrected", "11", "Ann and Bob")
    assert waiting(keying, "carl") == ([], 0)


def test_different_answers_wait_for_a_decision(keying, queue, fill):
    (line,) = fill(0.5)
    keying.answer(line, "11", "ann")
    keying.answer(line, "17", "bob")
    assert queue.get_item(line).state == "waiting"
    assert waiting(keying, "carl") == ([], 1)
    (difference,) = keying.list_differences(10, ALL)
    assert difference.item.id == line
    assert difference.answers == (("ann", "11"), ("bob", "17"))
    queue.answer(line, "17", "carl")
    assert keying.list_differences(10, ALL) == []
    assert queue.get_item(line).by == "carl"


def test_one_person_cannot_settle_a_line(keying, queue, fill):
    (line,) = fill(0.5)
    for text in ("11", "11", "17"):
        keying.answer(line, text, "ann")
    assert queue.get_item(line).state == "waiting"
    keying.answer(line, "17", "bob")  # the last answer of ann counts
    assert queue.get_item(line).state == "confirmed"


def test_undo_withdraws_an_answer_and_what_it_settled(keying, queue, fill):
    (line,) = fill(0.5)
    keying.answer(line, "11", "ann")
    keying.answer(line, "11", "bob")
    keying.undo(line, "bob")
    assert queue.get_item(line).state == "waiting"
    assert waiting(keying, "bob") == ([line], 0)
    assert waiting(keying, "ann") == ([], 0)
    keying.undo(line, "bob")  # nothing more to withdraw
    assert [change.kind for change in queue.history(line)] == ["correct", "undo"]


def test_undo_leaves_the_answer_of_a_third_person(keying, queue, fill):
    (line,) = fill(0.5)
    keying.answer(line, "11", "ann")
    queue.answer(line, "12", "carl")
    keying.undo(line, "ann")
    assert queue.get_item(line).text == "12"


def test_answers_and_names_are_checked(keying, fill):
    (line,) = fill(0.5)
    with pytest.raises(AnswerError):
        keying.answer(line, "abc", "ann")
    for by in ("", "  "):
        with pytest.raises(AnswerError, match="name of the reviewer"):
            keying.answer(line, "11", by)
        with pytest.raises(AnswerError, match="name of the reviewer"):
            keying.list_waiting(by, 10, ALL)
    with pytest.raises(NotStoredError):
        keying.answer(999, "11", "ann")
