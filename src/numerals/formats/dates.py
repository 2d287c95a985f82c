"""The format ``date``: calendar days, in the orders day-month-year, month-day-year and ISO."""

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache

from numerals.errors import UnknownNameError
from numerals.formats.digits import DIGITS
from numerals.formats.number_format import NumberFormat, shorten

ORDERS = ("dmy", "mdy", "ymd")
_DATE_SEPARATORS = "./-"
_YEARS = range(1583, 3000)  # 1583 is the first full year of the Gregorian calendar
_WIDTHS = {"d": 2, "m": 2, "y": 4}

_Values = frozenset[int]


class DateFormat(NumberFormat):
    """A day of the calendar, whose three fields are separated by ``.``, ``/`` or ``-``.

    Both separators are the same. If there is only one order, two-digit days and months and
    four-digit years may also be written without separators, as in the boxes of a form. A year in
    last position may have two digits, which mean 1969 to 2068.
    """

    def __init__(self, name: str, orders: tuple[str, ...] = ORDERS) -> None:
        super().__init__(name, DIGITS + _DATE_SEPARATORS)
        self._orders = orders

    def _is_prefix(self, text: str) -> bool:
        return any(_has_valid_day(order, values) for order, values in self._parse(text))

    def _is_valid(self, text: str) -> bool:
        return bool(self._days(text))

    def _canonical(self, text: str) -> str:
        """Return the ISO date, or the text itself if the orders give different days."""
        days = self._days(text)
        return days.pop().isoformat() if len(days) == 1 else text

    def _parse(self, text: str, complete: bool = False) -> Iterator[tuple[str, list[_Values]]]:
        """Yield each order with the possible values of its fields, for a date or its beginning."""
        separator = next((character for character in text if character in _DATE_SEPARATORS), None)
        for order in self._orders:
            fields = text.split(separator) if separator else [text]
            if len(fields) <= 3:
                yield order, _separated_values(order, fields, complete)
            if separator is None and len(self._orders) == 1:
                yield order, _unseparated_values(order, text, complete)

    def _days(self, text: str) -> set[date]:
        """Return the days that a complete text means, one for each order at most."""
        days = set()
        for order, values in self._parse(text, complete=True):
            if all(len(choice) == 1 for choice in values) and _has_valid_day(order, values):
                field = {kind: min(choice) for kind, choice in zip(order, values, strict=True)}
                days.add(date(field["y"], field["m"], field["d"]))
        return days


def parse_date(name: str, argument: str) -> NumberFormat:
    """Return the format ``date``, ``date:dmy``, ``date:mdy`` or ``date:ymd``."""
    if argument and argument not in ORDERS:
        raise UnknownNameError("order of a date", shorten(argument), ORDERS)
    return DateFormat(name, (argument,) if argument else ORDERS)


def _separated_values(order: str, fields: list[str], complete: bool) -> list[_Values]:
    """Return the possible days, months and years of separated fields; the last may be partial."""
    values = []
    for i, kind in enumerate(order):
        field = fields[i] if i < len(fields) else ""
        is_complete = complete or i < len(fields) - 1
        values.append(_values(kind, order[2] == "y", False, field, is_complete))
    return values


def _unseparated_values(order: str, text: str, complete: bool) -> list[_Values]:
    """Return the possible days, months and years of a text without separators."""
    values = []
    for kind in order:
        field, text = text[: _WIDTHS[kind]], text[_WIDTHS[kind] :]
        values.append(_values(kind, False, True, field, complete))
    return values if not text else [frozenset()] * 3


@lru_cache(4096)
def _values(kind: str, short: bool, padded: bool, field: str, is_complete: bool) -> _Values:
    """Return the days, months or years that are written as `field`, or begin with it."""
    spellings = _spellings(kind, short, padded)
    if is_complete:
        return frozenset([spellings[field]] if field in spellings else [])
    return frozenset(value for spelling, value in spellings.items() if spelling.startswith(field))


@cache
def _spellings(kind: str, short: bool, padded: bool) -> dict[str, int]:
    """Return the spellings of all days, months or years -> their values.

    Parameters
    ----------
    kind : {"d", "m", "y"}
    short : bool
        Whether years may have two digits.
    padded : bool
        Whether days and months must have two digits.
    """
    if kind == "y":
        years = {str(year): year for year in _YEARS}
        return years | {f"{year % 100:02}": year for year in range(1969, 2069) if short}
    values = range(1, 32 if kind == "d" else 13)
    two_digits = {f"{value:02}": value for value in values}
    return two_digits if padded else two_digits | {str(value): value for value in values}


def _has_valid_day(order: str, values: list[_Values]) -> bool:
    """Return whether some combination of the values is a day of the calendar."""
    by_kind = dict(zip(order, values, strict=True))
    days, months, years = by_kind["d"], by_kind["m"], by_kind["y"]
    if not (days and months and years):
        return False
    year = 2000 if any(isleap(year) for year in years) else 2001
    return min(days) <= max(monthrange(year, month)[1] for month in months)
