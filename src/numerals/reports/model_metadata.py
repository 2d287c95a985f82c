"""The table of a model file's metadata."""

import json
from collections.abc import Mapping

from numerals.reports.text_tables import ReportTable


def metadata_table(metadata: Mapping[str, str]) -> ReportTable:
    """Return the metadata of a model file, with a row for each entry of a JSON object."""
    rows = [
        (key.replace("_", " "), text)
        for name, value in metadata.items()
        for key, text in _expand(name, value)
    ]
    return ReportTable(("metadata", ""), rows, is_prose=True)


def _expand(key: str, value: str) -> list[tuple[str, str]]:
    try:
        parsed = json.loads(value)
    except ValueError:
        return [(key, value)]
    if isinstance(parsed, dict):
        return [(f"{key}: {name}", _format_value(entry)) for name, entry in parsed.items()]
    return [(key, _format_value(parsed))]


def _format_value(value: object) -> str:
    """Return a JSON value as text: lists separated by spaces, objects by commas."""
    if value in ({}, [], None):
        return "–"
    if isinstance(value, list):
        return " ".join(_format_value(entry) for entry in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_format_value(entry)}" for key, entry in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
