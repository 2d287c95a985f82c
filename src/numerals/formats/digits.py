"""The format ``digits``: a given number of digits."""

import re

from numerals.errors import FormatError
from numerals.formats.number_format import NumberFormat, shorten

DIGITS = "0123456789"


class DigitsFormat(NumberFormat):
    """From `min_length` to `max_length` digits; None means without an upper bound."""

    def __init__(self, name: str, min_length: int = 1, max_length: int | None = None) -> None:
        super().__init__(name, DIGITS)
        self._min_length = min_length
        self._max_length = max_length

    def _is_prefix(self, text: str) -> bool:
        if not text:
            return True
        return text.isdecimal() and (self._max_length is None or len(text) <= self._max_length)

    def _is_valid(self, text: str) -> bool:
        return self._min_length <= len(text) and self._is_prefix(text)


def parse_digit_format(name: str, argument: str) -> NumberFormat:
    """Return the format ``digits``, ``digits:10`` or ``digits:8-12``."""
    if not argument:
        return DigitsFormat(name)
    lengths = parse_lengths(name, argument)
    return DigitsFormat(name, lengths[0], lengths[-1])


def parse_lengths(name: str, argument: str) -> range:
    """Parse a number of digits, such as ``10``, or a range of them, such as ``8-12``.

    Raises
    ------
    FormatError
        If `argument` is neither, or an empty range.
    """
    match = re.fullmatch(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", argument)
    lengths = range(0)
    if match:
        lengths = range(int(match[1]), int(match[2] or match[1]) + 1)
    if not lengths or lengths[0] < 1:
        raise FormatError(
            f"format {shorten(name)!r}: got {shorten(argument)!r}, expected a number of digits; "
            "write 10, or 8-12 for 8 to 12"
        )
    return lengths
