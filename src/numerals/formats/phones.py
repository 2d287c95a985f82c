"""The format ``phone``: valid telephone numbers."""

from functools import cache
from typing import TYPE_CHECKING, Any

from numerals.errors import MissingExtraError, UnknownNameError
from numerals.formats.digits import DIGITS
from numerals.formats.number_format import NumberFormat, shorten

if TYPE_CHECKING:
    import regex

_TYPES = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
_PARENTHESES = r"(?:\+?[0-9]{0,8}\([0-9]{1,6}\)[0-9]*|\+?[0-9]*)"
_MAX_PHONE_DIGITS = 28  # international prefix, country code, national prefix and number


class PhoneFormat(NumberFormat):
    """A telephone number of one region, or of any country with ``+`` and the country code.

    Spaces, ``-``, ``.``, ``/`` and one pair of parentheses are allowed between the digits.

    References
    ----------
    The numbering plans are those of libphonenumber, from the ``phonenumbers`` package.
    """

    def __init__(self, name: str, region: str | None) -> None:
        super().__init__(name, DIGITS + "+()", " -./")
        self._region = region
        _phonenumbers()  # raises here if the extra is missing, rather than during a search

    def _is_prefix(self, text: str) -> bool:
        if not _parentheses().fullmatch(text, partial=True):
            return False
        number = text.replace("(", "").replace(")", "")
        if self._region is not None:
            return _plan(self._region).fullmatch(number, partial=True) is not None
        if not number.startswith("+"):
            return not number
        return _may_begin_abroad(number[1:])

    def _is_valid(self, text: str) -> bool:
        return bool(_parentheses().fullmatch(text)) and self._parse(text) is not None

    def _canonical(self, text: str) -> str:
        """Return the number in E.164 form: ``+``, country code, number."""
        library = _phonenumbers()
        return str(library.format_number(self._parse(text), library.PhoneNumberFormat.E164))

    def _parse(self, text: str) -> Any:
        """Return the parsed number of the ``phonenumbers`` package; None if it is not valid."""
        library = _phonenumbers()
        try:
            number = library.parse(text.replace("(", "").replace(")", ""), self._region)
        except library.NumberParseException:
            return None
        if self._region is None:
            return number if library.is_valid_number(number) else None
        return number if library.is_valid_number_for_region(number, self._region) else None


def parse_phone(name: str, argument: str) -> NumberFormat:
    """Return the format ``phone``, with country code, or ``phone:US``, as dialled in a region."""
    regions = _phonenumbers().SUPPORTED_REGIONS
    region = argument.upper()
    if region and region not in regions:
        raise UnknownNameError("region of a telephone number", shorten(argument), regions)
    return PhoneFormat(name, region or None)


def _may_begin_abroad(digits: str) -> bool:
    """Return whether a number of any country may begin with a ``+`` and these digits."""
    countries = _phonenumbers().COUNTRY_CODE_TO_REGION_CODE
    for length in (1, 2, 3):  # no country code is a prefix of another
        if len(digits) >= length and int(digits[:length]) in countries:
            country = int(digits[:length])
            plans = (_plan(region, country) for region in countries[country])
            return any(plan.fullmatch("+" + digits, partial=True) for plan in plans)
    return len(digits) < 3 and any(str(country).startswith(digits) for country in countries)


@cache
def _plan(region: str, country: int | None = None) -> "regex.Pattern[str]":
    """Compile a pattern for the numbers of a region, which consist of ``+`` and digits.

    The pattern also matches some numbers that are not valid: prefixes that are not dialled, and
    any digits in regions whose plan rewrites prefixes.
    """
    import regex

    if region == "001":  # not of a country, such as +800
        metadata = _phonenumbers().PhoneMetadata.metadata_for_nongeo_region(country)
    else:
        metadata = _phonenumbers().PhoneMetadata.metadata_for_region(region)
    if metadata.national_prefix_transform_rule:
        return regex.compile(rf"\+?[0-9]{{1,{_MAX_PHONE_DIGITS}}}")
    kinds = [getattr(metadata, kind) for kind in _TYPES]
    patterns = {kind.national_number_pattern for kind in kinds if kind is not None}
    national = "|".join(f"(?:{pattern})" for pattern in sorted(filter(None, patterns)))
    prefix = metadata.national_prefix_for_parsing or ""
    abroad = f"(?:{metadata.international_prefix})" if metadata.international_prefix else ""
    start = rf"(?:(?:\+|{abroad})?{metadata.country_code})?(?:{prefix})?"
    return regex.compile(f"{start}(?:{national})")


@cache
def _parentheses() -> "regex.Pattern[str]":
    import regex

    return regex.compile(_PARENTHESES)


@cache
def _phonenumbers() -> Any:
    try:
        import phonenumbers
    except ImportError as error:
        raise MissingExtraError("the format phone", "formats") from error
    return phonenumbers
