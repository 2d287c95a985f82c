"""The format ``range``: an integer or decimal number between two bounds."""

import re
from decimal import Decimal

from numerals.errors import FormatError
from numerals.formats.digits import DIGITS
from numerals.formats.number_format import NumberFormat, shorten

_SPEC = re.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?", re.ASCII)
_MAX_INTEGER_DIGITS, _MAX_DECIMALS = 18, 9  # their sum is within Decimal's precision, 28 digits
_NUMBER = re.compile(r"([+-]?)(\d*)(?:([.,])(\d*))?", re.ASCII)


class RangeFormat(NumberFormat):
    """The numbers ``low``, ``low + step``, ... up to ``high``, with a decimal point or comma.

    Leading zeros are allowed up to the width of the wider bound, and decimals up to the number of
    decimals of the spec.
    """

    def __init__(self, name: str, low: Decimal, high: Decimal, step: Decimal | None = None) -> None:
        values = [value for value in (low, high, step) if value is not None]
        self._decimals = max(-int(value.as_tuple().exponent) for value in values)
        self._unit = 10**self._decimals
        self._low, self._high = int(low * self._unit), int(high * self._unit)
        self._step = 1 if step is None else int(step * self._unit)
        self._width = max(len(str(abs(int(value)))) for value in (low, high))
        signs = "+-" if low < 0 else ""
        super().__init__(name, DIGITS + signs + (".," if self._decimals else ""))

    def _is_prefix(self, text: str) -> bool:
        match = _NUMBER.fullmatch(text)
        if match is None or not self._has_valid_form(match):
            return False
        if not text:
            return True
        sign, integer, mark, decimals = match.groups(default="")
        if mark:
            free = self._decimals - len(decimals)
            first = int(integer + decimals) * 10**free
            return self._overlaps(sign, first, first + 10**free - 1)
        start = int(integer or "0")
        return any(
            self._overlaps(
                sign, start * 10**n_more * self._unit, (start + 1) * 10**n_more * self._unit - 1
            )
            for n_more in range(self._width - len(integer) + 1)
        )

    def _is_valid(self, text: str) -> bool:
        match = _NUMBER.fullmatch(text)
        if match is None or not self._has_valid_form(match) or not text[-1:].isdecimal():
            return False
        value = self._value(match)
        return self._low <= value <= self._high and (value - self._low) % self._step == 0

    def _canonical(self, text: str) -> str:
        match = _NUMBER.fullmatch(text)
        assert match is not None, "only valid numbers have a canonical form"
        value = Decimal(self._value(match)).scaleb(-self._decimals)
        return f"{value:.{self._decimals}f}"

    def _has_valid_form(self, match: re.Match[str]) -> bool:
        sign, integer, mark, decimals = match.groups(default="")
        if len(integer) > self._width or len(decimals) > self._decimals:
            return False
        if sign and self._low >= 0:
            return False
        return not mark or (self._decimals > 0 and integer != "")

    def _value(self, match: re.Match[str]) -> int:
        """Return the value of a number in units of its last decimal."""
        sign, integer, _, decimals = match.groups(default="")
        magnitude = int(integer + decimals.ljust(self._decimals, "0"))
        return -magnitude if sign == "-" else magnitude

    def _overlaps(self, sign: str, first: int, last: int) -> bool:
        """Return whether the range has a value of this sign with a magnitude in [first, last]."""
        if sign == "-":
            first, last = -last, -first
        first, last = max(first, self._low), min(last, self._high)
        to_next_step = (self._low - first) % self._step
        return first + to_next_step <= last


def parse_range(name: str, argument: str) -> NumberFormat:
    """Return the format ``range:LOW-HIGH`` or ``range:LOW-HIGH:STEP``."""
    match = _SPEC.fullmatch(argument)
    if match is None:
        raise FormatError(
            f"format {shorten(name)!r}: got {shorten(argument)!r}, expected LOW-HIGH or "
            "LOW-HIGH:STEP; write range:0-100, range:-20-45 or range:35.0-42.0:0.1, for example"
        )
    if any(_is_too_long(number) for number in match.groups(default="")):
        raise FormatError(
            f"format {shorten(name)!r}: got a number with more than {_MAX_INTEGER_DIGITS} digits "
            f"or {_MAX_DECIMALS} decimals; write shorter numbers, or regex:PATTERN"
        )
    low, high = Decimal(match[1]), Decimal(match[2])
    step = None if match[3] is None else Decimal(match[3])
    if low > high or step == 0:
        raise FormatError(
            f"format {name!r}: the range is empty, expected LOW <= HIGH and STEP > 0; change the "
            "bounds or the step"
        )
    return RangeFormat(name, low, high, step)


def _is_too_long(number: str) -> bool:
    integer, _, decimals = number.lstrip("-").partition(".")
    return len(integer) > _MAX_INTEGER_DIGITS or len(decimals) > _MAX_DECIMALS
