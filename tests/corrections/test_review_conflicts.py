"""Two reviewers of one line: no unseen answer is replaced, and no undo reverts two changes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from numerals.corrections.review_queue import UNKNOWN_VERSION
from numerals.errors import EditConflictError, NothingToUndoError, NotStoredError


@pytest.fixture
def line(fill):
    return fill(0.5)[0]


@pytest.mark.parametrize("version", [0, UNKNOWN_VERSION])
def test_a_conflict_reports_the_answer_of_the_first_reviewer(queue, line, version):
    assert queue.get_item(line).version == 0
    queue.answer(line, "11", "ann", version=0)
    for change in (
        lambda: queue.answer(line, "12", "bob", version=version),
        lambda: queue.skip(line, "bob", version=version),
    ):
        with pytest.raises(EditConflictError, match=r"corrected as '11', by ann") as refused:
            change()
        assert (refused.value.item.text, refused.value.item.by) == ("11", "ann")
    current = refused.value.item.version
    assert queue.answer(line, "12", "bob", version=current).text == "12"


def test_the_same_answer_is_no_conflict(queue, line):
    queue.answer(line, "11", "ann", version=0)
    assert queue.answer(line, "11", "bob", version=0).by == "ann"


def test_a_reviewer_may_replace_their_own_answer_without_a_version(queue, line):
    queue.answer(line, "11", "ann", version=UNKNOWN_VERSION)
    assert queue.answer(line, "12", "ann", version=UNKNOWN_VERSION).text == "12"


def test_a_line_can_be_answered_again_after_an_undo(queue, line):
    queue.answer(line, "11", "ann", version=0)
    queue.undo(line, "ann")
    assert queue.answer(line, "12", "bob", version=0).text == "12"


def test_one_of_many_concurrent_answers_wins(queue, line):
    def answer(number):
        try:
            return queue.answer(line, str(number), f"reviewer {number}", version=0).text
        except EditConflictError:
            return None

    with ThreadPoolExecutor(6) as pool:
        won = [text for text in pool.map(answer, range(100, 112)) if text]
    assert won == [queue.get_item(line).text]
    assert len(queue.history(line)) == 1


def test_an_undo_of_a_named_change_takes_effect_once(queue, line):
    first = queue.answer(line, "11", "ann").change
    second = queue.answer(line, "12", "ann").change
    with pytest.raises(EditConflictError):
        queue.undo(line, "bob", change=first)  # 12 was answered later
    for _ in range(2):
        item = queue.undo(line, "ann", change=second)
        assert (item.text, item.change) == ("11", first)
    assert [change.kind for change in queue.history(line)] == ["correct", "correct", "undo"]
    for _ in range(2):
        assert queue.undo(line, "ann", change=first).state == "waiting"
    for unknown in (999, item.version):  # not a change of this line; an undo
        with pytest.raises(NotStoredError, match="no change"):
            queue.undo(line, "ann", change=unknown)
    with pytest.raises(NothingToUndoError):
        queue.undo(line, "ann")
