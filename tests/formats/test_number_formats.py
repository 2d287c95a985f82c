import pickle
import random
import subprocess
import sys
from itertools import chain, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerals.errors import DataError, DataNotFoundError, NumeralsError, UnknownNameError
from numerals.formats import SPECS, from_callable, one_of, parse_format

VALID = {
    "digits": ["7", "0012", "12 345 678"],
    "digits:4": ["0000", "12 34"],
    "digits:2-3": ["12", "1 2 3"],
    "range:0-100": ["0", "7", "007", "99", "100"],
    "range:-20--5": ["-20", "-05", "-7"],
    "range:-5-5": ["-5", "0", "+3", "4"],
    "range:35.0-42.0:0.1": ["35", "37,4", "37.4", "42.0", "4 1.9"],
    "range:0-1:0.25": ["0", "0.25", "0.5", "0,75", "1.00"],
    "range:5-100:15": ["5", "20", "95"],
    r"regex:[0-9]{2}-[0-9]{3}": ["12-345"],
    r"regex:(\d)\1+(?!5)\d?": ["33", "3334"],
    "date": ["29.02.2024", "1/5/24", "12/31/1999", "2024-02-29", "1 . 5 . 2024", "31-12-99"],
    "date:dmy": ["31.1.2024", "31012024", "29 02 2000", "1.1.05"],
    "date:mdy": ["12/31/24", "1/5/2024"],
    "date:ymd": ["1999-12-31", "2024/2/29", "20240229"],
    "amount": ["0", "12", "1250", "1.250", "1,250", "1 250,00", "1.250,-", "12,--", "12.-", "12-"],
    "luhn": ["18", "4532 0151 1283 0366", "79927398713"],
    "luhn:16": ["4532-0151-1283-0366"],
    "ean": ["96385074", "4006381333931", "036000291452"],
    "ean:13": ["4 006381 333931"],
    "isbn": ["978-3-16-148410-0", "0-306-40615-2", "9783161484100"],
    "isbn:10": ["0306406152"],
    "iban:DE": ["89 3704 0044 0532 0130 00"],
    "iban:no": ["93 8601 1117 947"],
    "iban:FR": ["7630006000011234567890189"],
}
INVALID = {
    "digits": ["", "1-2", "12 ", " 12", "1  2", "1a", "²"],
    "digits:4": ["123", "12345"],
    "range:0-100": ["101", "-1", "+1", "0007", "1.0", ""],
    "range:-20--5": ["-21", "-4", "5", "-"],
    "range:35.0-42.0:0.1": ["42.1", "34.9", "37.", "37.45", "037.4", ".5"],
    "range:0-1:0.25": ["0.2", "1.25"],
    r"regex:[0-9]{2}-[0-9]{3}": ["12-34", "12-3456", "12 -345"],
    "date": ["30.02.2024", "29.02.2023", "1.5-2024", "32.1.2024", "12122024", "1.1.1066", "1.5."],
    "date:dmy": ["12/31/2024", "31.04.2024", "2024-02-29", "3112024"],
    "date:ymd": ["24-05-01", "20240230"],
    "amount": [
        "",
        "-",
        "007",
        "1.25.0",
        "1.250.00",
        "1,250,00",
        "12,5",
        "1.250,",
        "12.345.67",
        "0.000",
    ],
    "luhn:16": ["4532015112830367", "79927398713"],
    "ean": ["96385075", "12345"],
    "isbn": ["9773161484100", "0306406153", "9783161484101"],
    "iban:DE": ["89370400440532013001", "DE89370400440532013000", "00370400440532013000"],
}
NORMAL = [
    ("digits:4", "12 34", "1234"),
    ("digits:4", "೧೨೩೪", "1234"),
    ("range:0-100", "007", "7"),
    ("range:35.0-42.0:0.1", "37,4", "37.4"),
    ("range:35.0-42.0:0.1", "37", "37.0"),
    ("range:-20--5", "-05", "-5"),
    ("date", "2024/2/9", "2024-02-09"),
    ("date", "31.1.69", "1969-01-31"),
    ("date", "5/6/2024", "5/6/2024"),  # the fifth of June or the sixth of May
    ("date:mdy", "5/6/2024", "2024-05-06"),
    ("date:dmy", "05062068", "2068-06-05"),
    ("amount", "1.250,-", "1250.00"),
    ("amount", "-1,234,567.89", "-1234567.89"),
    ("amount", "+12,50", "12.50"),
    ("amount", "1.250", "1250.00"),
    ("amount", "12--", "12.00"),
    ("isbn", "978-3-16-148410-0", "9783161484100"),
    ("digits:4", "12 3", "123"),  # invalid: only spaces are removed
    (r"regex:\d \d", "1 2", "1 2"),
]
# Where a text may begin a number, one can always be written to its end.
TIGHT = [spec for spec in VALID if not spec.startswith("regex")]


@pytest.mark.parametrize("spec", VALID)
def test_prefixes_of_valid_numbers_may_begin(spec):
    number_format = parse_format(spec)
    for text in VALID[spec]:
        assert number_format.accepts(text), text
        for end in range(len(text) + 1):
            assert number_format.may_begin(text[:end]), text[:end]


@pytest.mark.parametrize("spec", INVALID)
def test_invalid_numbers_are_not_accepted(spec):
    number_format = parse_format(spec)
    assert [text for text in INVALID[spec] if number_format.accepts(text)] == []


@pytest.mark.parametrize(("spec", "text", "normal"), NORMAL)
def test_normal_form(spec, text, normal):
    assert parse_format(spec).normalize(text) == normal
    assert parse_format(spec).normalize(normal) == normal


@pytest.mark.parametrize("spec", TIGHT)
def test_accepted_prefixes_can_be_completed(spec):
    number_format = parse_format(spec)
    rng = random.Random(0)
    for _ in range(30):
        text = ""
        for _ in range(40):
            steps = [c for c in number_format.alphabet if number_format.may_begin(text + c)]
            if not steps or (number_format.accepts(text) and rng.random() < 0.3):
                break
            text += rng.choice(steps)
        assert number_format.accepts(text) or len(text) == 40, text


@given(st.sampled_from(sorted(VALID)), st.data())
def test_arbitrary_texts_do_not_raise(spec, data):
    number_format = parse_format(spec)
    text = data.draw(st.text("0123456789.,-+/:()% ೫²x\n", max_size=12))
    number_format.normalize(text)
    if number_format.accepts(text):
        assert all(number_format.may_begin(text[:end]) for end in range(len(text) + 1))


@given(st.integers(-300, 300), st.integers(0, 300), st.integers(1, 40), st.data())
def test_ranges_agree_with_enumeration(low, span, step, data):
    spec = f"range:{low}-{low + span}:{step}"
    number_format = parse_format(spec)
    values = list(map(str, range(low, low + span + 1, step)))
    assert all(number_format.accepts(value) for value in values)
    prefix = data.draw(st.from_regex(r"\A-?[1-9]?[0-9]?\Z"))
    if any(value.startswith(prefix) for value in values):
        assert number_format.may_begin(prefix)
    if prefix in values or number_format.accepts(prefix):
        assert str(int(prefix)) in values


@given(st.dates(), st.sampled_from(["dmy", "mdy", "ymd"]), st.sampled_from("./-"))
def test_every_day_of_the_calendar(day, order, mark):
    parts = {"d": str(day.day), "m": str(day.month), "y": f"{day.year:04}"}
    text = mark.join(parts[kind] for kind in order)
    number_format = parse_format(f"date:{order}")
    assert number_format.accepts(text) == (1583 <= day.year <= 2999)
    if number_format.accepts(text):
        assert number_format.normalize(text) == day.isoformat()
        assert all(number_format.may_begin(text[:end]) for end in range(len(text)))


def test_invalid_prefixes_are_refused():
    refused = {
        "date:dmy": ["31.02", "29.02.2023", "32"],
        "range:0-31": ["4 0", "32"],
        "iban:DE": ["99", "00"],
        "isbn:13": ["976", "1"],
        "amount": ["00", "1.2.", ".5", "12.345.6,"],
    }
    for spec, beginnings in refused.items():
        assert [b for b in beginnings if parse_format(spec).may_begin(b)] == [], spec


def test_rosters(tmp_path):
    path = tmp_path / "rooms.txt"
    path.write_text("A 101\n\n102\n10 3\n", encoding="utf-8")
    rooms = parse_format(f"roster:{path}")
    assert rooms.accepts("103") and rooms.accepts("10 3") and rooms.accepts("A101")
    assert rooms.normalize("A101") == "A 101"
    assert not rooms.accepts("10") and rooms.may_begin("10") and not rooms.may_begin("11")
    with pytest.raises(DataNotFoundError, match="no such file"):
        parse_format(f"roster:{tmp_path / 'none.txt'}")
    with pytest.raises(DataError, match="no values"):
        one_of([])
    path.write_bytes(b"\xff\xfe1")
    with pytest.raises(DataError, match="UTF-8"):
        parse_format(f"roster:{path}")


@pytest.mark.parametrize("spec", VALID)
def test_formats_can_be_pickled(spec):
    copy = pickle.loads(pickle.dumps(parse_format(spec)))
    assert copy.name == spec
    assert all(copy.accepts(text) for text in VALID[spec])


def test_from_callable():
    even = from_callable(lambda text: text[-1:] in "02468" and text != "")
    assert even.accepts("12") and not even.accepts("13") and even.may_begin("anything")
    short = from_callable(str.isdecimal, lambda prefix: len(prefix) < 3, name="short")
    assert not short.may_begin("123")


@pytest.mark.parametrize("spec", ["digit:10", "", "Digits:4", "amount:EUR", "iban", "iban:GB"])
def test_unknown_names_are_listed(spec):
    with pytest.raises(UnknownNameError, match="known: "):
        parse_format(spec)
    with pytest.raises(UnknownNameError, match="range:LOW-HIGH"):
        parse_format("telephone")
    assert len(SPECS) == len(set(SPECS))


@pytest.mark.parametrize(
    "spec",
    "digits:x digits:0 digits:8-3 range:5 range:9-1 range:0-1:0 range:1-2-3 "
    "regex: regex:( ean:9 isbn:12 luhn:x roster: date:dym".split(),
)
def test_invalid_specs_are_refused(spec):
    with pytest.raises(NumeralsError, match=r"format|order"):
        parse_format(spec)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?!.*3)\d{3}",
        r"(?=.*3)\d{2,4}",
        r"(\d)\1-\d?",
        r"(?>\d+)-",
        r"\b\d+(?<!0)\b",
        r"^(1|13)+?$",
    ],
)
def test_patterns_accept_all_prefixes_of_their_matches(pattern):
    number_format = parse_format(f"regex:{pattern}")
    texts = map("".join, chain.from_iterable(product("013-", repeat=n) for n in range(5)))
    valid = [text for text in texts if number_format.accepts(text)]
    assert len(valid) > 5
    assert all(number_format.may_begin(text[:end]) for text in valid for end in range(len(text)))


def test_catastrophic_pattern_times_out():
    slow = parse_format(r"regex:(1|11)+x")
    with pytest.raises(DataError, match="nested repeats"):
        slow.accepts("1" * 60 + "y")


def test_optional_packages_are_imported_on_demand():
    code = (
        "import sys; from numerals.formats import parse_format; "
        "formats = [parse_format(s) for s in ('digits:4', 'date', 'luhn', 'amount')]; "
        "print([name for name in ('regex', 'phonenumbers') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
