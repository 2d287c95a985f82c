"""Parse the spec of a number format, such as ``digits:10``."""

from collections.abc import Callable

from numerals.errors import FormatError, UnknownNameError
from numerals.formats.amounts import AmountFormat
from numerals.formats.checksums import parse_ean, parse_isbn, parse_luhn
from numerals.formats.choices import parse_roster
from numerals.formats.dates import parse_date
from numerals.formats.digits import parse_digit_format
from numerals.formats.ibans import parse_iban
from numerals.formats.number_format import NumberFormat, shorten
from numerals.formats.patterns import parse_regex
from numerals.formats.phones import parse_phone
from numerals.formats.ranges import parse_range

MAX_SPEC = 20_000
"""Maximum length of a spec, characters."""


def parse_format(spec: str) -> NumberFormat:
    """Return the format that a spec such as ``"digits:10"`` or ``"date:dmy"`` describes.

    Parameters
    ----------
    spec : str
        The name of a format, followed by a colon and its argument; `SPECS` lists all.

    Returns
    -------
    NumberFormat

    Raises
    ------
    UnknownNameError
        If there is no such format, country, region or order.
    FormatError
        If the argument is not valid or too costly to check, or the spec is too long.
    DataNotFoundError
        If the file of a roster does not exist.
    MissingExtraError
        If the format needs a package that is not installed.

    Examples
    --------
    >>> percent = parse_format("range:0-100")
    >>> percent.accepts("100"), percent.accepts("101"), percent.may_begin("10")
    (True, False, True)
    >>> parse_format("amount").normalize("1.250,-")
    '1250.00'
    """
    if len(spec) > MAX_SPEC:
        raise FormatError(
            f"format {shorten(spec)!r}: got {len(spec):,} characters, expected at most"
            f" {MAX_SPEC:,}; shorten it"
        )
    family, _, argument = spec.partition(":")
    if family not in _PARSERS:
        raise UnknownNameError("number format", shorten(spec), SPECS)
    return _PARSERS[family](spec, argument)


def _parse_amount(name: str, argument: str) -> NumberFormat:
    if argument:
        raise UnknownNameError("kind of amount", shorten(argument), ["amount, without a colon"])
    return AmountFormat(name)


SPECS = (
    "amount",
    "date",
    "date:dmy|mdy|ymd",
    "digits",
    "digits:N",
    "digits:N-M",
    "ean",
    "ean:8|12|13|14",
    "iban:COUNTRY",
    "isbn",
    "isbn:10|13",
    "luhn",
    "luhn:N",
    "phone",
    "phone:REGION",
    "range:LOW-HIGH",
    "range:LOW-HIGH:STEP",
    "regex:PATTERN",
    "roster:PATH",
)
"""All kinds of specs."""

_PARSERS: dict[str, Callable[[str, str], NumberFormat]] = {
    "amount": _parse_amount,
    "date": parse_date,
    "digits": parse_digit_format,
    "ean": parse_ean,
    "iban": parse_iban,
    "isbn": parse_isbn,
    "luhn": parse_luhn,
    "phone": parse_phone,
    "range": parse_range,
    "regex": parse_regex,
    "roster": parse_roster,
}
