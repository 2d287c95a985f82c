"""Constraints between the forms of a stack."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from numerals.constraints import backlog
from numerals.constraints.relations import Relation
from numerals.constraints.rules import ColumnRule
from numerals.errors import ImageError
from numerals.forms import (
    Field,
    FieldReading,
    FieldResult,
    FormResult,
    RelationResult,
    ScanResult,
    Template,
    form_row,
    resolve_stack,
)

BOX = (0, 0, 10, 10)


def template(relations=(), **rules):
    fields = tuple(Field(name, BOX, rule.format, rule=rule) for name, rule in rules.items())
    return Template(np.zeros((20, 20), np.uint8), fields, tuple(relations))


def scan(i, **fields):
    """Return a scan of fields from (text, probability, *alternatives)."""
    results = tuple(
        FieldResult(
            name,
            text,
            probability,
            True,
            False,
            BOX,
            alternatives=tuple(FieldReading(*other) for other in others),
        )
        for name, (text, probability, *others) in fields.items()
    )
    return ScanResult(f"{i}.jpg", FormResult(f"{i}.jpg", 1, results, (), 1.0))


def stack(name, *readings):
    return [scan(i, **{name: reading}) for i, reading in enumerate(readings)]


METER = template(meter=ColumnRule(ascending=True))
SURE = [("120", 0.99), ("187", 0.6, ("137", 0.3)), ("145", 0.99), ("99", 0.99), ("150", 0.99)]


def test_a_meter_that_only_grows():
    results = list(resolve_stack(stack("meter", *SURE), METER))
    fields = [result.form.fields[0] for result in results]
    assert [field.text for field in fields] == ["120", "137", "145", "99", "150"]
    assert (fields[1].changed, fields[1].accepted, fields[1].confidence) == (True, True, 0.3)
    assert fields[1].alternatives == (FieldReading("187", 0.6),)
    assert (fields[3].note, fields[3].accepted) == ("is out of order", False)
    doubtful = [form_row(result, METER)[-2] for result in results]
    assert doubtful == ["", "meter", "", "meter", ""]


def test_a_form_that_could_not_be_read_counts_for_the_step():
    forms = stack("meter", ("100", 0.9), ("118", 0.9))
    failed = ScanResult("x.jpg", None, ImageError("x.jpg: is not an image"))
    steps = template(meter=ColumnRule(ascending=True, max_step=Decimal(10)))
    results = list(resolve_stack([forms[0], failed, forms[1]], steps))
    assert results == [forms[0], failed, forms[1]]
    assert any(r.form.doubtful() for r in resolve_stack(forms, steps))


def test_unique_numbers_of_a_stack_that_does_not_fit_into_memory(monkeypatch):
    monkeypatch.setattr(backlog.Backlog.__init__, "__defaults__", (3,))
    readings = [(str(i), 0.9) for i in range(10)] + [("4", 0.6, ("44", 0.3))]
    failed = ScanResult("x.jpg", None, ImageError("x.jpg: is not an image"))
    results = list(
        resolve_stack([*stack("badge", *readings), failed], template(badge=ColumnRule(unique=True)))
    )
    texts = [result.form.texts["badge"] for result in results[:-1]]
    assert texts == [*map(str, range(10)), "44"]
    assert str(results[-1].error) == "x.jpg: is not an image"


def test_a_change_that_breaks_a_relation_is_reported():
    relation = Relation("less_or_equal", ("meter", "limit"))
    both = template([relation], meter=ColumnRule(ascending=True), limit=ColumnRule())
    texts = [("120", 0.99), ("110", 0.6, ("130", 0.3)), ("140", 0.99)]
    limits = [("200", 0.9), ("125", 0.9), ("200", 0.9)]
    forms = [
        scan(i, meter=meter, limit=limit)
        for i, (meter, limit) in enumerate(zip(texts, limits, strict=True))
    ]
    second = list(resolve_stack(forms, both))[1].form
    assert second.texts == {"meter": "130", "limit": "125"}
    assert second.relations == (RelationResult(relation, False),)
    assert second.doubtful() == ("meter", "limit")


def test_a_reading_that_a_relation_of_the_form_chose_is_kept():
    total = Relation("sum", ("a", "b", "meter"))
    rules = {"a": ColumnRule(), "b": ColumnRule(), "meter": ColumnRule(ascending=True)}
    form = scan(1, a=("1", 1.0), b=("2", 1.0), meter=("3", 0.2, ("8", 0.7)))
    results = list(resolve_stack([form, scan(2, meter=("5", 0.9))], template([total], **rules)))
    assert [result.form.texts["meter"] for result in results] == ["3", "5"]


def test_without_constraints_scans_pass_one_by_one():
    def scans():
        yield scan(1, meter=("1", 0.9))
        pytest.fail("the second scan was read before the first was returned")

    assert next(resolve_stack(scans(), template(meter=ColumnRule()))).source == "1.jpg"


def test_a_required_empty_field_keeps_its_note():
    [form] = stack("meter", ("", 1.0))
    field = replace(form.form.fields[0], accepted=False, note="is required, but empty")
    form = replace(form, form=replace(form.form, fields=(field,)))
    assert list(resolve_stack([form], METER)) == [form]
