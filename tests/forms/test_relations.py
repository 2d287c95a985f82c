import itertools
import math

import numpy as np
import pytest

from numerals.constraints.combinations import best_combinations
from numerals.forms import FieldReading, Relation, check_relations, repair_readings

SUM = Relation("sum", ("a", "b", "total"))
ORDER = Relation("less_or_equal", ("from", "to"))


def holds(relation, decimal=None, **texts):
    [result] = check_relations([relation], texts, decimal=decimal)
    return result.holds


def read(*options):
    return [FieldReading(text, probability) for text, probability in options]


@pytest.mark.parametrize(
    ("a", "b", "total", "expected"),
    [
        ("1", "2", "3", True),
        ("1", "2", "4", False),
        ("0,10", "0,20", "0,30", True),
        ("1.250,50", "750", "2 000,50", True),
        ("5", "", "5", True),  # an empty field counts as 0
        ("5", "", "", None),
        ("", "", "5", None),
        ("5", "x", "5", None),
    ],
)
def test_sums(a, b, total, expected):
    assert holds(SUM, a=a, b=b, total=total) is expected


def test_order():
    assert holds(ORDER, **{"from": "9", "to": "10"}) is True
    assert holds(ORDER, **{"from": "10", "to": "10"}) is True
    assert holds(ORDER, **{"from": "11", "to": "10"}) is False
    assert holds(ORDER, **{"from": "", "to": "10"}) is None


def test_an_unread_field_does_not_count_as_zero():
    assert holds(SUM, a="5", total="5") is None


def test_fields_that_are_no_numbers_are_named():
    [result] = check_relations([SUM], {"a": "1:50", "b": "", "total": "3"})
    assert (result.holds, result.not_numbers, result.doubtful) == (None, ("a",), ("a",))
    assert result.to_dict()["not_numbers"] == ["a"]
    [result] = check_relations([SUM], {"a": "1", "b": "1", "total": "3"})
    assert (result.not_numbers, result.doubtful) == ((), ("a", "b", "total"))


def test_the_decimal_separator_of_the_form_is_used():
    assert holds(SUM, decimal=".", a="1.250", b="0", total="1.25") is True
    assert holds(SUM, a="1.250", b="0", total="1.25") is False


def test_a_misread_digit_is_repaired_and_marked_as_changed():
    selected = repair_readings(
        [SUM],
        {
            "a": read(("17", 0.6), ("11", 0.3)),
            "b": read(("2", 0.9), ("3", 0.05)),
            "total": read(("13", 0.95), ("18", 0.01)),
        },
    )
    assert {name: reading.text for name, reading in selected.items()} == {
        "a": "11",
        "b": "2",
        "total": "13",
    }
    assert [selected[name].changed for name in ("a", "b", "total")] == [True, False, False]


def test_the_jointly_most_probable_repair_is_selected():
    selected = repair_readings(
        [SUM],
        {
            "a": read(("1", 0.9), ("2", 0.05)),
            "b": read(("1", 0.9), ("2", 0.08)),
            "total": read(("3", 0.9), ("2", 0.01)),
        },
    )
    assert (selected["a"].text, selected["b"].text, selected["total"].text) == ("1", "2", "3")


@pytest.mark.parametrize(
    "readings",
    [
        {"a": [("1", 0.9), ("9", 0.1)], "b": [("1", 0.9)], "total": [("2", 0.9)]},  # holds
        {
            "a": [("1", 0.9)],
            "b": [("1", 0.9)],
            "total": [("3", 0.9), ("5", 0.1)],
        },  # none holds
        {
            "a": [("1", 0.9)],
            "b": [("1", 0.9)],
            "total": [("3", 0.9), ("2", 1e-8)],
        },  # improbable
        {
            "a": [("1", 0.9), ("", 0.1)],
            "b": [("x", 0.9)],
            "total": [("3", 0.9)],
        },  # b is text
        {  # three changes would be needed
            "a": [("1", 0.5), ("2", 0.5)],
            "b": [("1", 0.5), ("2", 0.5)],
            "total": [("9", 0.5), ("4", 0.5)],
        },
    ],
)
def test_most_probable_readings_are_kept_without_a_plausible_repair(readings):
    given = {name: read(*options) for name, options in readings.items()}
    assert repair_readings([SUM], given) == {name: options[0] for name, options in given.items()}


def test_a_number_is_not_replaced_by_a_text_that_is_no_number():
    given = {"from": read(("9", 0.6), ("?", 0.4)), "to": read(("8", 0.9))}
    assert repair_readings([ORDER], given)["from"].text == "9"


def test_an_order_requires_a_more_probable_repair_than_a_sum():
    given = {"from": read(("9", 0.9), ("4", 0.001)), "to": read(("8", 0.9))}
    assert repair_readings([ORDER], given)["from"].text == "9"
    given["from"] = read(("9", 0.9), ("4", 0.05))
    assert repair_readings([ORDER], given)["from"].text == "4"


def test_relations_that_share_a_field_are_repaired_together():
    order = Relation("less_or_equal", ("total", "limit"))
    selected = repair_readings(
        [SUM, order],
        {
            "a": read(("5", 0.5), ("1", 0.3)),
            "b": read(("2", 1.0)),
            "total": read(("4", 0.5), ("7", 0.4), ("3", 0.2)),
            "limit": read(("6", 1.0)),
        },
    )
    # 5 + 2 = 7 is more probable, but above the limit
    assert (selected["a"].text, selected["total"].text) == ("1", "3")


def test_combinations_are_unique_and_ordered_by_probability():
    rng = np.random.default_rng(0)
    choices = [sorted(rng.random(n), reverse=True) for n in (3, 1, 4)]
    found = list(best_combinations(choices))
    assert sorted(found) == list(itertools.product(range(3), range(1), range(4)))
    joint = [math.prod(c[i] for c, i in zip(choices, f, strict=True)) for f in found]
    assert joint == sorted(joint, reverse=True)


def test_a_place_without_choices_gives_no_combination():
    assert list(best_combinations([[0.5], []])) == []
