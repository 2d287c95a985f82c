"""Numbers as people write them -> exact decimal numbers."""

import re
from decimal import Decimal

_LEFT_OUT = re.compile(r"[\s'’_€$£¥₹]|\b(EUR|USD|GBP|CHF|INR)\b")
_SIGNS = str.maketrans({"−": "-", "–": "-", "٬": None})
_NO_CENTS = re.compile(r"[.,]-+$")  # 12,- is 12


def to_decimal(text: str, decimal: str | None = None) -> Decimal | None:
    """Return the number that a text means, or None if it is none.

    Parameters
    ----------
    text : str
        Digits of any script, grouped or not: ``1.250,50``, ``1,250.50``, ``1 250,-``.
    decimal : {".", ","}, optional
        What stands before the decimals. By default the last sign of two kinds does, and so does a
        lone one, unless it groups thousands: ``1.250`` is twelve hundred and fifty.

    Examples
    --------
    >>> to_decimal("1.250,50"), to_decimal("1,250.50"), to_decimal("1.250", decimal=".")
    (Decimal('1250.50'), Decimal('1250.50'), Decimal('1.250'))
    """
    plain = _NO_CENTS.sub("", _LEFT_OUT.sub("", text.translate(_SIGNS)))
    if "٫" in plain:  # Arabic has a sign that is nothing else
        plain, decimal = plain.replace("٫", "."), "."
    is_negative = plain.startswith("-") or plain.endswith("-")
    plain = plain.removesuffix("-") if plain.endswith("-") else plain.removeprefix("-")
    point = decimal or _decimal_sign(plain)
    group = "," if point == "." else "."
    whole, _, rest = plain.partition(point)
    if not re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+|\d*", whole) or not _is_digits(rest):
        return None
    digits = whole.replace(group, "")
    if not digits and not rest:
        return None
    number = Decimal(f"{digits or '0'}.{rest or '0'}") if rest else Decimal(digits)
    return -number if is_negative else number


def _decimal_sign(plain: str) -> str:
    """Return which of the signs in a number stands before its decimals."""
    last = max(plain.rfind("."), plain.rfind(","))
    sign = plain[last] if last >= 0 else "."
    other = "," if sign == "." else "."
    groups = re.fullmatch(rf"[^0]\d{{0,2}}(\{sign}\d{{3}})+", plain) is not None
    return other if groups or plain.count(sign) > 1 else sign


def _is_digits(text: str) -> bool:
    return not text or text.isdecimal()
