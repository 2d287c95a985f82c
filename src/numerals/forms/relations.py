"""Relations between the values of a form: whether they hold, and which reading makes them hold."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice, pairwise

from numerals.forms.combinations import best_combinations
from numerals.forms.decimals import to_decimal
from numerals.forms.results import FieldReading, RelationResult
from numerals.forms.template import Relation

MOST_TRIED = 20_000
"""After so many combinations of readings the search for one that fits is given up."""
MOST_CHANGED = 2
"""So many fields may have been misread; with more, something would always fit by chance."""
LEAST_LIKELY = {"sum": 1e-4, "less_or_equal": 1e-2}
"""A choice less likely than this, relative to the likeliest, is no better explanation than that
the writer erred: a sum that comes true by chance is rare, an order is not."""

Readings = Mapping[str, Sequence[FieldReading]]


def check_relations(
    relations: Sequence[Relation], texts: Mapping[str, str], *, decimal: str | None = None
) -> tuple[RelationResult, ...]:
    """Tell which relations hold between values.

    Parameters
    ----------
    relations : sequence of Relation
    texts : mapping of str to str
        What stands in each field that could be read. An empty one counts as 0 in a sum whose total
        is written.
    decimal : {".", ","}, optional
        What stands before the decimals.
    """
    return tuple(RelationResult(r, _holds(r, texts, decimal)) for r in relations)


def repair(
    relations: Sequence[Relation], readings: Readings, *, decimal: str | None = None
) -> dict[str, FieldReading]:
    """Choose a reading of each field so that the relations hold.

    Where they hold between the likeliest readings, or no choice worth considering makes them, the
    likeliest stay. Otherwise it is the jointly likeliest choice in which they hold; what differs
    from the likeliest reading is marked as changed.

    Parameters
    ----------
    relations : sequence of Relation
    readings : mapping of str to sequence of FieldReading
        Best first; none for a field that could not be read.
    decimal : {".", ","}, optional
        What stands before the decimals.

    Returns
    -------
    dict of str to FieldReading
        For each field that has readings.
    """
    chosen = {name: options[0] for name, options in readings.items() if options}
    for group in _connected(relations):
        names = [name for name in _names(group) if name in chosen]
        for name, reading in zip(names, _repaired(group, names, readings, decimal), strict=True):
            chosen[name] = reading
    return chosen


def _repaired(
    group: Sequence[Relation], names: Sequence[str], readings: Readings, decimal: str | None
) -> list[FieldReading]:
    """Return the readings of the named fields that make a group of relations hold."""
    options = [readings[name] for name in names]
    first = [found[0] for found in options]
    before = _states(group, names, first, decimal)
    if False not in before:
        return first
    broken = [
        relation.kind for relation, holds in zip(group, before, strict=True) if holds is False
    ]
    least = min(LEAST_LIKELY[kind] for kind in broken) * _probability(first)
    probabilities = [[reading.probability for reading in found] for found in options]
    for indices in islice(best_combinations(probabilities), MOST_TRIED):
        tried = [found[index] for found, index in zip(options, indices, strict=True)]
        if _probability(tried) < least:
            break
        if sum(index > 0 for index in indices) > MOST_CHANGED:
            continue
        after = _states(group, names, tried, decimal)
        # What could be told before must still be told: no number is swapped for a scrawl.
        if False not in after and after.count(None) <= before.count(None):
            return [
                replace(reading, changed=True) if index else reading
                for reading, index in zip(tried, indices, strict=True)
            ]
    return first


def _probability(readings: Sequence[FieldReading]) -> float:
    return math.prod(reading.probability for reading in readings)


def _states(
    group: Sequence[Relation],
    names: Sequence[str],
    readings: Sequence[FieldReading],
    decimal: str | None,
) -> list[bool | None]:
    texts = {name: reading.text for name, reading in zip(names, readings, strict=True)}
    return [result.holds for result in check_relations(group, texts, decimal=decimal)]


def _holds(relation: Relation, texts: Mapping[str, str], decimal: str | None) -> bool | None:
    if not all(name in texts for name in relation.names):
        return None
    written = [texts[name].strip() for name in relation.names]
    if relation.kind == "sum":
        if not any(written[:-1]) or not written[-1]:
            return None
        written = [text or "0" for text in written]
    values = [to_decimal(text, decimal) for text in written]
    known: list[Decimal] = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    if relation.kind == "sum":
        return sum(known[:-1], Decimal(0)) == known[-1]
    return all(low <= high for low, high in pairwise(known))


def _connected(relations: Sequence[Relation]) -> list[list[Relation]]:
    """Group relations that share fields, directly or through others."""
    groups: list[list[Relation]] = []
    for relation in relations:
        shared = [g for g in groups if set(_names(g)) & set(relation.names)]
        groups = [g for g in groups if g not in shared]
        groups.append([r for g in shared for r in g] + [relation])
    return groups


def _names(group: Sequence[Relation]) -> list[str]:
    return list(dict.fromkeys(name for relation in group for name in relation.names))
