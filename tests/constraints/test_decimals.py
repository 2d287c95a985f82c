from decimal import Decimal

import pytest

from numerals.forms import to_decimal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("007", "7"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1 250", "1250"),
        ("1'250.50", "1250.50"),
        ("1,250,300", "1250300"),
        ("12,5", "12.5"),
        ("1.250", "1250"),
        ("0,125", "0.125"),
        ("1234.567", "1234.567"),
        (".5", "0.5"),
        ("€ 3,99", "3.99"),
        ("12,-", "12"),
        ("-5", "-5"),
        ("5,50-", "-5.50"),
        ("٣٤٫٥", "34.5"),
        ("೧೨", "12"),
    ],
)
def test_parses_common_notations(text, number):
    assert to_decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "-", ".", "abc", "12?", "1.2.2024", "1.25.300", "1..2", "--5", "1/2"]
)
def test_returns_none_for_other_texts(text):
    assert to_decimal(text) is None


def test_a_given_separator_resolves_ambiguity():
    assert to_decimal("1.250", ".") == Decimal("1.250")
    assert to_decimal("1.250", ",") == 1250
    assert to_decimal("1,5", ".") is None


def test_decimals_are_exact():
    assert to_decimal("0,10") + to_decimal("0,20") == to_decimal("0,30")
