"""Selections of the review: order, marks, and groups of equal readings."""

from numerals.corrections.review_selection import ReviewSelection, group_by_page, group_by_text
from numerals.store.database import read_transaction


def listed(queue, **selection):
    return [item.id for item in queue.list_waiting(50, ReviewSelection(**selection))[1]]


def test_useful_lines_come_first(queue, fill):
    certain, doubtful, hopeless, middle = fill(0.97, 0.4, 0.1, 0.8)
    assert listed(queue, order="useful") == [doubtful, middle, certain, hopeless]
    assert listed(queue, order="page") == [certain, doubtful, hopeless, middle]


def test_marks_are_listed_apart(queue, fill):
    number, mark = fill(0.5, 0.2)
    assert listed(queue, marks="exclude") == [number]
    assert listed(queue, marks="only") == [mark]
    assert listed(queue) == [mark, number]


def test_only_uncertain_lines(queue, fill):
    fill(0.99)
    (uncertain,) = fill(0.6)
    assert listed(queue, show="uncertain") == [uncertain]


def test_groups_have_at_least_two_lines(queue, fill, store):
    first, second, third = fill(0.5, 0.6, 0.7)
    queue.answer(third, "3", "ann")
    with read_transaction(store.engine) as connection:
        groups = group_by_text(connection, ReviewSelection(), 10)
        pages = group_by_page(connection, ReviewSelection(), 10)
    assert [(group.text, group.count) for group in groups] == [("17", 2)]
    assert [(page.line_id, page.count, page.page) for page in pages] == [(first, 2, 1)]
    queue.answer(second, "3", "ann")
    with read_transaction(store.engine) as connection:
        assert group_by_text(connection, ReviewSelection(), 10) == []
    assert listed(queue, text="17") == [first]
    assert listed(queue, text="3") == []
