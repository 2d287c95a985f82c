"""Column types that check each value they read: SQLite stores values of any type in any cell."""

import json
import math
from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect, Float, Integer, LargeBinary, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from numerals.errors import StoreError

_MAX_SHOWN = 40  # characters of a damaged value in a message


class _CheckedType(TypeDecorator[Any]):
    """Column type that raises StoreError for a value of another Python type.

    The result processor of SQLAlchemy's own type is not called: the drivers return these types
    unchanged, and `LargeBinary` would allocate as many bytes as a damaged cell specifies.

    Attributes
    ----------
    expected : str
        The expected type, for messages.
    is_nullable : bool
        Whether NULL is valid.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True
    expected = ""
    is_nullable = False

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return the function that checks a value."""
        return self._check

    def _check(self, value: Any) -> Any:
        converted = None if value is None else self.convert(value)
        if converted is None and not (value is None and self.is_nullable):
            raise StoreError(
                f"the store is damaged: a cell that should hold {self.expected} holds "
                f"{_describe(value)}; restore the store from a backup, or find the damaged reading "
                "(numerals store export --id N fails for it) and remove it: numerals store delete "
                "--id N"
            )
        return converted

    def convert(self, value: Any) -> Any:
        """Return the Python value; None if `value` has another type."""
        raise NotImplementedError


class TextCell(_CheckedType):
    """Text of any length."""

    cache_ok = True
    expected = "a text"

    def convert(self, value: Any) -> Any:
        """Return a str."""
        return value if isinstance(value, str) else None


class NullableText(TextCell):
    """Text, or NULL."""

    cache_ok = True
    is_nullable = True


class ShortText(TextCell):
    """Text of limited length: ``ShortText(32)``."""

    impl = String
    cache_ok = True


class IntegerCell(_CheckedType):
    """Integer."""

    impl = Integer
    cache_ok = True
    expected = "a whole number"

    def convert(self, value: Any) -> Any:
        """Return an int."""
        return value if type(value) is int else None


class NullableInteger(IntegerCell):
    """Integer, or NULL."""

    cache_ok = True
    is_nullable = True


class FloatCell(_CheckedType):
    """Finite number."""

    impl = Float
    cache_ok = True
    expected = "a finite number"

    def convert(self, value: Any) -> Any:
        """Return a finite float."""
        is_finite_number = type(value) in (int, float) and math.isfinite(value)
        return float(value) if is_finite_number else None


class NullableBytes(_CheckedType):
    """Bytes of a picture, or NULL."""

    impl = LargeBinary
    cache_ok = True
    expected = "a picture"
    is_nullable = True

    def convert(self, value: Any) -> Any:
        """Return bytes."""
        return bytes(value) if isinstance(value, bytes | memoryview) else None


def json_value(text: str) -> Any:
    """Parse JSON as RFC 8259 defines it, without NaN and infinities.

    Raises
    ------
    ValueError
        If the text is not JSON, or a number in it is not finite.
    """
    return json.loads(text, parse_constant=_parse_finite, parse_float=_parse_finite)


def _parse_finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number


def _describe(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {str(value)[:_MAX_SHOWN]!r}"
