"""Check relations between the values of a form, and repair misread fields that break them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from numerals.constraints.decimals import to_decimal
from numerals.constraints.relations import (
    Relation,
    choose_consistent,
    find_non_numbers,
    relation_holds,
)
from numerals.constraints.values import Parse
from numerals.forms.form_results import FieldReading, RelationResult

Readings = Mapping[str, Sequence[FieldReading]]


def check_relations(
    relations: Sequence[Relation],
    texts: Mapping[str, str],
    *,
    decimal: str | None = None,
    parsers: Mapping[str, Parse] | None = None,
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
    parsers : mapping of str to callable, optional
        Functions from text to value, for fields that are not decimal numbers.

    Returns
    -------
    tuple of RelationResult
        In the order of `relations`.
    """
    by_name = _with_default(parsers, decimal)
    return tuple(
        RelationResult(
            relation,
            relation_holds(relation, texts, by_name),
            find_non_numbers(relation, texts, by_name),
        )
        for relation in relations
    )


def repair_readings(
    relations: Sequence[Relation],
    readings: Readings,
    *,
    decimal: str | None = None,
    parsers: Mapping[str, Parse] | None = None,
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
    parsers : mapping of str to callable, optional
        Functions from text to value, for fields that are not decimal numbers.

    Returns
    -------
    dict of str to FieldReading
        For each field that has readings.
    """
    candidates = {
        name: [(reading.text, reading.probability) for reading in options]
        for name, options in readings.items()
    }
    chosen = choose_consistent(relations, candidates, _with_default(parsers, decimal))
    return {
        name: replace(readings[name][i], changed=True) if i else readings[name][0]
        for name, i in chosen.items()
    }


def _with_default(parsers: Mapping[str, Parse] | None, decimal: str | None) -> Mapping[str, Parse]:
    """Return parsers of all names: decimal numbers by default."""
    return defaultdict(lambda: partial(to_decimal, decimal=decimal), parsers or {})
