"""Relations between the numbers of one row or form, and the readings that satisfy them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise

from numerals.constraints.combinations import best_combinations
from numerals.constraints.decimals import to_decimal
from numerals.constraints.values import Candidate, Parse

MAX_COMBINATIONS = 20_000
"""Maximum number of combinations of readings that a repair tries."""
MAX_CHANGED_FIELDS = 2
"""Maximum number of fields that a repair changes; with more, some combination fits by chance."""
MIN_PROBABILITY_RATIO = {"sum": 1e-4, "less_or_equal": 1e-2}
"""Minimum probability of a repair relative to the most probable readings, by kind of relation.

Below it, an error of the writer is the better explanation. A sum rarely holds by chance, but an
order often does."""


@dataclass(frozen=True)
class Relation:
    """A relation between the values of a correctly filled-in form, or of a row of a table.

    Attributes
    ----------
    kind : {"sum", "less_or_equal"}
        "sum": the last value is the sum of the others. "less_or_equal": the values are ascending.
    names : tuple of str
        Names of the fields, or numbers of the columns.
    """

    kind: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        if self.kind == "sum":
            return f"{' + '.join(self.names[:-1])} = {self.names[-1]}"
        return " <= ".join(self.names)


def relation_holds(
    relation: Relation, texts: Mapping[str, str], parsers: Mapping[str, Parse] | None = None
) -> bool | None:
    """Return whether a relation holds; None if a value is missing or not a number.

    Parameters
    ----------
    relation : Relation
    texts : mapping of str to str
        The text of each number that could be read. An empty one counts as 0 in a sum whose total
        is not empty.
    parsers : mapping of str to callable, optional
        The values of texts, by name; by default `to_decimal`.
    """
    if not all(name in texts for name in relation.names):
        return None
    entries = [texts[name].strip() for name in relation.names]
    if relation.kind == "sum":
        if not any(entries[:-1]) or not entries[-1]:
            return None
        entries = [text or "0" for text in entries]
    parsed = [
        to_decimal(text) if parsers is None else parsers[name](text)
        for name, text in zip(relation.names, entries, strict=True)
    ]
    values: list[Decimal] = [value for value in parsed if value is not None]
    if len(values) < len(parsed):
        return None
    if relation.kind == "sum":
        return sum(values[:-1], Decimal(0)) == values[-1]
    return all(low <= high for low, high in pairwise(values))


def find_non_numbers(
    relation: Relation, texts: Mapping[str, str], parsers: Mapping[str, Parse] | None = None
) -> tuple[str, ...]:
    """Return the names of a relation whose text is neither empty nor a number.

    Parameters are those of `relation_holds`.

    Examples
    --------
    >>> find_non_numbers(Relation("sum", ("a", "b", "total")), {"a": "1:50", "b": "", "total": "3"})
    ('a',)
    """
    return tuple(
        name
        for name in relation.names
        if texts.get(name, "").strip()
        and (to_decimal if parsers is None else parsers[name])(texts[name].strip()) is None
    )


def choose_consistent(
    relations: Sequence[Relation],
    candidates: Mapping[str, Sequence[Candidate]],
    parsers: Mapping[str, Parse] | None = None,
) -> dict[str, int]:
    """Choose a reading of each number so that the relations hold.

    The first readings are chosen if the relations hold between them, or if no combination that is
    probable enough satisfies the relations. Otherwise the most probable combination that satisfies
    them is chosen.

    Parameters
    ----------
    relations : sequence of Relation
    candidates : mapping of str to sequence of (str, float)
        The most probable first; empty for a number that could not be read.
    parsers : mapping of str to callable, optional
        As for `relation_holds`.

    Returns
    -------
    dict of str to int
        The index of a reading for each name that has any.

    Examples
    --------
    >>> total = Relation("sum", ("a", "b", "total"))
    >>> readings = {"a": [("17", 0.6), ("11", 0.3)], "b": [("2", 0.9)], "total": [("13", 0.9)]}
    >>> choose_consistent([total], readings)
    {'a': 1, 'b': 0, 'total': 0}
    """
    chosen = {name: 0 for name, options in candidates.items() if options}
    for group in _group_by_names(relations):
        names = [name for name in _names(group) if name in chosen]
        chosen |= dict(zip(names, _choose_in_group(group, names, candidates, parsers), strict=True))
    return chosen


def _choose_in_group(
    group: Sequence[Relation],
    names: Sequence[str],
    candidates: Mapping[str, Sequence[Candidate]],
    parsers: Mapping[str, Parse] | None,
) -> tuple[int, ...]:
    """Return the index of a reading for each name, in a group of relations."""

    def states(indices: Sequence[int]) -> list[bool | None]:
        texts = {name: candidates[name][i][0] for name, i in zip(names, indices, strict=True)}
        return [relation_holds(relation, texts, parsers) for relation in group]

    first = (0,) * len(names)
    before = states(first)
    if False not in before:
        return first
    probabilities = [[probability for _, probability in candidates[name]] for name in names]
    min_probability = _joint(probabilities, first) * min(
        MIN_PROBABILITY_RATIO[relation.kind]
        for relation, holds in zip(group, before, strict=True)
        if holds is False
    )
    for indices in islice(best_combinations(probabilities), MAX_COMBINATIONS):
        if _joint(probabilities, indices) < min_probability:
            break
        if sum(index > 0 for index in indices) > MAX_CHANGED_FIELDS:
            continue
        after = states(indices)
        # Replacing a number by a text that is not a number would hide the broken relation.
        if False not in after and after.count(None) <= before.count(None):
            return indices
    return first


def _joint(probabilities: Sequence[Sequence[float]], indices: Sequence[int]) -> float:
    return math.prod(choices[i] for choices, i in zip(probabilities, indices, strict=True))


def _group_by_names(relations: Sequence[Relation]) -> list[list[Relation]]:
    """Group relations that share names, directly or through other relations."""
    groups: list[list[Relation]] = []
    for relation in relations:
        shared = [g for g in groups if set(_names(g)) & set(relation.names)]
        groups = [g for g in groups if g not in shared]
        groups.append([r for g in shared for r in g] + [relation])
    return groups


def _names(group: Sequence[Relation]) -> list[str]:
    return list(dict.fromkeys(name for relation in group for name in relation.names))
