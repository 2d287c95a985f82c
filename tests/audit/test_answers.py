"""Answers of reviewers: comparison with readings, files, two reviewers."""

import pytest

from numerals.audit.answers import (
    SETTLED,
    append_answers,
    check_answer,
    check_reviewer,
    decide_answers,
    is_right,
    load_answers,
)
from numerals.errors import DataError, OptionError


@pytest.mark.parametrize(
    "reading, answer, right",
    [
        ("೭೦", "70", True),
        ("1 234", "1234", True),
        ("-5", "\u22125", True),  # a minus sign
        ("12", "\uff11\uff12", True),  # full-width digits
        ("007", "7", False),
        ("1,234", "1234", False),
        ("70", "Illegible ", False),
        ("70", "nothing", False),
    ],
)
def test_comparison(reading, answer, right):
    assert is_right(reading, answer) == right


def test_comparison_of_digits_only():
    assert is_right("1,234.-", "1234", "digits")
    assert not is_right("1,234", "1235", "digits")


@pytest.mark.parametrize("text", ["", "  ", "7" * 201])
def test_answers_that_are_none(text):
    with pytest.raises(OptionError, match="expected 1 to 200"):
        check_answer(text)


@pytest.mark.parametrize("name", ["", "../anna", "a/b", ".hidden", "x" * 65])
def test_names_that_are_no_file_names(name):
    with pytest.raises(OptionError, match="reviewer"):
        check_reviewer(name)


def test_the_last_answer_counts(tmp_path):
    path = tmp_path / "answers-anna.jsonl"
    append_answers(path, {"0001": "7", "0002": "8"})
    append_answers(path, {"0001": "९"})
    assert load_answers(path) == {"0001": "९", "0002": "8"}
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3


def test_a_line_that_was_cut_off_is_dropped(tmp_path):
    path = tmp_path / "answers-anna.jsonl"
    append_answers(path, {"0001": "7"})
    with path.open("ab") as stream:
        stream.write(b'{"id": "0002", "te')
    assert load_answers(path) == {"0001": "7"}
    append_answers(path, {"0003": "9"})
    assert load_answers(path) == {"0001": "7", "0003": "9"}


def test_a_damaged_line_is_reported(tmp_path):
    path = tmp_path / "answers-anna.jsonl"
    path.write_text('{"id": "0001", "text": "7"}\n[]\n')
    with pytest.raises(DataError, match="line 2: is not an answer"):
        load_answers(path)


def decide(answers, **options):
    return decide_answers(answers, ["1", "2"], **{"double": False, "compare": "exact"} | options)


def test_one_answer_is_enough_unless_double_keyed():
    answers = {"anna": {"1": "7"}}
    assert decide(answers) == ({"1": "7"}, ["2"], [])
    assert decide(answers, double=True) == ({}, ["1", "2"], [])


def test_equal_answers_agree_in_any_script():
    answers = {"anna": {"1": "70", "2": "5"}, "ben": {"1": "೭೦", "2": "6"}}
    assert decide(answers, double=True) == ({"1": "70"}, [], ["2"])
    settled = answers | {SETTLED: {"1": "99", "2": "6"}}
    assert decide(settled, double=True) == ({"1": "70", "2": "6"}, [], [])


def test_answers_that_differ_are_disputed_in_any_audit():
    answers = {"anna": {"1": "70"}, "ben": {"1": "10"}}
    assert decide(answers)[2] == ["1"]
