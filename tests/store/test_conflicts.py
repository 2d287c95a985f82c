"""Two people at one line: nobody's answer is replaced unseen, no undo takes back two changes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from numerals.errors import EditConflictError, NothingToUndoError, NotStoredError
from numerals.store import UNSEEN


@pytest.fixture
def line(fill):
    return fill(0.5)[0]


@pytest.mark.parametrize("seen", [0, UNSEEN])
def test_the_second_of_two_is_told_what_the_first_answered(store, line, seen):
    assert store.item(line).version == 0
    store.answer(line, "11", "ann", seen=0)
    for change in (
        lambda: store.answer(line, "12", "bob", seen=seen),
        lambda: store.skip(line, "bob", seen=seen),
    ):
        with pytest.raises(EditConflictError, match=r"corrected as '11', by ann") as refused:
            change()
        assert (refused.value.item.text, refused.value.item.by) == ("11", "ann")
    version = refused.value.item.version
    assert store.answer(line, "12", "bob", seen=version).text == "12"


def test_the_same_answer_is_no_conflict(store, line):
    store.answer(line, "11", "ann", seen=0)
    assert store.answer(line, "11", "bob", seen=0).by == "ann"


def test_who_answered_may_answer_anew_without_a_version(store, line):
    store.answer(line, "11", "ann", seen=UNSEEN)
    assert store.answer(line, "12", "ann", seen=UNSEEN).text == "12"


def test_a_line_that_waits_again_can_be_answered(store, line):
    store.answer(line, "11", "ann", seen=0)
    store.undo(line, "ann")
    assert store.answer(line, "12", "bob", seen=0).text == "12"


def test_of_many_at_once_one_wins(store, line):
    def answer(number):
        try:
            return store.answer(line, str(number), f"reviewer {number}", seen=0).text
        except EditConflictError:
            return None

    with ThreadPoolExecutor(6) as pool:
        won = [text for text in pool.map(answer, range(100, 112)) if text]
    assert won == [store.item(line).text]
    assert len(store.history(line)) == 1


def test_an_undo_names_the_change_it_takes_back_and_does_so_once(store, line):
    first = store.answer(line, "11", "ann").change
    second = store.answer(line, "12", "ann").change
    with pytest.raises(EditConflictError):
        store.undo(line, "bob", change=first)  # 12 stands on it
    for _ in range(2):
        item = store.undo(line, "ann", change=second)
        assert (item.text, item.change) == ("11", first)
    assert [change.kind for change in store.history(line)] == ["correct", "correct", "undo"]
    for _ in range(2):
        assert store.undo(line, "ann", change=first).state == "waiting"
    for unknown in (999, item.version):  # no change of this line; an undo is not undone
        with pytest.raises(NotStoredError, match="no change"):
            store.undo(line, "ann", change=unknown)
    with pytest.raises(NothingToUndoError):
        store.undo(line, "ann")
