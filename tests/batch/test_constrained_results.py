"""Constraints across the results of a stack: the units come out whole and in their order."""

import numpy as np
import pytest

from numerals.batch.constrained_results import constrain_columns, constrain_forms
from numerals.batch.units import Unit, UnitResult
from numerals.constraints.rules import ColumnRule, Rules
from numerals.errors import FormError
from numerals.forms import Field, FieldReading, FieldResult, FormResult, ScanResult, Template
from numerals.reading import AnswerOptions, FileResult
from numerals.records import Digit, Line, Page, Table

BOX = (0, 0, 10, 10)


def template(rule):
    return Template(np.zeros((20, 20), np.uint8), (Field("meter", BOX, rule=rule),))


def scan(name, text, confidence=0.99, others=()):
    readings = tuple(FieldReading(*other) for other in others)
    field = FieldResult("meter", text, confidence, True, False, BOX, alternatives=readings)
    return ScanResult(name, FormResult(name, 1, (field,), (), 1.0))


def unit(name, *scans):
    return UnitResult(Unit(name, name), "m", scans=scans)


@pytest.mark.parametrize(
    "rule", [ColumnRule(ascending=True), ColumnRule(unique=True), ColumnRule()]
)
def test_files_keep_their_forms_and_their_order(rule):
    failed = ScanResult("b.png", None, FormError("does not show the form"))
    two = unit("a.pdf", scan("a.pdf#1", "100"), scan("a.pdf#2", "120"))
    given = [two, unit("b.png", failed), unit("c.png", scan("c.png", "150"))]
    results = list(constrain_forms(iter(given), template(rule)))
    assert [result.unit for result in results] == [result.unit for result in given]
    assert [[s.source for s in result.scans] for result in results] == [
        ["a.pdf#1", "a.pdf#2"],
        ["b.png"],
        ["c.png"],
    ]


def test_a_reading_that_is_not_after_the_previous_form_is_replaced():
    misread = scan("b.png", "720", 0.6, others=[("120", 0.3)])
    given = [unit("a.png", scan("a.png", "100")), unit("b.png", misread)]
    given.append(unit("c.png", scan("c.png", "150")))
    results = list(constrain_forms(given, template(ColumnRule(ascending=True))))
    assert [result.scans[0].form.texts["meter"] for result in results] == ["100", "120", "150"]


def test_digits_are_masked_after_the_constraints_of_columns():
    def line(row, text, confidence, others=()):
        digits = tuple(Digit(c, confidence, BOX) for c in text)
        return Line(text, confidence, BOX, digits, others, cell=(row, 0), table=0)

    lines = (line(0, "12", 0.99), line(1, "71", 0.6, (("17", 0.3),)), line(2, "19", 0.99))
    page = Page(lines, 100, 100, tables=(Table(BOX, 3, 1),))
    given = [UnitResult(Unit("a.png", "a.png"), "m", FileResult("a.png", (page,)))]
    rules = Rules({"1": ColumnRule(ascending=True)}, of_tables=True)
    [result] = constrain_columns(given, rules, AnswerOptions(max_error=0.5))
    texts = [(each.text, each.accepted) for each in result.file.pages[0].lines]
    assert texts == [("12", True), ("17", False), ("19", True)]
