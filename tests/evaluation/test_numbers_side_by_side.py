"""A true line of several numbers side by side counts as read when each of them was read."""

import pytest

from numerals.evaluation import align_lines, reading_accuracy
from numerals.records import Line


def outcomes(truth, *texts):
    lines = [Line(text, 0.9, (0, 0, 1, 1)) for text in texts]
    return [(o.truth, o.answer) for o in align_lines(truth, lines)]


def test_numbers_that_were_read_apart_count_one_by_one():
    found = outcomes(["12 34", "5"], "12", "34", "5")
    assert found == [("12", "12"), ("34", "34"), ("5", "5")]


def test_a_line_that_was_read_whole_stays_whole():
    assert outcomes(["12 34", "5"], "12 34", "5") == [("12 34", "12 34"), ("5", "5")]


def test_each_line_is_taken_by_itself():
    found = outcomes(["12 34", "56 78"], "12", "34", "56 78")
    assert found == [("12", "12"), ("34", "34"), ("56 78", "56 78")]


def test_a_number_that_was_missed_is_an_error():
    figures = reading_accuracy([align_lines(["12 34"], [Line("12", 0.9, (0, 0, 1, 1))])])
    assert (figures.n_exact, figures.n_lines) == (0, 1)
    assert figures.digit_error_rate == pytest.approx(0.5)


def test_equal_numbers_side_by_side_are_each_read():
    assert outcomes(["7 7"], "7", "7") == [("7", "7"), ("7", "7")]
    assert sum(truth == answer for truth, answer in outcomes(["7 7"], "7")) == 1


def test_figures_count_numbers_read_apart():
    lines = [Line(text, 0.9, (0, 0, 1, 1)) for text in ("12", "34", "6")]
    figures = reading_accuracy([align_lines(["12 34", "5"], lines)])
    assert (figures.n_lines, figures.n_exact, figures.n_extra) == (3, 2, 0)
