"""The most probable readings without duplicates, against SciPy's assignment."""

import math

import numpy as np

from numerals.constraints.unique import DUPLICATE, UniqueSolver


def solve(numbers, **options):
    solver = UniqueSolver(**options)
    for candidates in numbers:
        solver.add(candidates)
    solver.finish()
    return list(solver.decided)


def texts(numbers, decisions):
    return [
        None if d.index is None else candidates[d.index][0]
        for candidates, d in zip(numbers, decisions, strict=True)
    ]


def test_the_less_certain_of_two_equal_numbers_is_changed():
    numbers = [[("17", 0.6), ("11", 0.3)], [("17", 0.95), ("12", 0.04)]]
    assert texts(numbers, solve(numbers)) == ["11", "17"]


def test_a_change_may_displace_another_number():
    # Only 11 is left for the last number, so that the one before takes 12.
    numbers = [[("17", 1.0)], [("11", 0.6), ("12", 0.4)], [("17", 0.6), ("11", 0.35)]]
    assert texts(numbers, solve(numbers)) == ["17", "12", "11"]


def test_duplicates_without_another_reading_are_all_reported():
    numbers = [[("5", 0.99)], [("7", 0.9)], [("5", 0.98), ("6", 0.002)], [("5", 0.99)]]
    decisions = solve(numbers)
    assert texts(numbers, decisions) == ["5", "7", "5", "5"]
    assert [d.problem for d in decisions] == [DUPLICATE, "", DUPLICATE, DUPLICATE]


def test_unread_numbers_have_no_decision():
    decisions = solve([[], [("5", 0.9)], []])
    assert [d.index for d in decisions] == [None, 0, None]


def test_equal_numbers_may_be_written_differently():
    assert [d.problem for d in solve([[("1 2", 0.9)], [("12", 0.9)]])] == [DUPLICATE] * 2
    decisions = solve([[("012", 0.9)], [("12", 0.9)]], normalize=lambda text: text.lstrip("0"))
    assert [d.problem for d in decisions] == [DUPLICATE] * 2


def test_the_choice_is_the_most_probable_one():
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(0)
    for _ in range(50):
        numbers = [_random_candidates(rng) for _ in range(12)]
        cost = _cost_matrix(numbers)
        expected = cost[linear_sum_assignment(cost)].sum()
        assert math.isclose(_cost(numbers, solve(numbers)), expected)


def test_readings_may_be_equally_probable():
    half = [("2", 0.5), ("1", 0.5)]
    numbers = [[("2", 0.9), ("1", 0.05)], half, [("2", 0.5), ("1", 0.1)], [("1", 0.5), ("2", 0.1)]]
    problems = [decision.problem for decision in solve(numbers)]
    assert problems == [DUPLICATE] * 4  # two texts cannot name four numbers


def _random_candidates(rng):
    proba = np.sort(rng.dirichlet([1, 1, 1, 1]))[::-1]
    chosen = rng.choice(10, 4, replace=False)
    return [(str(text), float(p)) for text, p in zip(chosen, proba, strict=True)]


def _cost_matrix(numbers):
    """Return costs, shape (n_numbers, n_texts + n_numbers); the last columns are duplicates."""
    n, duplicate = len(numbers), -math.log(0.01)
    cost = np.full((n, 10 + n), 1e6)
    for i, candidates in enumerate(numbers):
        for rank, (text, p) in enumerate(candidates):
            if rank == 0 or p > 0.01:
                cost[i, int(text)] = min(-math.log(p), duplicate)
        cost[i, 10 + i] = duplicate
    return cost


def _cost(numbers, decisions):
    """Return the cost of decisions: one of several equal numbers is no duplicate."""
    seen, total = set(), 0.0
    found = sorted(
        zip(texts(numbers, decisions), numbers, decisions, strict=True),
        key=lambda item: -item[1][item[2].index][1],
    )
    for text, candidates, decision in found:
        total += -math.log(0.01 if text in seen else candidates[decision.index][1])
        seen.add(text)
    return total


def test_many_numbers_without_conflict_need_no_search():
    numbers = [[(str(i), 0.9), (str(i + 1), 0.05)] for i in range(20_000)]
    assert all(d.index == 0 and not d.problem for d in solve(numbers))
