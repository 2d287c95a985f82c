from decimal import Decimal

import pytest

from numerals.constraints.relations import Relation
from numerals.constraints.rule_files import load_rules
from numerals.constraints.rules import ColumnRule
from numerals.errors import DataError

WHOLE = """
decimal = ","
[[column]]
number = 2
format = "date:dmy"
after = "previous row"
strict = true
max_step = 31
start = "31.12.2023"
[[column]]
number = 3
roster = "rooms.txt"
unique = true
[[relation]]
sum = [4, 5]
equals = 6
[[relation]]
less_or_equal = [4, 6]
"""
ASCENDING = '[[column]]\nnumber = 1\nafter = "previous row"\n'


@pytest.fixture
def load(tmp_path):
    (tmp_path / "rooms.txt").write_text("101\n102\n", encoding="utf-8")

    def load(text):
        path = tmp_path / "columns.toml"
        path.write_text(text, encoding="utf-8")
        return load_rules(path)

    return load


def test_loads_all_keys(load, tmp_path):
    rules = load(WHOLE)
    start = rules.parsers["2"]("31.12.2023")
    assert rules.columns == {
        "2": ColumnRule("date:dmy", True, True, Decimal(31), start),
        "3": ColumnRule(f"roster:{tmp_path / 'rooms.txt'}", unique=True),
    }
    assert rules.relations == (
        Relation("sum", ("4", "5", "6")),
        Relation("less_or_equal", ("4", "6")),
    )
    assert (rules.decimal, rules.of_tables) == (",", True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "columns.toml: has no constraints; add a table"),
        ("[[column]]\nunique = true", "column 1: number is missing; expected an integer"),
        ("[[column]]\nnumber = 0", r"number 0\): number = 0; expected the number of a column"),
        ("[[column]]\nnumber = 1\n[[column]]\nnumber = 1", "number = 1; expected each column only"),
        ("[[column]]\nnumber = 1\nuniqe = true", "unknown key 'uniqe'"),
        ('[[column]]\nnumber = 1\nafter = "last"', 'after = "last"; expected "previous row"'),
        ("[[column]]\nnumber = 1\nmax_step = 3", 'max_step = 3; expected after = "previous row"'),
        ("[[column]]\nnumber = 1\nstrict = true", 'strict = true; expected after = "previous row"'),
        (ASCENDING + "max_step = 0", "max_step = 0; expected a number above 0"),
        (ASCENDING + "max_step = nan", "max_step = nan; expected a number above 0"),
        (ASCENDING + 'start = "x"', 'start = "x"; expected a value of the column'),
        (ASCENDING + "start = true", "start = true; expected an integer or a number or a string"),
        ('[[column]]\nnumber = 1\nroster = "no.txt"', 'roster = "no.txt"; expected a text file'),
        (
            '[[column]]\nnumber = 1\nroster = "rooms.txt"\nformat = "digits"',
            "expected either format or roster",
        ),
        ("[[relation]]\nsum = [1, 2]", "relation 1: equals is missing"),
        ('[[relation]]\nsum = ["a"]\nequals = 2', "expected numbers of columns"),
        ("[[relation]]\nless_or_equal = [1]", "expected at least two columns"),
        ("[[relation]]\nsum = [1, 2]\nequals = 2", "each only once"),
    ],
)
def test_errors_name_the_place_the_value_and_what_was_expected(load, text, message):
    with pytest.raises(DataError, match=message):
        load(text)
