"""Read constraints from TOML: the rules of a table's columns, and the keys of one column."""

from dataclasses import replace
from pathlib import Path

from numerals.constraints.decimals import to_decimal
from numerals.constraints.relations import Relation
from numerals.constraints.rules import ColumnRule, Rules
from numerals.constraints.values import Parse, make_parser
from numerals.errors import DataError, DataNotFoundError, UnknownNameError
from numerals.formats import parse_format
from numerals.strict_toml import TomlTable, read_toml
from numerals.untrusted import reads_untrusted

PREVIOUS_ROW = "previous row"
"""The value of ``after`` in a table."""
_MAX_COLUMN = 1000


@reads_untrusted()
def load_rules(path: str | Path) -> Rules:
    """Load the constraints of the columns of a table.

    Parameters
    ----------
    path : str or Path
        A TOML file with tables ``[[column]]`` and ``[[relation]]``.

    Returns
    -------
    Rules

    Raises
    ------
    DataError
        If the file cannot be read, or a key is missing, unknown or wrong.
    """
    path = Path(path)
    top = read_toml(path)
    decimal = take_decimal(top)
    columns: dict[str, ColumnRule] = {}
    for table in top.tables("column", min_count=0):
        number = _take_number(table)
        if number in columns:
            table.fail("number", int(number), "each column only once")
        format = take_format(table, path.parent)
        after = table.take("after", str, default=None)
        if after not in (None, PREVIOUS_ROW):
            table.fail("after", after, f'"{PREVIOUS_ROW}"')
        rule = take_column_rule(table, make_parser(format, decimal), after, PREVIOUS_ROW)
        columns[number] = replace(rule, format=format)
        table.finish()
    relations = tuple(_to_relation(table) for table in top.tables("relation"))
    top.finish()
    if not columns and not relations:
        raise DataError(f"{path}: has no constraints; add a table [[column]] or [[relation]]")
    return Rules(columns, relations, decimal, of_tables=True)


def take_column_rule(
    table: TomlTable, parse: Parse, after: str | None, previous: str
) -> ColumnRule:
    """Take the keys of a column's constraints, except ``format`` and ``after``.

    Parameters
    ----------
    table : TomlTable
    parse : callable
        Function from the text of a number to its value.
    after : str, optional
        The value of ``after``.
    previous : str
        The value of ``after`` that makes the column ascending.

    Raises
    ------
    DataError
        If a value is wrong, or a key needs another one.
    """
    strict = table.take("strict", bool, default=False)
    steps = {key: table.take(key, (int, float, str), default=None) for key in ("max_step", "start")}
    for key, value in {"strict": strict or None, **steps}.items():
        if value is not None and after != previous:
            table.fail(key, value, f'after = "{previous}" in the same table')
    max_step = start = None
    if steps["max_step"] is not None:
        max_step = to_decimal(str(steps["max_step"]), ".")
        if max_step is None or max_step <= 0:
            table.fail("max_step", steps["max_step"], "a number above 0, such as 2.5")
    if steps["start"] is not None:
        start = parse(str(steps["start"]))
        if start is None:
            table.fail("start", steps["start"], "a value of the column's format")
    return ColumnRule(
        ascending=after == previous,
        strict=strict,
        max_step=max_step,
        start=start,
        unique=table.take("unique", bool, default=False),
    )


def take_format(table: TomlTable, folder: Path) -> str | None:
    """Take the number format of a column: ``format``, or ``roster``, a file in a folder.

    Raises
    ------
    DataError
        If there is no such format, or both keys are given.
    """
    spec: str | None = table.take("format", str, default=None)
    roster: str | None = table.take("roster", str, default=None)
    if roster is not None and spec is not None:
        table.fail("roster", roster, "either format or roster, not both")
    key, value = ("format", spec) if roster is None else ("roster", roster)
    spec = spec if roster is None else f"roster:{folder / roster}"
    if spec is not None:
        try:
            parse_format(spec)
        except (UnknownNameError, DataError, DataNotFoundError) as error:
            expected = "a number format" if roster is None else "a text file with a value per line"
            table.fail(key, value, f"{expected} ({error})")
    return spec


def take_decimal(top: TomlTable) -> str | None:
    """Take the decimal separator.

    Raises
    ------
    DataError
        If it is neither ``"."`` nor ``","``.
    """
    separator: str | None = top.take("decimal", str, default=None)
    if separator not in (None, ".", ","):
        top.fail("decimal", separator, 'one of "." and ","')
    return separator


def _take_number(table: TomlTable) -> str:
    number: int = table.take("number", int)
    if not 1 <= number <= _MAX_COLUMN:
        table.fail("number", number, f"the number of a column, 1 to {_MAX_COLUMN}")
    return str(number)


def _to_relation(table: TomlTable) -> Relation:
    kind = table.one_of("sum", "less_or_equal")
    numbers = table.take(kind, list)
    if not numbers or not all(type(each) is int and 1 <= each <= _MAX_COLUMN for each in numbers):
        table.fail(kind, numbers, "numbers of columns")
    if kind == "sum":
        numbers = [*numbers, table.take("equals", int)]
    if len(numbers) < 2 or len(set(numbers)) < len(numbers):
        table.fail(kind, numbers, "at least two columns, each only once")
    table.finish()
    return Relation(kind, tuple(map(str, numbers)))
