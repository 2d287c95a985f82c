"""Constraints between rows: applied once, and again to their own result."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from numerals.constraints.relations import Relation
from numerals.constraints.rules import ColumnRule, Rules
from numerals.output.constrained_rows import apply_constraints
from numerals.output.number_rows import NumberRow

ASCENDING = Rules({"reading": ColumnRule(ascending=True)})
UNIQUE = Rules({"reading": ColumnRule(unique=True)})


def forms(*numbers):
    return [
        NumberRow(
            f"{i}.jpg",
            1,
            field="reading",
            text=text,
            confidence=confidence,
            alternatives=tuple(others),
            accepted=True,
        )
        for i, (text, confidence, *others) in enumerate(numbers)
    ]


def table(cells, file="a.pdf", page=1):
    """Return the rows of a table from lists of (text, confidence, *alternatives)."""
    return [
        NumberRow(file, page, 1, 1, i + 1, j + 1, None, text, confidence, tuple(others))
        for i, row in enumerate(cells)
        for j, (text, confidence, *others) in enumerate(row)
    ]


def test_a_changed_number_keeps_all_readings_and_is_no_longer_accepted():
    rows = forms(("120", 0.99), ("187", 0.6, ("137", 0.3), ("181", 0.01)), ("145", 0.99))
    [first, second, third] = apply_constraints(rows, ASCENDING)
    assert (first, third) == (rows[0], rows[2])
    assert (second.text, second.confidence, second.accepted) == ("137", 0.3, False)
    assert second.changed
    assert second.alternatives == (("187", 0.6), ("181", 0.01))


def test_a_violation_is_not_accepted():
    rows = forms(("100", 0.99), ("900", 0.99), ("200", 0.99), ("300", 0.99))
    results = list(apply_constraints(rows, ASCENDING))
    assert [row.accepted for row in results] == [True, False, True, True]
    assert not any(row.changed for row in results)


def test_failed_and_empty_forms_keep_their_rows():
    rows = forms(("5", 0.9), ("", 1.0), ("7", 0.9))
    rows.insert(1, NumberRow("x.jpg", error="is not an image"))
    assert list(apply_constraints(rows, ASCENDING)) == rows


def test_columns_of_tables_start_anew_with_each_file_and_continue_over_pages():
    rules = Rules({"1": ColumnRule(ascending=True)}, of_tables=True)
    heading = NumberRow("a.pdf", 1, 1, text="2026", confidence=0.9)
    rows = [
        heading,
        *table([[("10", 0.9)], [("20", 0.9)]]),
        *table([[("90", 0.5, ("30", 0.4))], [("40", 0.9)]], page=2),
        *table([[("15", 0.9)], [("16", 0.9)]], file="b.pdf"),
    ]
    results = list(apply_constraints(rows, rules))
    assert results[0] == heading
    assert [row.text for row in results[1:]] == ["10", "20", "30", "40", "15", "16"]
    assert not any(row.accepted is False for row in results)


def test_sums_of_a_table_row():
    rules = Rules(relations=(Relation("sum", ("1", "2", "3")),), of_tables=True)
    repaired = table([[("17", 0.6, ("11", 0.3)), ("2", 0.9), ("13", 0.9)]])
    assert [row.text for row in apply_constraints(repaired, rules)] == ["11", "2", "13"]
    broken = table([[("1", 0.9), ("2", 0.9), ("4", 0.9)]])
    assert [row.accepted for row in apply_constraints(broken, rules)] == [False] * 3


def test_formats_of_columns_choose_among_the_readings():
    rules = Rules({"1": ColumnRule(format="digits:2")}, of_tables=True)
    rows = table([[("1", 0.6, ("11", 0.3))], [("2", 0.9)]])
    first, second = apply_constraints(rows, rules)
    assert (first.text, first.changed) == ("11", True)
    assert (second.text, second.accepted) == ("2", False)


def test_the_format_excludes_more_probable_readings():
    rules = Rules({"reading": ColumnRule(format="digits:2", unique=True)})
    row = replace(forms(("11", 0.3, ("1", 0.6)))[0], changed=True)
    assert list(apply_constraints([row], rules)) == [row]


@pytest.mark.parametrize(
    "rule",
    [
        ColumnRule(ascending=True),
        ColumnRule(ascending=True, max_step=Decimal(30)),
        ColumnRule(unique=True),
        ColumnRule(format="digits:2", unique=True),
    ],
)
def test_a_second_application_changes_nothing(rule):
    rng = np.random.default_rng(0)
    rules = Rules({"reading": rule})
    for _ in range(40):
        numbers = [
            (first, 0.6, (second, 0.25), (third, 0.1))
            for first, second, third in rng.integers(1, 99, (12, 3)).astype(str).tolist()
        ]
        once = list(apply_constraints(forms(*numbers), rules))
        assert list(apply_constraints(once, rules)) == once
