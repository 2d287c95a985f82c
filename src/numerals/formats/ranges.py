"""``range``: a whole or decimal number between two bounds."""

import re
from decimal import Decimal

from numerals.errors import FormatError
from numerals.formats.digits import DIGITS
from numerals.formats.number_format import NumberFormat, shorten

_SPEC = re.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?", re.ASCII)
_MAX_WHOLE, _MAX_DECIMALS = 18, 9  # digits; together within the 28 that Decimal computes with
_NUMBER = re.compile(r"([+-]?)(\d*)(?:([.,])(\d*))?", re.ASCII)


class RangeFormat(NumberFormat):
    """The numbers ``low``, ``low + step``, ... up to ``high``, with either decimal mark.

    Zeros may lead up to the width of the wider bound, and as many decimals follow as the spec
    has; fewer will do.
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

    def _begins(self, text: str) -> bool:
        match = _NUMBER.fullmatch(text)
        if match is None or not self._is_written_well(match):
            return False
        if not text:
            return True
        sign, whole, mark, decimals = match.groups(default="")
        if mark:
            free = self._decimals - len(decimals)
            first = int(whole + decimals) * 10**free
            return self._has(sign, first, first + 10**free - 1)
        start = int(whole or "0")
        return any(
            self._has(sign, start * 10**more * self._unit, (start + 1) * 10**more * self._unit - 1)
            for more in range(self._width - len(whole) + 1)
        )

    def _fits(self, text: str) -> bool:
        match = _NUMBER.fullmatch(text)
        if match is None or not self._is_written_well(match) or not text[-1:].isdecimal():
            return False
        value = self._value(match)
        return self._low <= value <= self._high and (value - self._low) % self._step == 0

    def _canonical(self, text: str) -> str:
        match = _NUMBER.fullmatch(text)
        assert match is not None, "only what fits has a canonical form"
        value = Decimal(self._value(match)).scaleb(-self._decimals)
        return f"{value:.{self._decimals}f}"

    def _is_written_well(self, match: re.Match[str]) -> bool:
        sign, whole, mark, decimals = match.groups(default="")
        if len(whole) > self._width or len(decimals) > self._decimals:
            return False
        if sign and self._low >= 0:
            return False
        return not mark or (self._decimals > 0 and whole != "")

    def _value(self, match: re.Match[str]) -> int:
        """In units of the last decimal."""
        sign, whole, _, decimals = match.groups(default="")
        size = int(whole + decimals.ljust(self._decimals, "0"))
        return -size if sign == "-" else size

    def _has(self, sign: str, first: int, last: int) -> bool:
        """Whether a value of the range has a size from `first` to `last`, and this sign."""
        if sign == "-":
            first, last = -last, -first
        first, last = max(first, self._low), min(last, self._high)
        behind = (self._low - first) % self._step  # to the next value that a step reaches
        return first + behind <= last


def parse_range(name: str, argument: str) -> NumberFormat:
    """Make ``range:LOW-HIGH`` or ``range:LOW-HIGH:STEP``."""
    match = _SPEC.fullmatch(argument)
    if match is None:
        raise FormatError(
            f"format {shorten(name)!r}: write range:LOW-HIGH or range:LOW-HIGH:STEP, such as "
            "range:0-100, range:-20-45 or range:35.0-42.0:0.1"
        )
    if any(_is_too_long(number) for number in match.groups(default="")):
        raise FormatError(
            f"format {shorten(name)!r}: a number of more than {_MAX_WHOLE} digits, or more than "
            f"{_MAX_DECIMALS} decimals; write shorter ones, or regex:PATTERN"
        )
    low, high = Decimal(match[1]), Decimal(match[2])
    step = None if match[3] is None else Decimal(match[3])
    if low > high or step == 0:
        raise FormatError(
            f"format {name!r} has no numbers; its low bound comes first, its step is > 0"
        )
    return RangeFormat(name, low, high, step)


def _is_too_long(number: str) -> bool:
    whole, _, decimals = number.lstrip("-").partition(".")
    return len(whole) > _MAX_WHOLE or len(decimals) > _MAX_DECIMALS
