"""Constraints between the forms of a stack, such as a meter whose readings only grow."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from numerals.constraints.resolve import Choice, resolve
from numerals.constraints.rules import Reading, Rules
from numerals.forms.form_files import ScanResult
from numerals.forms.form_results import FieldReading, FieldResult
from numerals.forms.relations import check_relations
from numerals.forms.template import Template


def resolve_stack(scans: Iterable[ScanResult], template: Template) -> Iterator[ScanResult]:
    """Choose readings of the fields that satisfy the constraints between the forms.

    A field whose reading was replaced is marked as changed. One that satisfies its constraints with
    no reading that is probable enough is not accepted, and its note says why.

    Parameters
    ----------
    scans : iterable of ScanResult
        In the order of the stack. A form that could not be read counts as one form of the order.
    template : Template

    Yields
    ------
    ScanResult
        In the same order. If a field is unique, the first one follows after the last form was read.
    """
    rules = template.rules
    if not rules.spanning:
        return iter(scans)
    return resolve(scans, rules, _readings, partial(_update, rules))


def _readings(scan: ScanResult) -> dict[str, Reading]:
    """Return the readings of a form; a field that could not be read has none."""
    if scan.form is None:
        return {}
    return {
        field.name: Reading(
            field.text,
            field.confidence,
            tuple((other.text, other.probability) for other in field.alternatives),
        )
        for field in scan.form.fields
        if field.text or field.confidence > 0
    }


def _update(rules: Rules, scan: ScanResult, choices: Mapping[str, Choice]) -> ScanResult:
    if scan.form is None:
        return scan
    readings = _readings(scan)
    fields = tuple(
        _update_field(field, readings[field.name], choices[field.name])
        if field.name in choices
        else field
        for field in scan.form.fields
    )
    texts = {field.name: field.text for field in fields if field.name in readings}
    relations = check_relations(rules.relations, texts, parsers=rules.parsers)
    return replace(scan, form=replace(scan.form, fields=fields, relations=relations))


def _update_field(field: FieldResult, reading: Reading, choice: Choice) -> FieldResult:
    note = choice.problem or field.note
    if choice.text == field.text:
        return replace(field, accepted=field.accepted and not choice.problem, note=note)
    return replace(
        field,
        text=choice.text,
        confidence=choice.probability,
        accepted=not note,
        changed=True,
        alternatives=tuple(FieldReading(*other) for other in reading.others(choice.text)),
        note=note,
    )
