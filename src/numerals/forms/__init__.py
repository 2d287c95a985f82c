"""Read the fields of filled-in forms, described by a template."""

from numerals.constraints.decimals import to_decimal
from numerals.constraints.relations import Relation
from numerals.forms.field_reader import make_field_reader, matches_format
from numerals.forms.form_choice import FormChooser
from numerals.forms.form_files import ScanResult, form_columns, form_row, read_form_file
from numerals.forms.form_reader import FormReader, ReadField, read_form
from numerals.forms.form_results import FieldReading, FieldResult, FormResult, RelationResult
from numerals.forms.form_stack import resolve_stack
from numerals.forms.registration import Reference, Registration
from numerals.forms.relations import check_relations, repair_readings
from numerals.forms.template import Field, Template, load_template

__all__ = [
    "Field",
    "FieldReading",
    "FieldResult",
    "FormChooser",
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
    "form_columns",
    "form_row",
    "load_template",
    "make_field_reader",
    "matches_format",
    "read_form",
    "read_form_file",
    "repair_readings",
    "resolve_stack",
    "to_decimal",
]
