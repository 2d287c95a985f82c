"""Answers are numbers in the digits of the script, or empty."""

import re
from pathlib import Path

import pytest

import numerals
from numerals.corrections.answer_text import NOTHING, SIGNS, check_answer
from numerals.errors import AnswerError, AnswerFormatError, FormatError, UnknownNameError

PAGE_SIGNS = Path(numerals.__file__).parent / "web" / "page" / "js" / "answer-text.js"


@pytest.mark.parametrize(
    ("text", "script", "stored"),
    [
        ("417", "latin", "417"),
        (" 4 17 ", "latin", "4 17"),
        ("-1 250,50 €", "latin", "-1 250,50 €"),
        ("12\u202f500,\u2013", "latin", "12 500,-"),
        ("೪೧೭", "latin", "417"),
        ("417", "kannada", "೪೧೭"),
        ("٤١٧", "persian", "۴۱۷"),
        ("3/4", "bangla", "৩/৪"),
        ("", "latin", NOTHING),
        ("  ", "kannada", NOTHING),
    ],
)
def test_numbers_are_stored_in_the_digits_of_the_script(text, script, stored):
    assert check_answer(text, script) == stored


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("abc", "has the characters a, b, c, expected digits"),
        ("41?", r"has the character \?"),
        ("4O7", "has the character O"),
        ("-", "has no digit"),
        ("½", "has the character ½"),
        ("x" * 200, "'x{39}…'"),
    ],
)
def test_other_texts_are_rejected(text, message):
    with pytest.raises(AnswerError, match=message):
        check_answer(text, "latin")


def test_the_text_as_read_can_be_confirmed():
    assert check_answer("-", "latin", read="-") == "-"
    assert check_answer("zero one", "words of a custom model", read="zero") == "zero one"


def test_a_format_is_checked_unless_the_number_is_stored_as_written():
    assert check_answer("31.12.2024", "latin", "date:dmy") == "31.12.2024"
    assert check_answer("೪೧೭", "kannada", "digits:3") == "೪೧೭"
    with pytest.raises(AnswerFormatError, match=r"'31.02.2024' does not match the format 'date"):
        check_answer("31.02.2024", "latin", "date:dmy")
    assert check_answer("31.02.2024", "latin", "date:dmy", as_written=True) == "31.02.2024"
    with pytest.raises(AnswerFormatError):  # as read, but not of the format
        check_answer("41", "latin", "digits:3", read="41")
    assert check_answer("", "latin", "digits:3") == NOTHING


def test_a_format_can_allow_other_characters():
    assert check_answer("A7", "latin", "regex:[A-C]\\d") == "A7"
    with pytest.raises(AnswerError, match="has the character D"):
        check_answer("D7", "latin", "regex:[A-C]\\d", as_written=True)


def test_invalid_formats_are_errors():
    with pytest.raises(UnknownNameError):
        check_answer("1", "latin", "colour")
    with pytest.raises(FormatError):
        check_answer("1", "latin", "digits:x")


def test_the_page_knows_the_same_signs():
    [signs] = re.findall(r'^const SIGNS = "(.*)";', PAGE_SIGNS.read_text("utf-8"), re.MULTILINE)
    assert signs == SIGNS
