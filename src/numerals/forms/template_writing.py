"""Write templates as TOML, and convert them to plain values for JSON."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from numerals.constraints.relations import Relation
from numerals.files import write_atomic
from numerals.formats.choices import read_roster
from numerals.forms.template import PREVIOUS_FORM, Field, Template

_HEADER = "# Boxes are [x_min, y_min, x_max, y_max] in pixels of the image.\n"


def format_template(template: Template, image: str) -> str:
    """Return a template as the text of its TOML file.

    Parameters
    ----------
    template : Template
    image : str
        The path of the reference image, relative to the TOML file. Rosters are in the same folder
        as that file.
    """
    lines = [f"image = {_quote(image)}"]
    if template.filled:
        lines.append("filled = true")
    if template.decimal:
        lines.append(f"decimal = {_quote(template.decimal)}")
    tables = ["\n".join(lines)]
    tables += [_format_field(field) for field in template.fields]
    tables += [_format_relation(relation) for relation in template.relations]
    return _HEADER + "\n\n".join(tables) + "\n"


def write_template(path: Path, template: Template, image: str, mode: int | None = None) -> None:
    """Write a template to a TOML file; its reference image is not written.

    Parameters
    ----------
    path : Path
    template : Template
    image : str
        The path of the reference image, relative to the TOML file.
    mode : int, optional
        Permissions of the file.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    write_atomic(path, format_template(template, image), mode)


def template_values(template: Template) -> dict[str, Any]:
    """Return a template as plain Python values for JSON, with the keys of the TOML file.

    A roster is the list of its values instead of the name of its file.

    Raises
    ------
    FormatError
        If a roster cannot be read.
    """
    return {
        "filled": template.filled,
        "decimal": template.decimal,
        "fields": [
            {
                "name": field.name,
                "box": list(field.box),
                "format": field.format if field.roster is None else None,
                "cells": field.cells,
                "required": field.required,
                **_rule_values(field),
                **({} if field.roster is None else {"roster": read_roster(field.roster)}),
            }
            for field in template.fields
        ],
        "relations": [_relation_values(relation) for relation in template.relations],
    }


def _rule_values(field: Field) -> dict[str, Any]:
    """Return the keys of a field's constraints in a stack of forms; few fields have any."""
    rule = field.rule
    values: dict[str, Any] = {"unique": True} if rule.unique else {}
    if rule.ascending:
        values["after"] = PREVIOUS_FORM
        if rule.strict:
            values["strict"] = True
        if rule.max_step is not None:
            values["max_step"] = str(rule.max_step)
        if rule.start is not None:
            values["start"] = _format_value(rule.start, field.format)
    return values


def _format_value(value: Decimal, spec: str | None) -> str:
    """Return a value of a field as it is written; that of a date is its number of days."""
    family, _, order = (spec or "").partition(":")
    if family != "date":
        return str(value)
    pattern = {"dmy": "%d.%m.%Y", "mdy": "%m/%d/%Y"}.get(order, "%Y-%m-%d")
    return date.fromordinal(int(value)).strftime(pattern)


def _relation_values(relation: Relation) -> dict[str, Any]:
    if relation.kind == "sum":
        return {"sum": list(relation.names[:-1]), "equals": relation.names[-1]}
    return {relation.kind: list(relation.names)}


def _format_field(field: Field) -> str:
    lines = ["[[field]]", f"name = {_quote(field.name)}", f"box = {list(field.box)}"]
    if field.cells:
        lines.append(f"cells = {field.cells}")
    if field.roster is not None:
        lines.append(f"roster = {_quote(field.roster.name)}")
    elif field.format is not None:
        lines.append(f"format = {_quote(field.format)}")
    if field.required:
        lines.append("required = true")
    for key, value in _rule_values(field).items():
        lines.append(f"{key} = {'true' if value is True else _quote(value)}")
    return "\n".join(lines)


def _format_relation(relation: Relation) -> str:
    lines = ["[[relation]]"]
    for key, value in _relation_values(relation).items():
        text = _quote(value) if isinstance(value, str) else _quote_list(value)
        lines.append(f"{key} = {text}")
    return "\n".join(lines)


def _quote_list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quote, texts))}]"


def _quote(text: str) -> str:
    """Return a text as a basic string of TOML, whose escapes are those of JSON and DEL's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
