import math

import pytest
from ctc_frames import lines, peaks
from hypothesis import given, settings
from hypothesis import strategies as st

from numerals.formats import from_callable, one_of, parse_format
from numerals.reading.ctc import Decoded
from numerals.reading.reading_choice import choose_reading, decode_line

CHARACTERS = tuple("0123456789.,- ")


def _decoded(text, probability):
    spans = tuple((i, i) for i in range(len(text)))
    return Decoded(text, math.log(probability), spans, (1.0,) * len(text), ((),) * len(text))


def _columns(text, other_probability=0.0, other="7"):
    return [{character: 0.98 - other_probability, other: other_probability} for character in text]


def test_a_valid_reading_is_unchanged():
    choice = decode_line(peaks(_columns("42"), CHARACTERS), CHARACTERS, parse_format("range:0-50"))
    assert (choice.text, choice.changed, choice.accepted) == ("42", False, True)
    assert choice.probability == pytest.approx(0.98**2, rel=1e-3)


def test_a_format_decides_between_probable_readings():
    frames = peaks([{"7": 0.55, "1": 0.43}, {"9": 0.98}], CHARACTERS)
    choice = decode_line(frames, CHARACTERS, parse_format("range:0-50"))
    assert (choice.text, choice.changed, choice.accepted) == ("19", True, True)
    assert choice.probability == pytest.approx(0.43 * 0.98, rel=1e-3)
    one_digit = 0.02 * (0.98 + 0.43 + 0.55)  # a single 9, 1 or 7 is valid too
    assert choice.share == pytest.approx(0.43 * 0.98 / (0.43 * 0.98 + one_digit), rel=1e-3)
    assert decode_line(frames, CHARACTERS).text == "79"


def test_an_improbable_valid_reading_is_not_accepted():
    frames = peaks([{"7": 0.997, "1": 0.002}, {"9": 0.999}], CHARACTERS)
    choice = decode_line(frames, CHARACTERS, one_of(["19", "20"]))
    assert (choice.text, choice.changed, choice.accepted) == ("79", False, False)
    choice = decode_line(frames, CHARACTERS, one_of(["19", "20"]), min_likelihood=0.001)
    assert (choice.text, choice.changed, choice.accepted) == ("19", True, True)


def test_written_forms_of_the_same_number_are_added_up():
    free = [_decoded("1250", 0.4), _decoded("1.250", 0.35), _decoded("7250", 0.25)]
    choice = choose_reading(free, free, parse_format("amount"), min_likelihood=0.5)
    assert (choice.text, choice.value) == ("1250", "1250.00")
    assert choice.probability == pytest.approx(0.75)
    assert choice.accepted and not choice.changed


def test_another_written_form_is_not_a_change():
    free = [_decoded("12 50 ", 0.5), _decoded("12 50", 0.3)]
    choice = choose_reading(free, free[1:], parse_format("digits:4"))
    assert (choice.text, choice.value, choice.changed) == ("12 50", "1250", False)


def test_the_most_probable_reading_is_chosen_without_a_format():
    free = [_decoded("31", 0.6), _decoded("37", 0.3)]
    choice = choose_reading(free)
    assert (choice.text, choice.value, choice.accepted) == ("31", "31", True)
    assert choice.decoded is free[0]
    assert not choose_reading(free, min_likelihood=0.7).accepted


def test_an_empty_reading_is_not_accepted():
    assert not choose_reading([]).accepted
    assert not choose_reading([], [], parse_format("digits")).accepted
    assert not choose_reading([_decoded("", 0.99)]).accepted


@settings(deadline=None, max_examples=60)
@given(lines(), st.sets(st.text("174", max_size=3), max_size=3), st.floats(0, 1))
def test_an_invalid_reading_is_never_accepted(frames, valid, min_likelihood):
    number_format = from_callable(valid.__contains__)
    choice = decode_line(frames, ("1", "7", "4"), number_format, min_likelihood=min_likelihood)
    if choice.accepted:
        assert choice.text in valid
        assert choice.probability >= min_likelihood
    assert 0 <= choice.probability <= choice.share <= 1 + 1e-9


def test_constrained_readings_are_validated():
    wrong = [_decoded("99", 0.9)]
    choice = choose_reading(wrong, wrong, parse_format("range:0-50"))
    assert not choice.accepted


def test_a_blank_line_has_no_reading_with_a_format():
    frames = peaks([{"1": 0.3}], CHARACTERS)
    assert decode_line(frames, CHARACTERS).decoded is None
    assert decode_line(frames, CHARACTERS, one_of(["1"])).decoded is None


def test_other_probable_readings_are_returned():
    frames = peaks([{"7": 0.6, "1": 0.3, "2": 0.1}], CHARACTERS)
    assert [text for text, _ in decode_line(frames, CHARACTERS).others] == ["1", "2", ""]
    choice = decode_line(frames, CHARACTERS, one_of(["1", "2"]))
    assert choice.text == "1"
    assert [text for text, _ in choice.others] == ["7", "2", ""]
