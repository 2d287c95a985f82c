"""Filled-in forms: a template, a scan, and the values that stand in its fields."""

from numerals.forms.decimals import to_decimal
from numerals.forms.field_reader import fits_format, make_field_reader
from numerals.forms.form_files import ScanResult, form_columns, form_row, read_form_file
from numerals.forms.form_reader import FormReader, ReadField, read_form
from numerals.forms.register import Reference, Registration
from numerals.forms.relations import check_relations, repair
from numerals.forms.results import FieldReading, FieldResult, FormResult, RelationResult
from numerals.forms.template import Field, Relation, Template, load_template

__all__ = [
    "Field",
    "FieldReading",
    "FieldResult",
    "FormReader",
    "FormResult",
    "ReadField",
    "Reference",
    "Registration",
    "Relation",
    "RelationResult",
    "ScanResult",
    "Template",
    "check_relations",
    "fits_format",
    "form_columns",
    "form_row",
    "load_template",
    "make_field_reader",
    "read_form",
    "read_form_file",
    "repair",
    "to_decimal",
]
