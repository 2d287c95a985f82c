"""Strict reading of TOML: values are checked for their type, and unknown keys are errors."""

import tomllib
from pathlib import Path
from typing import Any, NoReturn

from numerals.errors import DataError
from numerals.untrusted import read_bounded, reading_untrusted

MAX_TOML_BYTES = 1 << 22
"""Maximum size of a TOML file."""

_TYPE_NAMES = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
}
_MAX_SHOWN = 80  # characters of a value in an error message
_MISSING = object()


class TomlTable:
    """One table of a TOML file, whose keys are taken one by one.

    Parameters
    ----------
    values : dict
    location : str
        The file and the table, for error messages.
    """

    def __init__(self, values: dict[str, Any], location: str) -> None:
        self._values = dict(values)
        self._location = location
        self._known: list[str] = []

    def take(self, key: str, kind: type | tuple[type, ...], *, default: Any = _MISSING) -> Any:
        """Return the value of a key.

        Parameters
        ----------
        key : str
        kind : {str, int, float, bool, list} or tuple of them
            The types that the value may have.
        default : optional
            The value of a missing key; without it, a missing key is an error.

        Raises
        ------
        DataError
            If the key is missing, or its value has another type.
        """
        self._known.append(key)
        kinds = kind if isinstance(kind, tuple) else (kind,)
        expected = " or ".join(_TYPE_NAMES[each] for each in kinds)
        if key not in self._values:
            if default is _MISSING:
                raise DataError(f"{self._location}: {key} is missing; expected {expected}")
            return default
        value = self._values.pop(key)
        if type(value) not in kinds:  # not isinstance: a bool is an int
            self.fail(key, value, expected)
        return value

    def tables(self, key: str, *, min_count: int = 0) -> list["TomlTable"]:
        """Return the tables ``[[key]]``; raise DataError if there are fewer than `min_count`."""
        values = self.take(key, list, default=[])
        if len(values) < min_count or not all(isinstance(value, dict) for value in values):
            self.fail(key, values, f"at least one table [[{key}]]")
        return [
            TomlTable(value, f"{self._location}: {key} {i}{_name_suffix(value)}")
            for i, value in enumerate(values, start=1)
        ]

    def one_of(self, *keys: str) -> str:
        """Return which of the keys is present; raise DataError unless exactly one is."""
        present = [key for key in keys if key in self._values]
        if len(present) != 1:
            got = " and ".join(present) or f"only {', '.join(self._values) or 'nothing'}"
            raise DataError(f"{self._location}: has {got}; expected one of {', '.join(keys)}")
        return present[0]

    def fail(self, key: str, value: object, expected: str) -> NoReturn:
        """Raise DataError with the value of a key and what was expected."""
        raise DataError(f"{self._location}: {key} = {_format(value)}; expected {expected}")

    def finish(self) -> None:
        """Raise DataError if the table has a key that was not taken."""
        for key in self._values:
            raise DataError(
                f"{self._location}: unknown key {key!r}; expected {', '.join(self._known)}"
            )


def read_toml(path: Path) -> TomlTable:
    """Read a TOML file and return its top-level table.

    Raises
    ------
    DataError
        If there is no such file, or it is not TOML.
    """
    with reading_untrusted(path, not_found=None):
        text = read_bounded(path, MAX_TOML_BYTES, not_found=None).decode("utf-8")
        try:
            return TomlTable(tomllib.loads(text), str(path))
        except ValueError as error:  # not TOML, or an integer with thousands of digits
            raise DataError(f"{path}: is not TOML ({_shorten(str(error))})") from error


def _name_suffix(values: dict[str, Any]) -> str:
    name, number = values.get("name"), values.get("number")
    if type(number) is int:
        return f" (number {_format(number)})"
    return f" ({name})" if isinstance(name, str) else ""


def _format(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return _shorten(f'"{value}"' if isinstance(value, str) else str(value))
    except (ValueError, RecursionError):  # an integer too long, or a list too deep, to print
        return f"a very large {type(value).__name__}"


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."
