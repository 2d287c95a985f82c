"""The format ``amount``: money, with points or commas between thousands and before cents."""

import re
from functools import cache
from typing import TYPE_CHECKING

from numerals.formats.number_format import NumberFormat

if TYPE_CHECKING:
    import regex

_PLAIN = r"(?:0|[1-9][0-9]*)(?:[.,](?:[0-9]{2}|--?)|--?)?"
_GROUPED = r"[1-9][0-9]{{0,2}}(?:\{0}[0-9]{{3}})+(?:\{1}(?:[0-9]{{2}}|--?)|--?)?"
_AMOUNT = f"[+-]?(?:{_PLAIN}|{_GROUPED.format('.', ',')}|{_GROUPED.format(',', '.')})"
_PARTS = re.compile(r"([+-]?)([0-9.,]*?)(?:[.,]([0-9]{2})|[.,]?--?)?")


class AmountFormat(NumberFormat):
    """An amount: optional sign, groups of three digits, and two decimals, a dash or nothing.

    Groups are separated by ``.``, ``,`` or a space. An amount has two decimals or none, so
    ``1.250`` always means 1250.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, "0123456789.,+-")

    def _is_prefix(self, text: str) -> bool:
        return _pattern().fullmatch(text, partial=True) is not None

    def _is_valid(self, text: str) -> bool:
        return _pattern().fullmatch(text) is not None

    def _canonical(self, text: str) -> str:
        """Return an amount with a decimal point, two decimals and no thousands separators."""
        match = _PARTS.fullmatch(text)
        assert match is not None, "only valid amounts have a canonical form"
        integer = re.sub("[.,]", "", match[2])
        return f"{match[1].strip('+')}{integer}.{match[3] or '00'}"


@cache
def _pattern() -> "regex.Pattern[str]":
    import regex

    return regex.compile(_AMOUNT)
