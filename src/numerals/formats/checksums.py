"""``luhn``, ``ean`` and ``isbn``: digits of which the last one checks the others."""

from collections.abc import Callable

from numerals.errors import FormatError
from numerals.formats.digits import DIGITS, parse_lengths
from numerals.formats.number_format import NumberFormat, shorten

_EAN_LENGTHS = (8, 12, 13, 14)  # GTIN-8, UPC-A, EAN-13, GTIN-14
_LONGEST = 64  # digits of a Luhn number without a stated length


class CheckedFormat(NumberFormat):
    """Digits of one of some lengths, the last of which is right.

    Parameters
    ----------
    name : str
    lengths : collection of int
        How many digits it may have.
    is_right : callable (str) -> bool
        Whether digits of such a length pass the check; the last digit can always make them.
    separators : str, default=" "
    """

    def __init__(
        self,
        name: str,
        lengths: range | tuple[int, ...],
        is_right: Callable[[str], bool],
        separators: str = " ",
    ) -> None:
        super().__init__(name, DIGITS, separators)
        self._lengths = lengths
        self._is_right = is_right

    def _begins(self, text: str) -> bool:
        if not text.isdecimal():
            return not text
        return len(text) < self._lengths[-1] or self._fits(text)

    def _fits(self, text: str) -> bool:
        return len(text) in self._lengths and text.isdecimal() and self._is_right(text)


class IsbnFormat(NumberFormat):
    """An ISBN of 13 digits, or of 10 if its check is a digit (an X cannot be read)."""

    def __init__(self, name: str, lengths: tuple[int, ...] = (10, 13)) -> None:
        super().__init__(name, DIGITS, " -")
        self._lengths = lengths

    def _begins(self, text: str) -> bool:
        if not text.isdecimal():
            return not text
        return (10 in self._lengths and _begins_isbn10(text)) or (
            13 in self._lengths and _begins_isbn13(text)
        )

    def _fits(self, text: str) -> bool:
        if len(text) not in self._lengths or not text.isdecimal():
            return False
        return _begins_isbn10(text) if len(text) == 10 else _begins_isbn13(text)


def _begins_isbn10(text: str) -> bool:
    if len(text) == 9:  # for one in eleven the check would be an X
        return any(isbn10_is_right(text + last) for last in DIGITS)
    return len(text) < 9 or (len(text) == 10 and isbn10_is_right(text))


def _begins_isbn13(text: str) -> bool:
    if not any(prefix.startswith(text[:3]) for prefix in ("978", "979")):
        return False
    return len(text) < 13 or (len(text) == 13 and ean_is_right(text))


def luhn_is_right(digits: str) -> bool:
    """Check digits by Luhn's rule: every second one, from the right, counts double.

    References
    ----------
    ISO/IEC 7812-1, annex B.
    """
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[::-2]))) % 10 == 0


def ean_is_right(digits: str) -> bool:
    """Check digits by the rule of EAN, UPC and ISBN-13: every second one counts three times.

    References
    ----------
    GS1 General Specifications, section 7.9.1.
    """
    return (3 * sum(map(int, digits[-2::-2])) + sum(map(int, digits[::-2]))) % 10 == 0


def isbn10_is_right(digits: str) -> bool:
    """Check ten digits by the rule of ISBN-10: weights 10 to 1, a sum that 11 divides.

    References
    ----------
    ISO 2108:1992.
    """
    return sum(weight * int(digit) for weight, digit in enumerate(digits[::-1], 1)) % 11 == 0


def parse_luhn(name: str, argument: str) -> NumberFormat:
    """Make ``luhn``, ``luhn:16`` or ``luhn:13-19``."""
    lengths = parse_lengths(name, argument) if argument else range(2, _LONGEST + 1)
    return CheckedFormat(name, lengths, luhn_is_right, " -")


def parse_ean(name: str, argument: str) -> NumberFormat:
    """Make ``ean``, or ``ean:8``, ``ean:12``, ``ean:13`` or ``ean:14``."""
    return CheckedFormat(name, _one_of(name, argument, _EAN_LENGTHS), ean_is_right)


def parse_isbn(name: str, argument: str) -> NumberFormat:
    """Make ``isbn``, or ``isbn:10`` or ``isbn:13``."""
    return IsbnFormat(name, _one_of(name, argument, (10, 13)))


def _one_of(name: str, argument: str, lengths: tuple[int, ...]) -> tuple[int, ...]:
    if not argument:
        return lengths
    if argument not in map(str, lengths):
        known = ", ".join(map(str, lengths))
        raise FormatError(f"format {shorten(name)!r}: expected one of {known} digits")
    return (int(argument),)
