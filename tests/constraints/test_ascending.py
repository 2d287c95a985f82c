"""The most probable ascending sequence, against a search over all sequences."""

import itertools
import math
from decimal import Decimal

import numpy as np
import pytest

from numerals.constraints import ascending
from numerals.constraints.ascending import OUT_OF_ORDER, AscendingSolver
from numerals.constraints.values import make_parser

MIN_PROBABILITY = 0.01


def solve(*numbers, **options):
    """Return the chosen texts, and those that are out of order."""
    solver = AscendingSolver(make_parser(options.pop("format", None)), **options)
    for candidates in numbers:
        solver.add(candidates)
    solver.finish()
    decisions = list(solver.decided)
    texts = [
        None if d.index is None else candidates[d.index][0]
        for candidates, d in zip(numbers, decisions, strict=True)
    ]
    problems = [t for t, d in zip(texts, decisions, strict=True) if d.problem == OUT_OF_ORDER]
    return texts, problems


def sure(*texts):
    return [[(text, 0.99)] for text in texts]


def test_a_misread_number_is_replaced_by_a_reading_that_fits():
    numbers = [*sure("120"), [("187", 0.6), ("137", 0.3)], *sure("145", "150")]
    assert solve(*numbers) == (["120", "137", "145", "150"], [])


def test_an_outlier_without_a_fitting_reading_is_out_of_order_and_others_are_not():
    assert solve(*sure("100", "900", "200", "300", "400")) == (
        ["100", "900", "200", "300", "400"],
        ["900"],
    )


def test_two_numbers_that_exclude_each_other_are_both_out_of_order():
    assert solve(*sure("100", "300", "200", "400"))[1] == ["300", "200"]
    assert solve(*sure("300", "200"))[1] == ["300", "200"]


def test_an_improbable_reading_is_not_chosen():
    numbers = [*sure("90", "100"), [("80", 0.98), ("180", 0.001)], *sure("200", "300")]
    assert solve(*numbers)[1] == ["80"]


def test_equal_numbers_are_out_of_order_only_if_strict():
    assert solve(*sure("1", "2", "2", "3"))[1] == []
    assert solve(*sure("1", "2", "2", "3"), strict=True)[1] == ["2", "2"]


def test_unread_numbers_are_passed_over_and_count_for_the_step():
    numbers = [*sure("100"), [], *sure("119")]
    assert solve(*numbers, max_step=Decimal(10)) == (["100", None, "119"], [])
    assert solve(*sure("100", "119", "120", "121"), max_step=Decimal(10))[1] != []


def test_the_start_value_bounds_the_first_number():
    assert solve([("87", 0.6), ("187", 0.3)], *sure("200"), start=Decimal(100))[0] == ["187", "200"]


def test_dates_are_compared_by_day():
    numbers = sure("31.1.2024", "1.2.2024", "28.12.2023", "3.2.2024")
    assert solve(*numbers, format="date:dmy")[1] == ["28.12.2023"]


def test_a_text_without_a_value_is_out_of_order():
    assert solve(*sure("1", "2-3-4", "5"))[1] == ["2-3-4"]


@pytest.mark.parametrize("max_step", [None, 15])
def test_the_chosen_sequence_is_the_most_probable(max_step):
    rng = np.random.default_rng(0)
    for _ in range(60):
        numbers = [
            [(str(v), p) for v, p in zip(rng.integers(0, 40, 3), (0.6, 0.3, 0.05), strict=True)]
            for _ in range(5)
        ]
        solver = AscendingSolver(make_parser(), max_step=max_step and Decimal(max_step))
        for candidates in numbers:
            solver.add(candidates)
        solver.finish()
        assert math.isclose(
            _score(numbers, solver.decided, max_step), _best_score(numbers, max_step)
        )


def _score(numbers, decisions, max_step):
    """Return the log-probability of the decisions; a swap partner is part of the sequence."""
    in_order = [d.index for d in decisions]
    flags = [i for i, d in enumerate(decisions) if d.problem]
    options = []
    for size in range(len(flags) + 1):
        for left_out in itertools.combinations(flags, size):
            chosen = [None if i in left_out else k for i, k in enumerate(in_order)]
            options.append(_log_probability(numbers, chosen, max_step))
    return max(options)


def _best_score(numbers, max_step):
    choices = itertools.product([None, 0, 1, 2], repeat=len(numbers))
    return max(_log_probability(numbers, chosen, max_step) for chosen in choices)


def _log_probability(numbers, chosen, max_step):
    score, last, since = 0.0, None, 0
    for candidates, index in zip(numbers, chosen, strict=True):
        since += 1
        if index is None:
            score += math.log(MIN_PROBABILITY)
            continue
        value = int(candidates[index][0])
        too_far = max_step and last is not None and value - last > max_step * since
        if (last is not None and value < last) or too_far:
            return -math.inf
        score += math.log(candidates[index][1])
        last, since = value, 0
    return score


def test_decisions_are_made_while_numbers_arrive():
    solver, waiting = AscendingSolver(make_parser()), 0
    for i in range(2000):
        wrong = i % 50 == 7
        solver.add([(str(9000 - i), 0.7), (str(i), 0.2)] if wrong else [(str(i), 0.9)])
        waiting = max(waiting, i + 1 - len(solver.decided))
    solver.finish()
    assert waiting < 20
    assert sum(decision.index == 1 for decision in solver.decided) == 40


def test_the_number_of_undecided_numbers_is_bounded(monkeypatch):
    monkeypatch.setattr(ascending, "MAX_UNDECIDED", 20)
    solver = AscendingSolver(make_parser())
    for candidates in [[("5", 0.5), ("3", 0.5)], *[[("4", 0.5), ("6", 0.5)]] * 100]:
        solver.add(candidates)
        assert solver._n_undecided <= 21
