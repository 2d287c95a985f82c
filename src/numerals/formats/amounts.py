"""``amount``: money, with either of the two conventions for thousands and cents."""

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
    """An amount: a sign, groups of three by ``.``, ``,`` or a space, two decimals or a dash.

    It has two decimals or none, so that ``1.250`` is always twelve hundred and fifty.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, "0123456789.,+-")

    def _begins(self, text: str) -> bool:
        return _pattern().fullmatch(text, partial=True) is not None

    def _fits(self, text: str) -> bool:
        return _pattern().fullmatch(text) is not None

    def _canonical(self, text: str) -> str:
        """Return it with a point, two decimals and nothing between thousands."""
        match = _PARTS.fullmatch(text)
        assert match is not None, "only what fits has a canonical form"
        whole = re.sub("[.,]", "", match[2])
        return f"{match[1].strip('+')}{whole}.{match[3] or '00'}"


@cache
def _pattern() -> "regex.Pattern[str]":
    import regex

    return regex.compile(_AMOUNT)
