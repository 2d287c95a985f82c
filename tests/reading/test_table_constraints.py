"""Constraints between the numbers of tables."""

from numerals.constraints.relations import Relation
from numerals.constraints.rules import ColumnRule, Rules
from numerals.reading import AnswerOptions, FileResult
from numerals.reading.line_candidates import line_candidates
from numerals.reading.table_constraints import constrain_tables
from numerals.records import Digit, Line, Page

ASCENDING = Rules({"1": ColumnRule(ascending=True)}, of_tables=True)


def line(text, confidence, alternatives=(), cell=(0, 0), digit_alternatives=None):
    digits = tuple(
        Digit(t, confidence ** (1 / len(text)), (10 * i, 0, 10 * i + 8, 12), others)
        for i, (t, others) in enumerate(
            zip(text, digit_alternatives or [()] * len(text), strict=True)
        )
    )
    box = (0, 0, 10 * len(text), 12)
    return Line(text, confidence, box, digits, tuple(alternatives), cell=cell, table=0)


def column(*numbers):
    """Return a page whose table has one column."""
    lines = [line(*number, cell=(row, 0)) for row, number in enumerate(numbers)]
    return Page(tuple(lines), 100, 100)


def constrain(*pages, rules=ASCENDING):
    [result] = constrain_tables([FileResult("a.pdf", pages)], rules)
    return result


def test_a_column_continues_over_the_pages_of_a_file():
    result = constrain(
        column(("10", 0.9), ("20", 0.9)), column(("90", 0.5, [("30", 0.4)]), ("40", 0.9))
    )
    assert result.texts == ("10", "20", "30", "40")
    changed = result.pages[1].lines[0]
    assert (changed.changed, changed.accepted, changed.confidence) == (True, True, 0.4)
    assert changed.alternatives == (("90", 0.5),)


def test_files_have_columns_of_their_own():
    files = [FileResult(name, (column(("50", 0.9), ("60", 0.9)),)) for name in "ab"]
    results = list(constrain_tables(files, ASCENDING))
    assert all(line.accepted for result in results for line in result.pages[0].lines)


def test_a_violation_is_answered_by_a_question_mark():
    page = constrain(column(("10", 0.9), ("90", 0.9), ("20", 0.9), ("30", 0.9))).pages[0]
    assert [line.answer for line in page.lines] == ["10", "?", "20", "30"]


def test_digits_follow_the_text_so_that_they_can_be_masked():
    page = constrain(column(("10", 0.99), ("90", 0.5, [("30", 0.4)]), ("40", 0.99))).pages[0]
    assert [digit.text for digit in page.lines[1].digits] == ["3", "0"]
    masked = AnswerOptions(min_confidence=0.3).apply(page)
    assert masked.lines[1].text == "?0"
    shorter = constrain(column(("10", 0.99), ("190", 0.5, [("19", 0.4)]), ("40", 0.99))).pages[0]
    assert [digit.text for digit in shorter.lines[1].digits] == ["1", "9"]
    assert shorter.lines[1].digits[1].box == (15, 0, 30, 12)


def test_formats_choose_among_the_readings_of_digits():
    rules = Rules({"1": ColumnRule(format="range:0-29")}, of_tables=True)
    number = line("71", 0.6, digit_alternatives=[(("1", 0.2),), ()])
    result = constrain(Page((number,), 100, 100), rules=rules)
    assert result.texts == ("11",)


def test_a_cell_with_two_numbers_and_lines_outside_of_tables_are_left():
    outside = Line("999", 0.9, (0, 0, 30, 12))
    page = column(("10", 0.9), ("90", 0.9), ("80", 0.9), ("20", 0.9))
    lines = [outside, *page.lines[:2], line("80", 0.9, cell=(1, 0)), page.lines[3]]
    found = constrain(Page(tuple(lines), 100, 100)).pages[0]
    assert found.lines[2:4] == tuple(lines[2:4])
    assert [line.accepted for line in found.lines] == [None, True, None, None, True]


def test_the_sum_of_a_row():
    rules = Rules(relations=(Relation("sum", ("1", "2", "3")),), of_tables=True)
    lines = (
        line("17", 0.6, [("11", 0.3)], (0, 0)),
        line("2", 0.9, cell=(0, 1)),
        line("13", 0.9, cell=(0, 2)),
    )
    assert constrain(Page(lines, 100, 100), rules=rules).texts == ("11", "2", "13")


def test_the_text_is_the_most_probable_candidate():
    # One digit alone is more probable as a 1.
    number = line("71", 0.1, [("77", 0.05)], digit_alternatives=[(("1", 0.6),), ()])
    candidates = line_candidates(number)
    assert [text for text, _ in candidates] == ["71", "11", "77"]
    assert candidates[0][1] > candidates[1][1]
