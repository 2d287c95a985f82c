"""Number formats that would need too much time or memory are refused by their expanded size."""

import time

import pytest

from numerals.errors import FormatError, NumeralsError
from numerals.formats import parse_format

LONG = (
    "1" * 50_000,
    "a" * 50_000,
    "1 " * 20_000,
    "1,000" * 9_000,
    "-" * 5_000,
    "1/2/" + "3" * 5_000,
)


@pytest.mark.parametrize(
    "pattern",
    [
        "a{1000000000}",
        "a{١٠٠٠٠٠٠٠٠}",  # our formats accept digits of all scripts, regex only ASCII digits
        "((a{100}){100}){2}",
        "(?:(?:a?){1000}){1000}",
        "(?:a|){1000000000}",
        "a{0,99999}",
        "a{,99999}",
        "a{99999,}",
        "[[:none:]{99999999}]",  # not a class, so the set ends before the count
        "a" * 11_000,
    ],
)
def test_nested_counts_are_multiplied(pattern):
    with pytest.raises(FormatError, match=r"too often|not supported"):
        parse_format(f"regex:{pattern}")


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * 9_000 + "a" + ")" * 9_000,
        "(" * 51 + ")" * 51,
        "(?R)?a",
        "(a)(?1)",
        "(?:a{e<=3})",
        "(?x)a{1 0 0 0 0 0}",
        "(?V1)[a[b]]",
        "a{2}{3}",
        "{3}",
        "a|{3}",
        "(",
        ")",
        "[",
        "\\",
        "a{2,1}",
        "(?<=a",
    ],
)
def test_unsupported_syntax_is_refused(pattern):
    with pytest.raises(FormatError):
        parse_format(f"regex:{pattern}")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\d{4}-\d{2}", "2026-11"),
        (r"[A-F0-9]{4}", "BEEF"),
        (r"[[:alpha:]]{2}\p{N}", "ab1"),
        (r"(?:12|21){2,3}", "1221"),
        (r"(?i)x{,2}", "XX"),
        (r"(?P<half>\d+)/(?P=half)", "12/12"),
        (r"a{٣}", "aaa"),
        (r"[^\]]{2}\{", "ab{"),
        (r"(?<!1)2{2}+", "22"),
        ("|".join(map(str, range(1000))), "999"),
    ],
)
def test_rebuilt_patterns_match_the_same_texts(pattern, text):
    result = parse_format(f"regex:{pattern}")
    assert result.accepts(text) and result.may_begin(text[:1])
    assert not result.accepts(text + "!")


def test_total_time_of_slow_texts_is_limited():
    result = parse_format("regex:" + "a?" * 1500 + "a" * 1500)
    started = time.perf_counter()
    with pytest.raises(FormatError, match="nested repeats"):
        for n in range(10_000):
            result.may_begin("a" * (30 + n % 10))
    assert time.perf_counter() - started < 5


def test_long_literals_match_quickly():
    started = time.perf_counter()
    result = parse_format("regex:0x" + "f" * 6000)
    assert result.may_begin("") and result.may_begin("0") and result.may_begin("0xf")
    assert not result.may_begin("1")
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "spec",
    [
        f"range:{'9' * 5000}-{'9' * 5001}",
        f"range:0-1:0.{'0' * 5000}1",
        f"range:0-{'1' * 19}",
        f"digits:{'9' * 5000}",
        f"luhn:{'9' * 5000}",
        f"date:{'d' * 5000}",
        f"iban:{'D' * 5000}",
        f"amount:{'1' * 5000}",
        f"ean:{'1' * 5000}",
        "x" * 30_000,
        "roster:/dev/zero",
        "roster:.",
        "roster:a\0b",
        f"roster:{'a' * 5000}",
    ],
)
def test_extreme_specs_give_short_errors(spec):
    with pytest.raises(NumeralsError) as caught:
        parse_format(spec)
    assert len(str(caught.value)) < 6000


def test_widest_range_is_exact():
    result = parse_format(f"range:0-{'9' * 18}:0.000000001")
    assert result.accepts("9" * 18) and not result.accepts("1" + "0" * 18)
    assert result.normalize("123456789012345678.123456789") == "123456789012345678.123456789"


@pytest.mark.parametrize(
    "spec", ["amount", "date", "date:dmy", "digits", "digits:3", "ean", "isbn", "luhn", "iban:DE"]
)
@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:5])
def test_long_texts_are_checked_quickly(spec, text):
    result = parse_format(spec)
    result.may_begin(text), result.accepts(text), result.normalize(text)


def test_roster_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "rooms.txt"
    path.write_bytes(b"\xff\xfe1\x00")
    with pytest.raises(FormatError, match="UTF-8"):
        parse_format(f"roster:{path}")
