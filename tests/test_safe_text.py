"""Text of unknown origin is escaped for terminals and spreadsheets."""

import csv
import io

import pytest

from numerals.csv_cells import safe_cell, safe_row, unescape_cell
from numerals.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("scan 7.png", "scan 7.png"),
        ("٤١٧ १२ 数 é 👩‍🔬", "٤١٧ १२ 数 é 👩‍🔬"),
        ("\x1b]0;owned\x07\x1b[2J", r"\x1b]0;owned\x07\x1b[2J"),
        ("a\nb\tc\rd\0\x7f", r"a\nb\tc\rd\x00\x7f"),
        ("\x9b31m", r"\x9b31m"),  # ESC [ as one character
        ("gnp.\u202e7\u2066", r"gnp.\u202e7\u2066"),
        ("caf\udce9.png", r"caf\udce9.png"),
        ("a\u2028b", r"a\u2028b"),
    ],
)
def test_control_characters_are_escaped(text, shown):
    assert printable(text) == shown
    shown.encode("utf-8")


def test_kept_control_characters_are_not_escaped():
    assert printable("a\tb\n\x1b[1m", keep="\n\t") == "a\tb\n\\x1b[1m"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "+1+1",
        "-2+3",
        "-1-2",
        "-cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "+",
        "--",
        "-a",
        "-12 kg.png",
        "＝1",
        "'=1",
    ],
)
def test_formula_cells_are_prefixed(text):
    cell = safe_cell(text)
    assert cell == "'" + printable(text)
    if printable(text) == text:
        assert unescape_cell(cell) == text


@pytest.mark.parametrize(
    "text",
    [
        "-12.5",
        "-1.234,50",
        "-1'000",
        "+31 20 123 4567",
        "+1 (555) 010-0199",
        "-5%",
        "-12,-",
        "-1?.5",
        "-१२",
        "-",
        "417",
        "1250,-",
        "12-11-2026",
        "a=b",
        "",
        "'tis",
    ],
)
def test_numbers_and_plain_texts_are_unchanged(text):
    assert safe_cell(text) == unescape_cell(text) == text


def test_other_types_are_unchanged():
    assert safe_row(["=x", -3, 0.5, None]) == ["'=x", -3, 0.5, None]


def test_no_cell_of_a_parsed_row_is_a_formula():
    out = io.StringIO()
    csv.writer(out).writerow(safe_row(["=1", "\x1b[1m", "a\nb", "-7"]))
    assert next(csv.reader(io.StringIO(out.getvalue()))) == ["'=1", r"\x1b[1m", r"a\nb", "-7"]
