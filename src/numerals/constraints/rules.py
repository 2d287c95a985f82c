"""The constraints of a stack of forms or of a table, and the readings that they leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache

from numerals.constraints.ascending import AscendingSolver
from numerals.constraints.decisions import MIN_PROBABILITY, ColumnSolver
from numerals.constraints.relations import Relation, choose_consistent
from numerals.constraints.unique import UniqueSolver
from numerals.constraints.values import Candidate, Parse, make_parser, sort_candidates
from numerals.formats import NumberFormat, parse_format


@dataclass(frozen=True)
class ColumnRule:
    """Constraints on the numbers of a column, or of one field of a stack of forms.

    Attributes
    ----------
    format : str, optional
        Spec of the number format.
    ascending : bool, default=False
        Whether a number is at least the one before it.
    strict : bool, default=False
        Whether an ascending number is more than the one before it.
    max_step : Decimal, optional
        Maximum difference of an ascending number and the one before it; days for dates.
    start : Decimal, optional
        Minimum of the first ascending number; a number of days for dates, as of `make_parser`.
    unique : bool, default=False
        Whether each number occurs once.
    """

    format: str | None = None
    ascending: bool = False
    strict: bool = False
    max_step: Decimal | None = None
    start: Decimal | None = None
    unique: bool = False

    @property
    def spans_rows(self) -> bool:
        """Whether numbers depend on those of other rows or forms."""
        return self.ascending or self.unique

    def make_solver(self, parse: Parse) -> ColumnSolver:
        """Return a solver for the numbers of one column, which `spans_rows`."""
        if self.ascending:
            return AscendingSolver(
                parse,
                strict=self.strict or self.unique,
                max_step=self.max_step,
                start=self.start,
            )
        return UniqueSolver(None if self.format is None else cached_format(self.format).normalize)


@dataclass(frozen=True)
class Reading:
    """What was read for a number.

    Attributes
    ----------
    text : str
        Empty for an empty field.
    probability : float in [0, 1]
    alternatives : tuple of (str, float)
        Other readings with their probabilities.
    """

    text: str
    probability: float
    alternatives: tuple[Candidate, ...] = ()

    def others(self, text: str) -> tuple[Candidate, ...]:
        """Return the readings other than a text, the most probable first."""
        everything = sort_candidates([(self.text, self.probability), *self.alternatives])
        return tuple(candidate for candidate in everything if candidate[0] != text)


@dataclass(frozen=True)
class Rules:
    """All constraints of a stack of forms or of a table.

    Attributes
    ----------
    columns : mapping of str to ColumnRule
        By the name of the field, or by the number of the column from 1, as a text.
    relations : tuple of Relation
        Between the numbers of one form or row.
    decimal : {".", ","}, optional
        The decimal separator; by default it is inferred for each number.
    of_tables : bool, default=False
        Whether columns are those of tables, which start anew with each file, rather than fields of
        forms, which continue over the whole stack.
    """

    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    decimal: str | None = None
    of_tables: bool = False

    @property
    def spanning(self) -> dict[str, ColumnRule]:
        """The rules of columns whose numbers depend on those of other rows."""
        return {name: rule for name, rule in self.columns.items() if rule.spans_rows}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all numbers with a constraint."""
        related = (name for relation in self.relations for name in relation.names)
        return tuple(dict.fromkeys((*self.columns, *related)))

    @cached_property
    def parsers(self) -> Mapping[str, Parse]:
        """The function from text to value of each number."""
        rules = {name: self.columns.get(name, ColumnRule()) for name in self.names}
        return {name: make_parser(rule.format, self.decimal) for name, rule in rules.items()}

    def candidates(self, readings: Mapping[str, Reading]) -> dict[str, list[Candidate]]:
        """Return the readings of each number of a row that formats and relations leave.

        Parameters
        ----------
        readings : mapping of str to Reading

        Returns
        -------
        dict of str to list of (str, float)
            The most probable first. None for an empty number and for one without a valid reading;
            one where a relation chose. They do not depend on the text that was chosen before.
        """
        found = {
            name: _usable(readings[name], self.columns.get(name))
            for name in self.names
            if name in readings
        }
        if self.relations:
            # An empty field counts as 0 in a sum, so that relations need its empty text.
            options = {
                name: usable or ([("", 1.0)] if not readings[name].text else [])
                for name, usable in found.items()
            }
            chosen = choose_consistent(self.relations, options, self.parsers)
            found |= {name: [options[name][i]] for name, i in chosen.items() if i > 0}
        return found


@lru_cache
def cached_format(spec: str) -> NumberFormat:
    """Return a parsed number format."""
    return parse_format(spec)


def _usable(reading: Reading, rule: ColumnRule | None) -> list[Candidate]:
    """Return the readings of a number that its format allows, the most probable first."""
    if not reading.text:
        return []
    readings = sort_candidates([(reading.text, reading.probability), *reading.alternatives])
    if rule is None or rule.format is None:
        return readings
    accepts = cached_format(rule.format).accepts
    probable = [c for i, c in enumerate(readings) if i == 0 or c[1] >= MIN_PROBABILITY]
    return [candidate for candidate in probable if accepts(candidate[0])]
