"""A true line of several numbers is split if each number was read as its own line."""

import pytest

from numerals.evaluation import align_lines, reading_accuracy
from numerals.records import Line


def outcomes(truth, *texts):
    lines = [Line(text, 0.9, (0, 0, 1, 1)) for text in texts]
    return [(o.truth, o.answer) for o in align_lines(truth, lines)]


def test_numbers_read_as_separate_lines_are_counted_separately():
    pairs = outcomes(["12 34", "5"], "12", "34", "5")
    assert pairs == [("12", "12"), ("34", "34"), ("5", "5")]


def test_a_line_read_as_one_line_is_not_split():
    assert outcomes(["12 34", "5"], "12 34", "5") == [("12 34", "12 34"), ("5", "5")]


def test_each_line_is_split_independently():
    pairs = outcomes(["12 34", "56 78"], "12", "34", "56 78")
    assert pairs == [("12", "12"), ("34", "34"), ("56 78", "56 78")]


def test_a_missed_number_is_an_error():
    accuracy = reading_accuracy([align_lines(["12 34"], [Line("12", 0.9, (0, 0, 1, 1))])])
    assert (accuracy.n_exact, accuracy.n_lines) == (0, 1)
    assert accuracy.digit_error_rate == pytest.approx(0.5)


def test_equal_numbers_are_paired_once_each():
    assert outcomes(["7 7"], "7", "7") == [("7", "7"), ("7", "7")]
    assert sum(truth == answer for truth, answer in outcomes(["7 7"], "7")) == 1


def test_accuracy_counts_split_numbers():
    lines = [Line(text, 0.9, (0, 0, 1, 1)) for text in ("12", "34", "6")]
    accuracy = reading_accuracy([align_lines(["12 34", "5"], lines)])
    assert (accuracy.n_lines, accuracy.n_exact, accuracy.n_extra) == (3, 2, 0)
