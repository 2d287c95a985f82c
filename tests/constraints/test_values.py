from numerals.constraints.relations import Relation, choose_consistent, relation_holds
from numerals.constraints.values import make_parser, sort_candidates


def test_dates_are_days_and_ambiguous_ones_have_no_value():
    days = make_parser("date:dmy")
    assert days("1.3.2024") - days("28022024") == 2
    assert days("31.2.2024") is None
    assert make_parser("date")("5/6/2024") is None
    assert make_parser("digits:3")("007") == 7


def test_the_order_of_candidates_does_not_depend_on_the_one_that_was_chosen():
    candidates = [("17", 0.5), ("11", 0.3), ("71", 0.3), ("17", 0.1)]
    expected = [("17", 0.5), ("11", 0.3), ("71", 0.3)]
    assert sort_candidates(candidates) == sort_candidates(candidates[::-1]) == expected


def test_orders_of_dates_compare_days():
    order = Relation("less_or_equal", ("from", "to"))
    days = make_parser("date:dmy")
    parsers = {"from": days, "to": days}
    texts = {"from": "28.2.2024", "to": "1.3.2024"}
    assert relation_holds(order, texts, parsers) is True
    assert relation_holds(order, {**texts, "to": "1.2.2024"}, parsers) is False
    readings = {"from": [("28.2.2024", 0.9)], "to": [("1.2.2024", 0.6), ("1.3.2024", 0.3)]}
    assert choose_consistent([order], readings, parsers) == {"from": 0, "to": 1}
