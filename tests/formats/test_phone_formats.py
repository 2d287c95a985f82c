import random
import sys

import pytest

from numerals.errors import MissingExtraError, UnknownNameError
from numerals.formats import parse_format

phonenumbers = pytest.importorskip("phonenumbers")

REGIONS = ["US", "DE", "GB", "FR", "IT", "CH", "IN", "BR", "AR", "MX", "JP", "AG", "NO", "AU", "CN"]
EXAMPLES = [
    ("US", "(650) 253-0000", "+16502530000"),
    ("US", "650.253.0000", "+16502530000"),
    ("US", "1-650-253-0000", "+16502530000"),
    ("US", "+1 650 253 0000", "+16502530000"),
    ("DE", "0171 / 1234567", "+491711234567"),
    ("DE", "+49 (0) 171 1234567", "+491711234567"),
    ("DE", "0049 171 1234567", "+491711234567"),
    ("IT", "02 1234 5678", "+390212345678"),
    ("AR", "011 15 2345-6789", "+5491123456789"),
]


def _writings(number):
    for form in ("E164", "INTERNATIONAL", "NATIONAL"):
        yield phonenumbers.format_number(number, getattr(phonenumbers.PhoneNumberFormat, form))


@pytest.mark.parametrize(("region", "text", "normal"), EXAMPLES)
def test_spellings_of_a_number(region, text, normal):
    number_format = parse_format(f"phone:{region}")
    assert number_format.accepts(text)
    assert number_format.normalize(text) == normal
    assert all(number_format.may_begin(text[:end]) for end in range(len(text) + 1))


@pytest.mark.parametrize("region", REGIONS)
def test_prefixes_of_example_numbers_may_begin(region):
    here, anywhere = parse_format(f"phone:{region}"), parse_format("phone")
    for kind in phonenumbers.PhoneNumberType.values():
        number = phonenumbers.example_number_for_type(region, kind)
        for text in _writings(number) if number else ():
            if set(text) <= set(here.alphabet):
                assert here.accepts(text), text
                assert all(here.may_begin(text[:end]) for end in range(len(text))), text
            if text.startswith("+"):
                assert anywhere.accepts(text)
                assert all(anywhere.may_begin(text[:end]) for end in range(len(text))), text


@pytest.mark.parametrize("region", ["US", "DE", "GB", "IN", "CH"])
def test_prefixes_of_accepted_numbers_may_begin(region):
    number_format = parse_format(f"phone:{region}")
    rng = random.Random(0)
    accepted = 0
    for _ in range(3000):
        start = rng.choice(["", "", "0", "1", "+1", "+49", "+44", "+91", "00", "011"])
        text = start + "".join(rng.choices("0123456789", k=rng.randrange(5, 12)))
        if number_format.accepts(text):
            accepted += 1
            assert all(number_format.may_begin(text[:end]) for end in range(len(text))), text
    assert accepted > 20


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("phone:US", "123-456-7890"),
        ("phone:US", "650-253-000"),
        ("phone:US", "+49 171 1234567"),
        ("phone:US", "(650 253-0000"),
        ("phone:US", "650--253-0000"),
        ("phone", "650-253-0000"),
        ("phone", "+999 1234567"),
    ],
)
def test_numbers_outside_the_plan_are_refused(spec, text):
    assert not parse_format(spec).accepts(text)


def test_invalid_prefixes_are_refused():
    assert not parse_format("phone:US").may_begin("650-11")
    assert not parse_format("phone:US").may_begin("+49")
    assert not parse_format("phone").may_begin("0")
    assert not parse_format("phone").may_begin("+999")


def test_unknown_region():
    with pytest.raises(UnknownNameError, match=r"'XX'; known: AC, AD"):
        parse_format("phone:XX")


def test_missing_extra_is_named(monkeypatch):
    from numerals.formats import phones

    phones._phonenumbers.cache_clear()
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(MissingExtraError, match=r"numerals\[formats\]"):
        parse_format("phone:US")
