import pytest

from numerals.constraints.backlog import Backlog


def test_items_leave_in_order_while_others_arrive():
    with Backlog(max_in_memory=3) as backlog:
        left, added = [], 0
        for n_added, n_left in ((7, 2), (4, 8), (9, 5), (0, 5)):
            for _ in range(n_added):
                backlog.append(added)
                added += 1
            left += [backlog.popleft() for _ in range(n_left)]
        assert left == list(range(20))
        assert len(backlog) == 0


def test_only_some_items_are_kept_in_memory():
    with Backlog(max_in_memory=10) as backlog:
        for i in range(1000):
            backlog.append(i)
        assert (len(backlog), len(backlog._items)) == (1000, 10)
        assert [backlog.popleft() for _ in range(1000)] == list(range(1000))


def test_an_empty_backlog_has_no_first_item():
    with Backlog() as backlog, pytest.raises(IndexError):
        backlog.first()
