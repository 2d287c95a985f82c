"""TOML, read strictly: each key is taken once, by kind; what is left over is an error."""

import tomllib
from pathlib import Path
from typing import Any, NoReturn

from numerals.errors import DataError
from numerals.untrusted import read_bounded, reading_untrusted

MAX_BYTES = 1 << 22
"""Of a TOML file."""

_KINDS = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
}
_MISSING = object()


class Table:
    """One table of a TOML file.

    Parameters
    ----------
    values : dict
    where : str
        The file and the table, as errors name them.
    """

    def __init__(self, values: dict[str, Any], where: str) -> None:
        self._values = dict(values)
        self._where = where
        self._taken: list[str] = []

    def take(self, key: str, kind: type, *, default: Any = _MISSING) -> Any:
        """Return the value of a key, which must be of that kind, or the default."""
        self._taken.append(key)
        if key not in self._values:
            if default is _MISSING:
                raise DataError(f"{self._where}: {key} is missing; expected {_KINDS[kind]}")
            return default
        value = self._values.pop(key)
        if type(value) is not kind:  # not isinstance: true is no whole number
            self.fail(key, value, _KINDS[kind])
        return value

    def tables(self, key: str, *, least: int = 0) -> list["Table"]:
        """Return the tables ``[[key]]``."""
        values = self.take(key, list, default=[])
        if len(values) < least or not all(isinstance(value, dict) for value in values):
            self.fail(key, values, f"one table [[{key}]] or more")
        return [
            Table(value, f"{self._where}: {key} {i}{_called(value)}")
            for i, value in enumerate(values, start=1)
        ]

    def one_of(self, *keys: str) -> str:
        """Return which of the keys is there; exactly one must be."""
        found = [key for key in keys if key in self._values]
        if len(found) != 1:
            what = " and ".join(found) or f"only {', '.join(self._values) or 'nothing'}"
            raise DataError(f"{self._where}: has {what}; expected one of {', '.join(keys)}")
        return found[0]

    def fail(self, key: str, value: object, expected: str) -> NoReturn:
        """Tell what was found and what was expected."""
        raise DataError(f"{self._where}: {key} = {_shown(value)}; expected {expected}")

    def finish(self) -> None:
        """Refuse keys that nothing has asked for."""
        for key in self._values:
            raise DataError(
                f"{self._where}: unknown key {key!r}; expected {', '.join(self._taken)}"
            )


def read_toml(path: Path) -> Table:
    """Read a file's top table.

    Raises
    ------
    DataError
        If there is no such file, or it is not TOML.
    """
    with reading_untrusted(path, not_found=None):
        text = read_bounded(path, MAX_BYTES, not_found=None).decode("utf-8")
        try:
            return Table(tomllib.loads(text), str(path))
        except ValueError as error:  # of TOML, or of a number with thousands of digits
            raise DataError(f"{path}: is not TOML ({_short(str(error))})") from error


def _called(values: dict[str, Any]) -> str:
    name = values.get("name")
    return f" ({name})" if isinstance(name, str) else ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return _short(f'"{value}"' if isinstance(value, str) else str(value))
    except (ValueError, RecursionError):  # a number or a nesting that Python does not print
        return f"a very large {type(value).__name__}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
