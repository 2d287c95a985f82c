import pytest

from numerals.reading import REJECTED_TEXT, mask_low_confidence, reject_low_confidence
from numerals.records import Digit, Line, Page

BOX = (0, 0, 1, 1)


def page(*lines):
    return Page(lines, 10, 10)


@pytest.mark.parametrize(
    ("confidence", "accepted", "expected"),
    [(0.996, None, True), (0.994, None, False), (0.996, True, True), (0.996, False, False)],
)
def test_a_number_is_accepted_below_the_maximum_error(confidence, accepted, expected):
    [line] = reject_low_confidence(
        page(Line("12", confidence, BOX, accepted=accepted)), 0.005
    ).lines
    assert line.accepted is expected
    assert line.text == "12"
    assert line.answer == ("12" if expected else REJECTED_TEXT)


def test_the_reading_of_a_masked_digit_is_its_first_alternative():
    digits = (Digit("1", 0.99, BOX), Digit("7", 0.4, BOX, (("1", 0.3),)))
    [line] = mask_low_confidence(page(Line("1 7", 0.4, BOX, digits)), 0.5).lines
    assert line.text == f"1 {REJECTED_TEXT}"
    assert line.digits[1].alternatives == (("7", 0.4), ("1", 0.3))


def test_classes_that_are_words_are_masked_as_a_whole():
    digits = (Digit("zero", 0.99, BOX), Digit("one", 0.4, BOX), Digit("two", 0.9, BOX))
    read = page(Line("zero onetwo", 0.4, BOX, digits))
    assert mask_low_confidence(read, 0.0) == read
    assert mask_low_confidence(read, 0.5).text == f"zero {REJECTED_TEXT}two"
