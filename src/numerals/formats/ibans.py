"""The format ``iban``: the digits of an IBAN after the two letters of its country."""

from numerals.errors import UnknownNameError
from numerals.formats.digits import DIGITS
from numerals.formats.number_format import NumberFormat, shorten

# Number of digits after the country and its two check digits, from the SWIFT IBAN Registry, release
# 101. Account numbers of other countries always contain letters. Those of AD, AL, CH, CY, FR, GR,
# KZ, LB, LI, LU, MC, MK, OM, RU, SA, TR and UA may contain letters, which cannot be read.
_COUNTRIES = {
    11: "NO",
    12: "BE",
    14: "DK FI FO GL SD",
    15: "MK SI",
    16: "AT BA EE KZ LT LU MN XK",
    17: "CH HR LI",
    18: "CR DE ME RS VA",
    19: "AE IL OM SO TL",
    20: "AD CZ ES SA SE SK TN",
    21: "LY PT ST",
    22: "IS TR",
    23: "BI DJ FR GR MC MR",
    24: "AL CY HU LB PL",
    25: "EG UA",
    29: "RU",
}
_ACCOUNT_LENGTHS = {
    country: n for n, countries in _COUNTRIES.items() for country in countries.split()
}


class IbanFormat(NumberFormat):
    """An IBAN of one country without its two letters: two check digits, then the account number.

    References
    ----------
    ISO 13616-1:2020, annex A: the account number, followed by the letters as numbers from 10 and
    the check digits, is 1 modulo 97.
    """

    def __init__(self, name: str, country: str) -> None:
        super().__init__(name, DIGITS)
        self._length = 2 + _ACCOUNT_LENGTHS[country]
        self._country = "".join(str(int(letter, 36)) for letter in country)

    def _is_prefix(self, text: str) -> bool:
        if not text.isdecimal():
            return not text
        if len(text) >= 2 and not 2 <= int(text[:2]) <= 98:
            return False
        left = self._length - len(text)
        if left == 1:
            return any(self._is_valid(text + last) for last in DIGITS)
        return left > 1 or self._is_valid(text)  # two free digits allow all remainders

    def _is_valid(self, text: str) -> bool:
        if len(text) != self._length or not text.isdecimal() or not 2 <= int(text[:2]) <= 98:
            return False
        return int(text[2:] + self._country + text[:2]) % 97 == 1


def parse_iban(name: str, argument: str) -> NumberFormat:
    """Return the format ``iban:DE``, or that of another country with numeric account numbers."""
    country = argument.upper()
    if country not in _ACCOUNT_LENGTHS:
        raise UnknownNameError("country of an IBAN of digits", shorten(argument), _ACCOUNT_LENGTHS)
    return IbanFormat(name, country)
