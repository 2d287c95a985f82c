"""``date``: days of the calendar, in the three usual orders."""

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache

from numerals.errors import UnknownNameError
from numerals.formats.digits import DIGITS
from numerals.formats.number_format import NumberFormat, shorten

ORDERS = ("dmy", "mdy", "ymd")
_MARKS = "./-"
_YEARS = range(1583, 3000)  # from the first whole year of the Gregorian calendar
_WIDTHS = {"d": 2, "m": 2, "y": 4}

_Values = frozenset[int]


class DateFormat(NumberFormat):
    """A real day, its three parts apart by ``.``, ``/`` or ``-``, the same one twice.

    Where the order is given, two-digit days and months and four-digit years may also stand
    without marks, as in the boxes of a form. A year that comes last may have two digits, which
    mean 1969 to 2068.
    """

    def __init__(self, name: str, orders: tuple[str, ...] = ORDERS) -> None:
        super().__init__(name, DIGITS + _MARKS)
        self._orders = orders

    def _begins(self, text: str) -> bool:
        return any(_holds_a_day(order, values) for order, values in self._readings(text))

    def _fits(self, text: str) -> bool:
        return bool(self._days(text))

    def _canonical(self, text: str) -> str:
        """Return year-month-day, unless the orders disagree about which day it is."""
        days = self._days(text)
        return days.pop().isoformat() if len(days) == 1 else text

    def _readings(self, text: str, whole: bool = False) -> Iterator[tuple[str, list[_Values]]]:
        """Yield each order with what its parts may be, if the text is the beginning of a date."""
        mark = next((character for character in text if character in _MARKS), None)
        for order in self._orders:
            parts = text.split(mark) if mark else [text]
            if len(parts) <= 3:
                yield order, _marked_values(order, parts, whole)
            if mark is None and len(self._orders) == 1:
                yield order, _boxed_values(order, text, whole)

    def _days(self, text: str) -> set[date]:
        days = set()
        for order, values in self._readings(text, whole=True):
            if all(len(choice) == 1 for choice in values) and _holds_a_day(order, values):
                part = {kind: min(choice) for kind, choice in zip(order, values, strict=True)}
                days.add(date(part["y"], part["m"], part["d"]))
        return days


def parse_date(name: str, argument: str) -> NumberFormat:
    """Make ``date``, or ``date:dmy``, ``date:mdy`` or ``date:ymd``."""
    if argument and argument not in ORDERS:
        raise UnknownNameError("order of a date", shorten(argument), ORDERS)
    return DateFormat(name, (argument,) if argument else ORDERS)


def _marked_values(order: str, parts: list[str], whole: bool) -> list[_Values]:
    """Return what day, month and year may be, of parts that marks divide; the last may go on."""
    values = []
    for i, kind in enumerate(order):
        part = parts[i] if i < len(parts) else ""
        ended = whole or i < len(parts) - 1
        values.append(_values(kind, order[2] == "y", False, part, ended))
    return values


def _boxed_values(order: str, text: str, whole: bool) -> list[_Values]:
    """Return what they may be in a text without marks."""
    values = []
    for kind in order:
        part, text = text[: _WIDTHS[kind]], text[_WIDTHS[kind] :]
        values.append(_values(kind, False, True, part, whole))
    return values if not text else [frozenset()] * 3


@lru_cache(4096)
def _values(kind: str, short: bool, boxed: bool, part: str, ended: bool) -> _Values:
    """Return the days, months or years that are written as `part`, or begin with it."""
    forms = _forms(kind, short, boxed)
    if ended:
        return frozenset([forms[part]] if part in forms else [])
    return frozenset(value for form, value in forms.items() if form.startswith(part))


@cache
def _forms(kind: str, short: bool, boxed: bool) -> dict[str, int]:
    """How each day, month or year may be written; `short` admits years of two digits."""
    if kind == "y":
        years = {str(year): year for year in _YEARS}
        return years | {f"{year % 100:02}": year for year in range(1969, 2069) if short}
    values = range(1, 32 if kind == "d" else 13)
    padded = {f"{value:02}": value for value in values}
    return padded if boxed else padded | {str(value): value for value in values}


def _holds_a_day(order: str, values: list[_Values]) -> bool:
    """Whether one choice of each value is a day of the calendar."""
    by_kind = dict(zip(order, values, strict=True))
    days, months, years = by_kind["d"], by_kind["m"], by_kind["y"]
    if not (days and months and years):
        return False
    year = 2000 if any(isleap(year) for year in years) else 2001
    return min(days) <= max(monthrange(year, month)[1] for month in months)
