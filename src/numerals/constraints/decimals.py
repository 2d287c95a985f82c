"""Parse numbers as people write them to exact decimal numbers."""

import re
from decimal import Decimal

_IGNORED = re.compile(r"[\s'’_€$£¥₹]|\b(EUR|USD|GBP|CHF|INR)\b")
_SIGNS = str.maketrans({"−": "-", "–": "-", "٬": None})
_NO_DECIMALS = re.compile(r"[.,]-+$")  # as in "12,-"


def to_decimal(text: str, decimal: str | None = None) -> Decimal | None:
    """Return a text as a number, or None if it is not a number.

    Parameters
    ----------
    text : str
        Digits of any script, grouped or not: ``1.250,50``, ``1,250.50``, ``1 250,-``.
    decimal : {".", ","}, optional
        The decimal separator. By default it is inferred: the last of two different separators, or
        a single separator unless it groups thousands, so that ``1.250`` is 1250.

    Examples
    --------
    >>> to_decimal("1.250,50"), to_decimal("1,250.50"), to_decimal("1.250", decimal=".")
    (Decimal('1250.50'), Decimal('1250.50'), Decimal('1.250'))
    """
    plain = _NO_DECIMALS.sub("", _IGNORED.sub("", text.translate(_SIGNS)))
    if "٫" in plain:  # the Arabic decimal separator
        plain, decimal = plain.replace("٫", "."), "."
    is_negative = plain.startswith("-") or plain.endswith("-")
    plain = plain.removesuffix("-") if plain.endswith("-") else plain.removeprefix("-")
    separator = decimal or _infer_separator(plain)
    group = "," if separator == "." else "."
    whole, _, fraction = plain.partition(separator)
    if not re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+|\d*", whole):
        return None
    if fraction and not fraction.isdecimal():
        return None
    digits = whole.replace(group, "")
    if not digits and not fraction:
        return None
    number = Decimal(f"{digits or '0'}.{fraction}") if fraction else Decimal(digits)
    return -number if is_negative else number


def _infer_separator(plain: str) -> str:
    """Return the decimal separator of a number, "." or ","."""
    last = max(plain.rfind("."), plain.rfind(","))
    separator = plain[last] if last >= 0 else "."
    other = "," if separator == "." else "."
    is_grouping = re.fullmatch(rf"[^0]\d{{0,2}}(\{separator}\d{{3}})+", plain) is not None
    return other if is_grouping or plain.count(separator) > 1 else separator
