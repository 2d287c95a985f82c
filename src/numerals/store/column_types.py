"""Columns whose values are what they should be: SQLite keeps values of any kind in any cell."""

import json
import math
from collections.abc import Callable
from typing import Any

from sqlalchemy import Dialect, Float, Integer, LargeBinary, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from numerals.errors import StoreError

_Check = Callable[[Any], Any]


class _Cell(TypeDecorator[Any]):
    """Check each value that is read; `holds` is what it should be, for messages.

    The database's own conversion of values is left out: the drivers return these kinds as they are,
    and to make bytes of a damaged number would ask for that much memory.
    """

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True
    holds = ""
    may_be_null = False

    def result_processor(self, dialect: Dialect, coltype: object) -> _Check:
        """Return the function that checks a value."""
        return self._checked

    def _checked(self, value: Any) -> Any:
        found = None if value is None else self.convert(value)
        if found is None and not (value is None and self.may_be_null):
            raise StoreError(
                f"the store is damaged: a cell that should hold {self.holds} holds "
                f"{_shown(value)}; restore the store from a backup, or find the damaged reading "
                "(numerals store export --id N fails for it) and remove it: numerals store delete "
                "--id N"
            )
        return found

    def convert(self, value: Any) -> Any:
        """Return a value as it is used; None if it is of another kind."""
        raise NotImplementedError


class TextCell(_Cell):
    """A text of any length."""

    cache_ok = True
    holds = "a text"

    def convert(self, value: Any) -> Any:
        """Return a text."""
        return value if isinstance(value, str) else None


class NullableText(TextCell):
    """A text, or nothing."""

    cache_ok = True
    may_be_null = True


class ShortText(TextCell):
    """A text of limited length: ``ShortText(32)``."""

    impl = String
    cache_ok = True


class IntegerCell(_Cell):
    """A whole number."""

    impl = Integer
    cache_ok = True
    holds = "a whole number"

    def convert(self, value: Any) -> Any:
        """Return a whole number."""
        return value if type(value) is int else None


class FloatCell(_Cell):
    """A finite number."""

    impl = Float
    cache_ok = True
    holds = "a finite number"

    def convert(self, value: Any) -> Any:
        """Return a finite number."""
        is_number = type(value) in (int, float) and math.isfinite(value)
        return float(value) if is_number else None


class NullableBytes(_Cell):
    """Bytes, or nothing."""

    impl = LargeBinary
    cache_ok = True
    holds = "a picture"
    may_be_null = True

    def convert(self, value: Any) -> Any:
        """Return bytes."""
        return bytes(value) if isinstance(value, bytes | memoryview) else None


def json_value(text: str) -> Any:
    """Return what a JSON text holds; ValueError for numbers that are not finite, as in JSON."""
    return json.loads(text, parse_constant=_finite, parse_float=_finite)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no finite number")
    return number


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"
