"""The formats ``luhn``, ``ean`` and ``isbn``: digits with a check digit at the end."""

from collections.abc import Callable

from numerals.errors import FormatError
from numerals.formats.digits import DIGITS, parse_lengths
from numerals.formats.number_format import NumberFormat, shorten

_EAN_LENGTHS = (8, 12, 13, 14)  # GTIN-8, UPC-A, EAN-13, GTIN-14
_MAX_LUHN_DIGITS = 64  # if the spec has no length


class CheckedFormat(NumberFormat):
    """Digits with a valid check digit at the end.

    Parameters
    ----------
    name : str
    lengths : collection of int
        Allowed numbers of digits, in ascending order.
    passes_check : callable (str) -> bool
        Whether a string of digits passes the check. For any leading digits there must be a check
        digit that passes.
    separators : str, default=" "
    """

    def __init__(
        self,
        name: str,
        lengths: range | tuple[int, ...],
        passes_check: Callable[[str], bool],
        separators: str = " ",
    ) -> None:
        super().__init__(name, DIGITS, separators)
        self._lengths = lengths
        self._passes_check = passes_check

    def _is_prefix(self, text: str) -> bool:
        if not text.isdecimal():
            return not text
        return len(text) < self._lengths[-1] or self._is_valid(text)

    def _is_valid(self, text: str) -> bool:
        return len(text) in self._lengths and text.isdecimal() and self._passes_check(text)


class IsbnFormat(NumberFormat):
    """An ISBN of 13 digits, or of 10 whose check digit is not X (models do not read letters)."""

    def __init__(self, name: str, lengths: tuple[int, ...] = (10, 13)) -> None:
        super().__init__(name, DIGITS, " -")
        self._lengths = lengths

    def _is_prefix(self, text: str) -> bool:
        if not text.isdecimal():
            return not text
        return (10 in self._lengths and _is_isbn10_prefix(text)) or (
            13 in self._lengths and _is_isbn13_prefix(text)
        )

    def _is_valid(self, text: str) -> bool:
        if len(text) not in self._lengths or not text.isdecimal():
            return False
        return _is_isbn10_prefix(text) if len(text) == 10 else _is_isbn13_prefix(text)


def _is_isbn10_prefix(text: str) -> bool:
    if len(text) == 9:  # one in eleven needs an X as check digit
        return any(is_isbn10_valid(text + last) for last in DIGITS)
    return len(text) < 9 or (len(text) == 10 and is_isbn10_valid(text))


def _is_isbn13_prefix(text: str) -> bool:
    if not any(prefix.startswith(text[:3]) for prefix in ("978", "979")):
        return False
    return len(text) < 13 or (len(text) == 13 and is_ean_valid(text))


def is_luhn_valid(digits: str) -> bool:
    """Return whether digits pass the Luhn check: every second digit from the right is doubled.

    References
    ----------
    ISO/IEC 7812-1, annex B.
    """
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[::-2]))) % 10 == 0


def is_ean_valid(digits: str) -> bool:
    """Return whether digits pass the check of EAN, UPC and ISBN-13: weights 1 and 3 alternate.

    References
    ----------
    GS1 General Specifications, section 7.9.1.
    """
    return (3 * sum(map(int, digits[-2::-2])) + sum(map(int, digits[::-2]))) % 10 == 0


def is_isbn10_valid(digits: str) -> bool:
    """Return whether ten digits pass the ISBN-10 check: the sum, weighted 10 to 1, is 0 modulo 11.

    References
    ----------
    ISO 2108:1992.
    """
    return sum(weight * int(digit) for weight, digit in enumerate(digits[::-1], 1)) % 11 == 0


def parse_luhn(name: str, argument: str) -> NumberFormat:
    """Return the format ``luhn``, ``luhn:16`` or ``luhn:13-19``."""
    lengths = parse_lengths(name, argument) if argument else range(2, _MAX_LUHN_DIGITS + 1)
    return CheckedFormat(name, lengths, is_luhn_valid, " -")


def parse_ean(name: str, argument: str) -> NumberFormat:
    """Return the format ``ean``, ``ean:8``, ``ean:12``, ``ean:13`` or ``ean:14``."""
    return CheckedFormat(name, _choose_length(name, argument, _EAN_LENGTHS), is_ean_valid)


def parse_isbn(name: str, argument: str) -> NumberFormat:
    """Return the format ``isbn``, ``isbn:10`` or ``isbn:13``."""
    return IsbnFormat(name, _choose_length(name, argument, (10, 13)))


def _choose_length(name: str, argument: str, lengths: tuple[int, ...]) -> tuple[int, ...]:
    if not argument:
        return lengths
    if argument not in map(str, lengths):
        known = ", ".join(map(str, lengths))
        raise FormatError(
            f"format {shorten(name)!r}: got {shorten(argument)!r} digits, expected one of {known};"
            " change the number after the colon"
        )
    return (int(argument),)
