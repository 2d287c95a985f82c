"""Check relations between the values of a form, and repair misread fields that break them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import islice, pairwise

from numerals.formats import NumberFormat, parse_format
from numerals.forms.combinations import best_combinations
from numerals.forms.decimals import to_decimal
from numerals.forms.form_results import FieldReading, RelationResult
from numerals.forms.template import Relation

MAX_COMBINATIONS = 20_000
"""Maximum number of combinations of readings that a repair tries."""
MAX_CHANGED_FIELDS = 2
"""Maximum number of fields that a repair changes; with more, some combination fits by chance."""
MIN_PROBABILITY_RATIO = {"sum": 1e-4, "less_or_equal": 1e-2}
"""Minimum probability of a repair relative to the most probable readings, by kind of relation.

Below it, an error of the writer is the better explanation. A sum rarely holds by chance, but an
order often does."""

Readings = Mapping[str, Sequence[FieldReading]]
Formats = Mapping[str, str | None]
NO_FORMATS: Formats = {}
"""The formats of fields without any."""


def check_relations(
    relations: Sequence[Relation],
    texts: Mapping[str, str],
    *,
    decimal: str | None = None,
    formats: Formats = NO_FORMATS,
) -> tuple[RelationResult, ...]:
    """Check which relations hold between values.

    Parameters
    ----------
    relations : sequence of Relation
    texts : mapping of str to str
        The text of each field that could be read. An empty field counts as 0 in a sum whose total
        is not empty.
    decimal : {".", ","}, optional
        The decimal separator; by default it is inferred.
    formats : mapping of str to (str or None), optional
        The number formats of fields; dates are compared as days.

    Returns
    -------
    tuple of RelationResult
        In the order of `relations`.
    """
    return tuple(RelationResult(r, _holds(r, texts, decimal, formats)) for r in relations)


def repair_readings(
    relations: Sequence[Relation],
    readings: Readings,
    *,
    decimal: str | None = None,
    formats: Formats = NO_FORMATS,
) -> dict[str, FieldReading]:
    """Select a reading of each field so that the relations hold.

    The most probable readings are selected if the relations hold between them, or if no combination
    that is probable enough satisfies the relations. Otherwise the most probable combination that
    satisfies them is selected, and its readings that are not the most probable of their field are
    marked as changed.

    Parameters
    ----------
    relations : sequence of Relation
    readings : mapping of str to sequence of FieldReading
        The most probable first; empty for a field that could not be read.
    decimal : {".", ","}, optional
        The decimal separator; by default it is inferred.
    formats : mapping of str to (str or None), optional
        As for `check_relations`.

    Returns
    -------
    dict of str to FieldReading
        For each field that has readings.
    """
    selected = {name: options[0] for name, options in readings.items() if options}
    for group in _group_by_fields(relations):
        names = [name for name in _field_names(group) if name in selected]
        repaired = _repair_group(group, names, readings, decimal, formats)
        selected.update(zip(names, repaired, strict=True))
    return selected


def _repair_group(
    group: Sequence[Relation],
    names: Sequence[str],
    readings: Readings,
    decimal: str | None,
    formats: Formats,
) -> list[FieldReading]:
    """Return a reading for each name, so that a group of relations holds if possible."""
    options = [readings[name] for name in names]
    first = [candidates[0] for candidates in options]
    before = _states(group, names, first, decimal, formats)
    if False not in before:
        return first
    broken_kinds = [
        relation.kind for relation, holds in zip(group, before, strict=True) if holds is False
    ]
    min_ratio = min(MIN_PROBABILITY_RATIO[kind] for kind in broken_kinds)
    min_probability = min_ratio * _joint_probability(first)
    probabilities = [[reading.probability for reading in candidates] for candidates in options]
    for indices in islice(best_combinations(probabilities), MAX_COMBINATIONS):
        combination = [
            candidates[index] for candidates, index in zip(options, indices, strict=True)
        ]
        if _joint_probability(combination) < min_probability:
            break
        if sum(index > 0 for index in indices) > MAX_CHANGED_FIELDS:
            continue
        after = _states(group, names, combination, decimal, formats)
        # Replacing a number by a text that is not a number would hide the broken relation.
        if False not in after and after.count(None) <= before.count(None):
            return [
                replace(reading, changed=True) if index else reading
                for reading, index in zip(combination, indices, strict=True)
            ]
    return first


def _joint_probability(readings: Sequence[FieldReading]) -> float:
    return math.prod(reading.probability for reading in readings)


def _states(
    group: Sequence[Relation],
    names: Sequence[str],
    readings: Sequence[FieldReading],
    decimal: str | None,
    formats: Formats,
) -> list[bool | None]:
    """Return whether each relation holds; None if a value is missing or not a number."""
    texts = {name: reading.text for name, reading in zip(names, readings, strict=True)}
    return [
        result.holds for result in check_relations(group, texts, decimal=decimal, formats=formats)
    ]


def _holds(
    relation: Relation, texts: Mapping[str, str], decimal: str | None, formats: Formats
) -> bool | None:
    if not all(name in texts for name in relation.names):
        return None
    entries = [texts[name].strip() for name in relation.names]
    if relation.kind == "sum":
        if not any(entries[:-1]) or not entries[-1]:
            return None
        entries = [text or "0" for text in entries]
    parsed = [
        _to_value(text, decimal, formats.get(name))
        for text, name in zip(entries, relation.names, strict=True)
    ]
    values: list[Decimal] = [value for value in parsed if value is not None]
    if len(values) < len(parsed):
        return None
    if relation.kind == "sum":
        return sum(values[:-1], Decimal(0)) == values[-1]
    return all(low <= high for low, high in pairwise(values))


def _to_value(text: str, decimal: str | None, spec: str | None) -> Decimal | None:
    """Return a text as a number, a date as YYYYMMDD; None if it is neither."""
    if spec is None or spec.partition(":")[0] != "date":
        return to_decimal(text, decimal)
    date = _date_format(spec)
    iso = date.normalize(text).replace("-", "") if date.accepts(text) else ""
    return Decimal(iso) if len(iso) == 8 and iso.isdecimal() else None


@lru_cache
def _date_format(spec: str) -> NumberFormat:
    return parse_format(spec)


def _group_by_fields(relations: Sequence[Relation]) -> list[list[Relation]]:
    """Group relations that share fields, directly or through other relations."""
    groups: list[list[Relation]] = []
    for relation in relations:
        shared = [g for g in groups if set(_field_names(g)) & set(relation.names)]
        groups = [g for g in groups if g not in shared]
        groups.append([r for g in shared for r in g] + [relation])
    return groups


def _field_names(group: Sequence[Relation]) -> list[str]:
    return list(dict.fromkeys(name for relation in group for name in relation.names))
