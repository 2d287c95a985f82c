"""``digits``: so many digits."""

import re

from numerals.errors import FormatError
from numerals.formats.number_format import NumberFormat, shorten

DIGITS = "0123456789"


class DigitsFormat(NumberFormat):
    """From `low` to `high` digits; without an upper bound where `high` is None."""

    def __init__(self, name: str, low: int = 1, high: int | None = None) -> None:
        super().__init__(name, DIGITS)
        self._low = low
        self._high = high

    def _begins(self, text: str) -> bool:
        return not text or (text.isdecimal() and (self._high is None or len(text) <= self._high))

    def _fits(self, text: str) -> bool:
        return self._low <= len(text) and self._begins(text)


def parse_digits(name: str, argument: str) -> NumberFormat:
    """Make ``digits``, ``digits:10`` or ``digits:8-12``."""
    if not argument:
        return DigitsFormat(name)
    lengths = parse_lengths(name, argument)
    return DigitsFormat(name, lengths[0], lengths[-1])


def parse_lengths(name: str, argument: str) -> range:
    """Return the lengths that ``10`` or ``8-12`` names.

    Raises
    ------
    FormatError
        If it is neither, or names none.
    """
    match = re.fullmatch(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", argument)
    lengths = range(0)
    if match:
        lengths = range(int(match[1]), int(match[2] or match[1]) + 1)
    if not lengths or lengths[0] < 1:
        raise FormatError(
            f"format {shorten(name)!r} is no count of digits; write 10, or 8-12 for 8 to 12"
        )
    return lengths
