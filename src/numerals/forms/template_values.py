"""Templates from the values of a request, which may contain anything."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from numerals.errors import DataError, UnknownNameError
from numerals.forms.template import Template, parse_template
from numerals.strict_toml import TomlTable

MAX_FIELDS, MAX_RELATIONS = 1000, 200
"""Maximum numbers of fields and relations of a template that the service accepts."""
MAX_ROSTER, MAX_ROSTER_VALUE = 10_000, 40
"""Maximum number of values of a roster that the service accepts, and of their characters."""
MAX_QUOTED = 80
"""Maximum number of characters that a message quotes."""


def parse_values(
    values: dict[str, Any], reference: npt.NDArray[np.uint8], rosters: Path
) -> Template:
    """Return the template that plain values describe.

    Parameters
    ----------
    values : dict
        The fields and relations, with the keys of the TOML file.
    reference : ndarray of uint8, shape (height, width)
    rosters : Path
        A folder, to which the rosters are written.

    Raises
    ------
    DataError, UnknownNameError
        If a value is invalid, or a format names a file.
    """
    for key, limit in (("fields", MAX_FIELDS), ("relations", MAX_RELATIONS)):
        if isinstance(values.get(key), list) and len(values[key]) > limit:
            raise DataError(f"the form has {len(values[key])} {key}; at most {limit} are possible")
    _check_texts(values)
    keys = {"fields": "field", "relations": "relation"}
    top = _without_nulls({keys.get(key, key): value for key, value in values.items()})
    fields = top.get("field")
    for i, field in enumerate(fields if isinstance(fields, list) else (), start=1):
        if isinstance(field, dict):
            _write_roster(field, rosters / f"{i}.txt")
    return parse_template(TomlTable(top, "the form"), reference, "the form", rosters)


def _write_roster(field: dict[str, Any], path: Path) -> None:
    """Write the roster of a field to a file, whose name replaces the list of values.

    No request may name a file of this machine.
    """
    spec, values = field.get("format"), field.get("roster")
    if isinstance(spec, str) and spec.partition(":")[0] == "roster":
        raise UnknownNameError("number format", "roster: over HTTP", ["the key roster, a list"])
    if values is None:
        return
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise DataError("roster: got no list of texts; expected the values that the field may have")
    values = [value for each in values if (value := each.strip())]
    too_long = next((value for value in values if len(value) > MAX_ROSTER_VALUE), None)
    if too_long is not None:
        raise DataError(
            f"roster: {too_long[:MAX_ROSTER_VALUE]!r} and more; a value has at most "
            f"{MAX_ROSTER_VALUE} characters"
        )
    if not 1 <= len(values) <= MAX_ROSTER:
        raise DataError(f"roster: got {len(values)} values; expected 1 to {MAX_ROSTER:,}")
    path.write_text("\n".join(values) + "\n", encoding="utf-8")
    field["roster"] = path.name


def _check_texts(value: Any) -> None:
    """Raise DataError for texts that no file or table should contain."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for each in value:
            _check_texts(each)
    elif isinstance(value, str) and not value.isprintable():
        raise DataError(f"{value[:MAX_QUOTED]!a} has characters that cannot be printed")


def _without_nulls(value: Any) -> Any:
    """Return a value without the entries that are None, which TOML lacks."""
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value
