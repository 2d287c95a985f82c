"""Constraints between the rows of a run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from numerals.constraints.resolve import Choice, resolve
from numerals.constraints.rules import Reading, Rules
from numerals.output.number_rows import NumberRow

_Group = tuple[NumberRow, ...]


def apply_constraints(rows: Iterable[NumberRow], rules: Rules) -> Iterator[NumberRow]:
    """Choose readings that satisfy constraints.

    A number whose reading was replaced is marked as changed; it is no longer accepted if it was,
    since that was decided for the other reading. A number that satisfies its constraints with no
    reading that is probable enough is not accepted. Applied to its own result, it changes nothing.

    Memory does not grow with the number of rows for ascending columns and relations. A unique field
    needs about 1.2 kB for each of its numbers; the rows wait in a temporary file.

    Parameters
    ----------
    rows : iterable of NumberRow
        In the order of the input: the numbers of a form, and those of a row of a table, are
        consecutive.
    rules : Rules
        Of tables, whose columns start anew with each file, or of a stack of forms:
        `constraints.rule_files.load_rules`, or `Template.rules`.

    Yields
    ------
    NumberRow
        In the same order.

    Examples
    --------
    >>> from numerals.constraints.rules import ColumnRule, Rules
    >>> rules = Rules({"reading": ColumnRule(ascending=True)})
    >>> rows = [
    ...     NumberRow("1.jpg", 1, field="reading", text="120", confidence=0.99),
    ...     NumberRow("2.jpg", 1, field="reading", text="187", confidence=0.6,
    ...               alternatives=(("137", 0.3),)),
    ...     NumberRow("3.jpg", 1, field="reading", text="145", confidence=0.99),
    ... ]
    >>> [(row.text, row.changed) for row in apply_constraints(rows, rules)]
    [('120', False), ('137', True), ('145', False)]
    """
    if not rules.of_tables:
        yield from _apply(rows, rules)
        return
    for _, of_file in groupby(rows, key=lambda row: row.file):
        yield from _apply(of_file, rules)


def _apply(rows: Iterable[NumberRow], rules: Rules) -> Iterator[NumberRow]:
    key = _table_row_key if rules.of_tables else _form_key
    groups = (tuple(group) for _, group in groupby(rows, key=key))

    def readings_of(group: _Group) -> dict[str, Reading] | None:
        return _table_readings(group) if rules.of_tables else _form_readings(group)

    def update(group: _Group, choices: Mapping[str, Choice]) -> _Group:
        return tuple(_update(row, choices.get(_name(row))) for row in group)

    for group in resolve(groups, rules, readings_of, update):
        yield from group


def _form_key(row: NumberRow) -> object:
    return row.file, row.page


def _table_row_key(row: NumberRow) -> object:
    in_table = row.table is not None
    return row.page, row.table, row.row, None if in_table else row.line


def _name(row: NumberRow) -> str:
    """Return the name of a number in the rules."""
    return row.field if row.field is not None else str(row.column)


def _form_readings(group: _Group) -> dict[str, Reading]:
    """Return the readings of a form; one that could not be read has none."""
    return {
        row.field: _reading(row)
        for row in group
        if row.field is not None and (row.text or row.confidence)
    }


def _table_readings(group: _Group) -> dict[str, Reading] | None:
    """Return the readings of a row of a table; a cell with several numbers counts as unread."""
    if group[0].table is None:
        return None
    names = [_name(row) for row in group]
    return {
        name: _reading(row)
        for name, row in zip(names, group, strict=True)
        if row.text and names.count(name) == 1
    }


def _reading(row: NumberRow) -> Reading:
    return Reading(row.text or "", row.confidence or 0.0, row.alternatives)


def _update(row: NumberRow, choice: Choice | None) -> NumberRow:
    if choice is None:
        return row
    accepted = False if choice.problem else row.accepted
    if choice.text == row.text:
        return replace(row, accepted=accepted)
    return replace(
        row,
        text=choice.text,
        confidence=choice.probability,
        alternatives=_reading(row).others(choice.text),
        accepted=False if row.accepted else accepted,
        changed=True,
    )
